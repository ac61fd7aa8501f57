#!/usr/bin/env python3
"""Cairn and stwo-cairo on one program, in turns, in one run: time, CPU time, memory, and their ratios.

usage: side_by_side.py --pie PIE --program COMPILED.json [--cairn PROGRAM] [--stwo PROGRAM] [--repeat N] ...

PIE and COMPILED.json (compiled with --proof_mode) are of the same program. Two comparisons are made:
  fresh  a process for each proof, as a user of either command line sees it, nothing tuned; the peer's time is
         that of running the program, making its tables, proving and verifying, ours of reading the PIE, proving,
         verifying and writing
  warm   several proofs in one process, the first dropped; the peer with its fixed tables already made and with
         an allocator that keeps what it has; ours as it is
What the columns mean, and what the comparison does not say, is in bench/README.md. Exit code 0; 3 when a proof
failed or was refused.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

# Keeps freed memory and asks for huge pages: what makes the peer's repeated proofs fastest.
WARM_MALLOC = ("glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=100000000000:"
               "glibc.malloc.trim_threshold=100000000000:glibc.malloc.arena_max=1")
FIELDS = ("seconds", "user", "system", "peak")


class Failed(Exception):
    """A prover did not give a proof."""


def run(command: list[str], environment: dict[str, str]) -> tuple[str, dict[str, float]]:
    """The command's stdout, and its seconds, user and system CPU seconds and peak resident bytes."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        start = time.monotonic()
        child = subprocess.Popen(command, stdout=out, stderr=err, env=os.environ | environment)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.monotonic() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        for stream in (out, err):
            stream.seek(0)
        if child.returncode != 0:
            lines = err.read().strip().splitlines()
            raise Failed(f"{command[0]}: exit code {child.returncode}: {lines[-1] if lines else ''}")
        return out.read(), {"seconds": seconds, "user": usage.ru_utime, "system": usage.ru_stime,
                            "peak": usage.ru_maxrss * 1024.0}


class Provers:
    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.options, self.folder = options, folder
        self.cores = {"RAYON_NUM_THREADS": str(options.threads)}
        self.peer = [options.stwo, options.program, "--tables", options.tables]
        if options.keep_coefficients:
            self.peer.append("--keep-coefficients")
        self.steps: dict[str, int] = {}
        self.peer_bits = 0

    def cairn_fresh(self) -> list[dict[str, float]]:
        report = self.folder / "report.json"
        _, used = run([self.options.cairn, "prove", self.options.pie, "-o", str(self.folder / "proof.h5"),
                       "--threads", str(self.options.threads), "--report", str(report)], {})
        self.steps["cairn"] = json.loads(report.read_text())["steps"]
        return [used]

    def peer_fresh(self) -> list[dict[str, float]]:
        out, used = run(self.peer, self.cores)
        line = json.loads(out.splitlines()[0])
        self.steps["stwo-cairo"], self.peer_bits = line["steps"], line["security_bits"]
        return [used]

    def cairn_warm(self) -> list[dict[str, float]]:
        out, used = run([self.options.cairn, "bench", "prove", self.options.pie, "--json", "--threads",
                         str(self.options.threads), "--repeat", "3"], {})
        result = json.loads(out)
        if not result["valid"]:
            raise Failed("cairn bench prove: not valid")
        return [{"seconds": r["seconds"], "user": r["user_seconds"], "system": r["system_seconds"],
                 "peak": used["peak"]} for r in result["runs"][1:]]

    def peer_warm(self) -> list[dict[str, float]]:
        out, used = run(self.peer + ["--repeat", "3"], self.cores | {"GLIBC_TUNABLES": WARM_MALLOC})
        lines = [json.loads(line) for line in out.splitlines()]
        return [{"seconds": r["prove_seconds"], "user": r["prove_user_seconds"],
                 "system": r["prove_system_seconds"], "peak": used["peak"]} for r in lines[1:]]


def medians(runs: list[dict[str, float]]) -> dict[str, float]:
    return {field: statistics.median(r[field] for r in runs) for field in FIELDS}


def line(name: str, runs: list[dict[str, float]]) -> str:
    middle, seconds = medians(runs), [r["seconds"] for r in runs]
    return (f"{name:<12} {middle['seconds']:9.2f} {min(seconds):8.2f} .. {max(seconds):<8.2f} "
            f"{middle['user']:8.2f} {middle['system']:8.2f} {middle['peak'] / 2**30:9.2f}")


def arguments() -> argparse.Namespace:
    root = Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description="Cairn beside stwo-cairo on one program, in turns.")
    parser.add_argument("--pie", required=True, help="for Cairn")
    parser.add_argument("--program", required=True, help="the same program compiled with --proof_mode")
    parser.add_argument("--cairn", default=str(root / "build/release/bin/cairn"))
    parser.add_argument("--stwo", default=str(root / "build/peers/stwo_cairo/target/release/stwo-peer"))
    parser.add_argument("--tables", default="small", choices=("small", "without-pedersen", "canonical"))
    parser.add_argument("--keep-coefficients", action="store_true", help="the peer's faster setting")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--repeat", type=int, default=3, help="turns")
    parser.add_argument("--json", help="write all figures here")
    options = parser.parse_args()
    for program in (options.cairn, options.stwo):
        if not os.access(program, os.X_OK):
            parser.error(f"{program}: no such program (./run build release; bench/peers/stwo_cairo/build)")
    return options


def main() -> int:
    options = arguments()
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        provers = Provers(options, Path(folder))
        for mode in ("fresh", "warm"):
            runs: dict[str, list[dict[str, float]]] = {"cairn": [], "stwo-cairo": []}
            for _ in range(options.repeat):
                try:
                    runs["cairn"] += getattr(provers, f"cairn_{mode}")()
                    runs["stwo-cairo"] += getattr(provers, f"peer_{mode}")()
                except Failed as failure:
                    print(f"RESULT: INVALID: {failure}")
                    return 3
            results[mode] = runs
    print(f"# load {os.getloadavg()[0]:.1f}, {options.threads} threads, {options.repeat} turns; steps: "
          f"cairn {provers.steps['cairn']}, stwo-cairo {provers.steps['stwo-cairo']}")
    print(f"# security: cairn 100 bits proven; stwo-cairo {provers.peer_bits} bits by its own conjectured formula")
    for mode, runs in results.items():
        print(f"\n{mode:<12} {'median s':>9} {'least .. most':>20} {'user s':>8} {'system s':>8} {'peak GiB':>9}")
        for name, some in runs.items():
            print(line(name, some))
        ours, theirs = medians(runs["cairn"]), medians(runs["stwo-cairo"])
        cpu = (theirs["user"] + theirs["system"]) / (ours["user"] + ours["system"])
        print(f"stwo-cairo / cairn: time {theirs['seconds'] / ours['seconds']:.2f}, CPU {cpu:.2f}, "
              f"peak memory {theirs['peak'] / ours['peak']:.1f}")
    if options.json:
        Path(options.json).write_text(json.dumps({"steps": provers.steps, "runs": results}, indent=2) + "\n")
    print("RESULT: VALID, every proof was verified by its own verifier")
    return 0


if __name__ == "__main__":
    sys.exit(main())
