"""Runs programs as processes of this host, each in a session of its own, so that it can be ended whole."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cairn_pipeline.compose.executor import Exit, Work, command_here
from cairn_pipeline.contract import ErrorClass, StageError

TICK_SECONDS = 0.5
GRACE_SECONDS = 10.0
MARK = "CAIRN_COMPOSE_WORK"  # in the environment of a program and its children: the work folder


class LocalExecutor:
    """An Executor."""

    def __init__(self) -> None:
        self._running: dict[int, subprocess.Popen[bytes]] = {}

    def start(self, work: Work) -> dict[str, Any]:
        command = work.arguments(command_here(work.commands))
        environment = {**os.environ, **work.environment, MARK: str(work.work_dir)}
        try:
            with open(work.log_path, "ab") as log:
                process = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment,
                    cwd=work.work_dir, start_new_session=True,
                )  # fmt: skip
        except (FileNotFoundError, PermissionError) as error:
            raise StageError(ErrorClass.CONFIGURATION, f"{command[0]}: cannot be run: {error}") from error
        except OSError as error:  # no memory, no more processes
            raise StageError(ErrorClass.TRANSIENT, f"{command[0]}: not started: {error}") from error
        self._running[process.pid] = process
        return {"pid": process.pid, "mark": str(work.work_dir)}

    def wait(self, handle: dict[str, Any], tick: Callable[[], bool]) -> Exit | None:
        process = self._running[handle["pid"]]
        while tick():
            try:
                code = process.wait(TICK_SECONDS)
            except subprocess.TimeoutExpired:
                continue
            del self._running[process.pid]
            return Exit(code)
        return None

    def stop(self, handle: dict[str, Any]) -> None:
        process = self._running.pop(handle["pid"], None)
        if process is not None and process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                pass
        end_marked(handle["mark"])
        if process is not None:
            process.wait()

    def survives(self) -> bool:
        return False

    def adopt(self, handle: dict[str, Any]) -> bool:
        # Its exit code is lost with its parent: whatever still runs is ended, and the work is done again.
        end_marked(handle["mark"])
        return False


def end_marked(mark: str) -> None:
    """Kills all processes of this host that carry the mark, and waits until they are gone."""
    wanted = f"{MARK}={mark}".encode()
    while True:
        found = False
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) == os.getpid():
                continue
            try:
                if wanted not in (entry / "environ").read_bytes().split(b"\0"):
                    continue
                found = True
                os.kill(int(entry.name), signal.SIGKILL)
            except OSError:  # not ours, or ended meanwhile
                continue
        if not found:
            return
        time.sleep(0.01)
