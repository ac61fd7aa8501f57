#!/usr/bin/env python3
"""Kernels of Cairn and of Plonky3 on the same cores, in short turns, and the ratios of their rates.

usage: kernels.py [--cairn PROGRAM] [--plonky3 PROGRAM] [--threads N] [--log-heights 16,20] [--turns N] ...

A turn is one process of each, one after the other, for one kernel; so that what a noisy machine does from one
minute to the next falls on both. The ratio is of the rates of one turn: its median and quartiles are printed.
What is compared with what is in bench/README.md. Exit code 0; 3 when a program failed or a result was wrong.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


# Keeps freed memory and asks for huge pages: what makes repeated runs fastest.
WARM_MALLOC = ("glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=100000000000:"
               "glibc.malloc.trim_threshold=100000000000:glibc.malloc.arena_max=1")


class Failed(Exception):
    """A program failed, or gave a wrong result."""


@dataclass(frozen=True)
class Pair:
    """A kernel of ours and one of theirs. In registers: a roof of ours, which has no height."""
    ours: str
    theirs: str
    goal: float | None = None
    in_registers: bool = False


PAIRS = (
    Pair("multiplications", "multiply", 1.0, True),
    Pair("poseidon_permutations", "poseidon1", None, True),
    Pair("poseidon_permutations", "poseidon2", None, True),
    Pair("extend", "extend", 1.2),
    Pair("merkle blake3", "merkle blake3", 1.0),
    Pair("merkle poseidon", "merkle poseidon1"),
    Pair("merkle poseidon", "merkle poseidon2"),
)


class Programs:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        cores = sorted(os.sched_getaffinity(0))[:options.threads]
        self.prefix = ["taskset", "-c", ",".join(map(str, cores))]
        self.environment = os.environ | {"RAYON_NUM_THREADS": str(options.threads),
                                         "GLIBC_TUNABLES": options.malloc}

    def run(self, command: list[str]) -> str:
        done = subprocess.run(self.prefix + command, env=self.environment, capture_output=True, text=True)
        if done.returncode != 0:
            lines = (done.stderr or done.stdout).strip().splitlines()
            raise Failed(f"{command[0]}: exit code {done.returncode}: {lines[-1] if lines else ''}")
        return done.stdout

    def theirs(self, pair: Pair, log_height: int) -> float:
        out = self.run([self.options.plonky3, "--only", pair.theirs, "--log-height", str(log_height),
                        "--columns", str(self.options.columns), "--seconds", str(self.options.seconds)])
        result = json.loads(out)
        least = result["median_seconds"] / result["least_seconds"] if self.options.best else 1
        return float(result["rate"]) * float(least)

    def ours(self, pair: Pair, log_height: int) -> float:
        # Roofs come with any kernel: the smallest is asked for where only they are wanted.
        height, only = (10, "prefix sum") if pair.in_registers else (log_height, pair.ours)
        result = json.loads(self.run(
            [self.options.cairn, "bench", "kernels", "--json", "--backend", self.options.backend, "--threads",
             str(self.options.threads), "--log-heights", str(height), "--columns", str(self.options.columns),
             "--only", only, "--seconds", str(self.options.seconds)]))
        return rate_of(result, pair, self.options)


def rate_of(result: dict[str, Any], pair: Pair, options: argparse.Namespace) -> float:
    """Elements a second; of a roof per thread, as theirs is of one thread."""
    (backend,) = result["backends"]
    if not result["valid"]:
        raise Failed("cairn bench kernels: a result is wrong")
    if pair.in_registers:
        return float(backend["roofs"][pair.ours]) / options.threads
    (kernel,) = [r for r in result["results"] if r["kernel"] == pair.ours]
    return float(kernel["units"]) / float(min(kernel["seconds"]) if options.best else kernel["p50"])


def summary(rates: list[tuple[float, float]]) -> dict[str, float]:
    ratios = [ours / theirs for ours, theirs in rates]
    low, middle, high = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else ratios * 3
    return {"ours": statistics.median(o for o, _ in rates), "theirs": statistics.median(t for _, t in rates),
            "ratio": middle, "low": low, "high": high}


def si(rate: float) -> str:
    return f"{rate / 1e9:.2f} G" if rate >= 1e9 else f"{rate / 1e6:.1f} M"


def line(label: str, pair: Pair, some: dict[str, float]) -> str:
    goal = "" if pair.goal is None else f"{pair.goal:.1f} {'yes' if some['ratio'] >= pair.goal else 'NO'}"
    return (f"{label:<34} {si(some['ours']):>9} {si(some['theirs']):>9} {some['ratio']:7.2f} "
            f"{some['low']:6.2f} .. {some['high']:<6.2f} {goal}")


def arguments() -> argparse.Namespace:
    root = Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description="Kernels of Cairn beside Plonky3's, in turns.")
    parser.add_argument("--cairn", default=str(root / "build/release/bin/cairn"))
    parser.add_argument("--plonky3", default=str(root / "build/peers/plonky3/target/release/plonky3-peer"))
    parser.add_argument("--backend", default="avx512", choices=("avx2", "avx512"),
                        help="ours; theirs is what their build was made for")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--log-heights", default="16", help="rows of the trace, several with commas")
    parser.add_argument("--columns", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=0.2, help="of a kernel in a turn")
    parser.add_argument("--turns", type=int, default=9)
    parser.add_argument("--only", default="", help="kernels with this in either name")
    parser.add_argument("--best", action="store_true",
                        help="of each turn the fastest repetition, not the median: where others use the cores")
    parser.add_argument("--malloc", default=WARM_MALLOC, help="GLIBC_TUNABLES of both")
    parser.add_argument("--json", help="write all figures here")
    options = parser.parse_args()
    for program in (options.cairn, options.plonky3):
        if not os.access(program, os.X_OK):
            parser.error(f"{program}: no such program (./run build release; bench/peers/plonky3/build)")
    return options


def main() -> int:
    options = arguments()
    programs = Programs(options)
    cases = [(pair, int(height)) for height in options.log_heights.split(",") for pair in PAIRS
             if options.only in pair.ours or options.only in pair.theirs]
    # Roofs are of one core and no height: once.
    cases = [c for i, c in enumerate(cases) if not c[0].in_registers or c[0] not in [p for p, _ in cases[:i]]]
    rates: dict[tuple[Pair, int], list[tuple[float, float]]] = {case: [] for case in cases}
    for _ in range(options.turns):
        for pair, height in cases:
            try:
                rates[pair, height].append((programs.ours(pair, height), programs.theirs(pair, height)))
            except Failed as failure:
                print(f"RESULT: INVALID: {failure}")
                return 3
    print(f"# load {os.getloadavg()[0]:.1f}, {options.threads} threads, {options.turns} turns, "
          f"{options.columns} columns; rates: medians of turns; ratio: median, quartiles")
    print(f"{'kernel':<34} {'cairn':>9} {'plonky3':>9} {'ratio':>7} {'quartiles':>16} goal")
    results = []
    for (pair, height), some in rates.items():
        where = "in registers, a core" if pair.in_registers else f"2^{height}"
        name = pair.theirs
        print(line(f"{name}, {where}", pair, summary(some)))
        results.append({"ours": pair.ours, "theirs": pair.theirs, "log_height": height, "rates": some}
                       | summary(some))
    if options.json:
        text = json.dumps({"threads": options.threads, "results": results}, indent=2)
        Path(options.json).write_text(text + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
