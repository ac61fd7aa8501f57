"""Paths, and `cairn-pipeline compose` as a process."""

import os
import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[3] / "slurm" / "examples"
PATIENCE_SECONDS = 600  # of waits for a condition; never what a test measures

# The first lines of most pipelines of these tests.
BLOCKS = '[collectors.blocks]\nstrategy = "blocks"\nto = "blocks"\n'


def compose(*arguments: str | Path, **environment: str) -> subprocess.Popen[str]:
    """Starts `cairn-pipeline compose` in a process of its own."""
    command = [sys.executable, "-m", "cairn_pipeline.compose", *map(str, arguments)]
    return subprocess.Popen(
        command,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Waits for a process: its exit code, stdout and stderr. Leaves none behind."""
    try:
        out, err = process.communicate(timeout=PATIENCE_SECONDS)
    finally:
        process.kill()
    return process.returncode, out, err
