"""Measures the hand-over between stages: from the end of one stage's program to the start of the next.

hand_over.py [--blocks N] [--site-knobs]: on a private cluster, with stub stages that do nothing. In between
lie the recording of the result, the end of the job, Slurm's turn, the start of the next job and its program.
--site-knobs: Slurm's default scheduling parameters instead of the private cluster's quick ones.
"""

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path

from cairn_pipeline import control
from cairn_pipeline.demo import private_slurm
from cairn_pipeline.run_state import Run
from cairn_pipeline.slurm_client import Slurm
from stub_run import settled, stub_run


def gaps(run: Run, before: str, after: str) -> list[float]:
    """Seconds between the two programs, by block."""
    found = []
    for block in run.blocks():
        ends = json.loads((run.attempt_dir(block, before, 1) / "times.json").read_text())
        begins = json.loads((run.attempt_dir(block, after, 1) / "times.json").read_text())
        found.append(begins[0] - ends[1])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--blocks", type=int, default=10)
    parser.add_argument("--site-knobs", action="store_true")
    arguments = parser.parse_args()
    knobs = ["--site-knobs"] if arguments.site_knobs else []
    with tempfile.TemporaryDirectory(prefix="cairn-", dir="/tmp") as folder:
        with private_slurm(Path(folder), "--nodes", "1", "--cpus", "8", *knobs):
            found: dict[str, list[float]] = {"snos -> prove": [], "prove -> settle": []}
            # One block at a time: nothing but the hand-over is waited for.
            for number in range(arguments.blocks):
                run = stub_run(Path(folder) / f"run{number}")
                control.submit(run, Slurm(), [1])
                while not settled(run):
                    time.sleep(0.2)
                for pair in found:
                    before, after = pair.split(" -> ")
                    found[pair] += gaps(run, before, after)
    for pair, values in found.items():
        values.sort()
        print(
            f"{pair}: median {statistics.median(values):.2f} s, least {values[0]:.2f}, most {values[-1]:.2f}"
        )


if __name__ == "__main__":
    main()
