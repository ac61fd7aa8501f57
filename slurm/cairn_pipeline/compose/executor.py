"""Where a dispatcher's program runs: as a process here, or as a Slurm job."""

import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from cairn_pipeline.compose.pipeline_file import Dispatcher
from cairn_pipeline.contract import ErrorClass, StageError

MACHINES = {"x86_64": "amd64", "aarch64": "arm64", "ppc64le": "ppc64le", "riscv64": "riscv64"}


@dataclass(frozen=True)
class Work:
    """One run of a program: PROGRAM --input-path work_dir/in.json --output-path work_dir/out.json."""

    name: str  # for squeue and logs
    work_dir: Path  # made, with in.json in it
    commands: dict[str, list[str]]  # by platform; "" is any
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def input_path(self) -> Path:
        return self.work_dir / "in.json"

    @property
    def output_path(self) -> Path:
        return self.work_dir / "out.json"

    @property
    def log_path(self) -> Path:
        return self.work_dir / "log"

    def arguments(self, command: Sequence[str]) -> list[str]:
        return [*command, "--input-path", str(self.input_path), "--output-path", str(self.output_path)]


@dataclass(frozen=True)
class Exit:
    """How a run ended: its exit code, or why there is none."""

    code: int | None
    reason: str = ""


class Executor(Protocol):
    """Runs programs. A handle is JSON, and finds the run again from another process."""

    def start(self, work: Work) -> dict[str, Any]:
        """Starts a run. Raises StageError(transient or configuration)."""

    def wait(self, handle: dict[str, Any], tick: Callable[[], bool]) -> Exit | None:
        """Waits for a run's end, calling tick now and then; None once tick has returned False."""

    def stop(self, handle: dict[str, Any]) -> None:
        """Ends a run, whatever it takes."""

    def survives(self) -> bool:
        """Whether a run goes on without the process that started it, so that another may take it over."""

    def adopt(self, handle: dict[str, Any]) -> bool:
        """After its starter died: True if the run goes on or has ended on record, and wait() may be called;
        False if it is gone, or has been ended now."""


def this_platform() -> str:
    return f"{platform.system().lower()}/{MACHINES.get(platform.machine(), platform.machine())}"


def commands_of(name: str, dispatcher: Dispatcher, folder: Path) -> dict[str, list[str]]:
    """The dispatcher's commands by platform, with {python} and {folder} (the pipeline file's) filled in.

    Raises StageError(configuration) if a local dispatcher has none for this machine.
    """
    table = dispatcher.run if isinstance(dispatcher.run, dict) else {"": dispatcher.run}
    if dispatcher.executor == "local" and "" not in table and this_platform() not in table:
        reason = f"dispatcher {name}: no program for {this_platform()}, only for {', '.join(sorted(table))}"
        raise StageError(ErrorClass.CONFIGURATION, reason)
    return {key: [filled(word, folder) for word in command] for key, command in table.items()}


def filled(value: Any, folder: Path) -> Any:
    """value with {python} (ours) and {folder} (the pipeline file's) filled in, in all strings inside."""
    if isinstance(value, str):
        return value.replace("{python}", sys.executable).replace("{folder}", str(folder))
    if isinstance(value, list):
        return [filled(item, folder) for item in value]
    if isinstance(value, dict):
        return {key: filled(item, folder) for key, item in value.items()}
    return value


def command_here(commands: dict[str, list[str]]) -> list[str]:
    """The command for this machine; commands_of() has made sure that there is one."""
    return commands.get(this_platform()) or commands[""]
