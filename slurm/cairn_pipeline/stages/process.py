"""Runs a stage's child program: its output goes on to the log, a stop reaches it, failures have a reason."""

import collections
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from cairn_pipeline.contract import ErrorClass, StageError, error_class_of

STOP_SECONDS = 25  # Slurm's default KillWait is 30


def run(
    argv: Sequence[str],
    cwd: Path,
    environment: Mapping[str, str] | None = None,
    says: str = "cairn: ",
) -> str:
    """Runs argv in cwd and returns its stdout.

    A failure is a StageError of its exit code's class; the reason is the first line on stderr that begins
    with `says`, else the last one. A StageError raised meanwhile by a signal ends the child first.
    """
    try:
        child = subprocess.Popen(
            argv,
            cwd=cwd,
            env={**os.environ, **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )
    except OSError as error:
        raise StageError(
            ErrorClass.CONFIGURATION, f"{argv[0]}: {error.strerror}; is it installed?"
        ) from error
    lines: collections.deque[str] = collections.deque(maxlen=200)
    reader = threading.Thread(target=echo, args=(child, lines), daemon=True)
    reader.start()
    try:
        assert child.stdout is not None
        output = child.stdout.read()
        code = child.wait()
    except StageError:
        end(child)
        raise
    reader.join(timeout=5)
    if code != 0:
        raise StageError(error_class_of(code), reason(argv, code, list(lines), says))
    return output


def echo(child: "subprocess.Popen[str]", lines: "collections.deque[str]") -> None:
    assert child.stderr is not None
    for line in child.stderr:
        lines.append(line.strip())
        sys.stderr.write(line)
        sys.stderr.flush()


def end(child: "subprocess.Popen[str]") -> None:
    """SIGTERM, time to put its work in order, then SIGKILL."""
    child.send_signal(signal.SIGTERM)
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def reason(argv: Sequence[str], code: int, lines: list[str], says: str) -> str:
    said = [line.removeprefix(says) for line in lines if line.startswith(says)]
    words = (
        said[0]
        if said
        else next((line for line in reversed(lines) if any(map(str.isalnum, line))), "it said nothing")
    )
    name = next((Path(word).name for word in argv if "cairn" in Path(word).name), Path(argv[0]).name)
    return f"{name} ended with {code}: {words}"
