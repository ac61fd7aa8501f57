"""Slurm's commands as functions. One squeue for all jobs of a run, never one a job."""

import getpass
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cairn_pipeline.contract import ErrorClass, StageError

LIVE = {
    "PENDING",
    "RUNNING",
    "SUSPENDED",
    "COMPLETING",
    "CONFIGURING",
    "REQUEUED",
    "REQUEUE_HOLD",
    "RESIZING",
}
LIVE |= {"SIGNALING", "STAGE_OUT", "SPECIAL_EXIT", "STOPPED", "REQUEUE_FED", "RESV_DEL_HOLD"}


@dataclass(frozen=True)
class Job:
    """One line of squeue."""

    id: int
    state: str
    reason: str
    comment: str  # our token

    @property
    def live(self) -> bool:
        return self.state in LIVE


class SlurmClient(Protocol):
    """What the pipeline asks of Slurm; tests have one in memory."""

    user: str

    def submit(self, script: Path, arguments: Sequence[str]) -> int: ...
    def test_only(self, script: Path, arguments: Sequence[str]) -> str: ...
    def jobs(self, names: Sequence[str]) -> dict[int, Job]: ...
    def ended_state(self, job_id: int) -> str | None: ...
    def cancel(self, job_ids: Sequence[int]) -> None: ...
    def hold(self, job_ids: Sequence[int]) -> None: ...
    def release(self, job_ids: Sequence[int]) -> None: ...


class Slurm:
    """The real one, by its commands. Every failure to reach it is a StageError(transient)."""

    def __init__(self, timeout_s: float = 60.0) -> None:
        self.timeout_s = timeout_s
        self.user = getpass.getuser()

    def run(self, *argv: str) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(argv, capture_output=True, text=True, timeout=self.timeout_s, check=False)
        except FileNotFoundError as error:
            raise StageError(
                ErrorClass.CONFIGURATION,
                f"{argv[0]}: is not installed: ./run setup --slurm, or load Slurm's module",
            ) from error
        except subprocess.TimeoutExpired as error:
            raise StageError(
                ErrorClass.TRANSIENT, f"{argv[0]} gave no answer in {self.timeout_s:g} s"
            ) from error

    def ask(self, *argv: str) -> str:
        """stdout of a command that must succeed."""
        result = self.run(*argv)
        if result.returncode != 0:
            words = one_line(result.stderr or result.stdout)
            refused = re.search(r"nvalid|not available|not permitted|violates|denied", words)
            raise StageError(
                ErrorClass.CONFIGURATION if refused else ErrorClass.TRANSIENT, f"{argv[0]}: {words}"
            )
        return result.stdout

    def submit(self, script: Path, arguments: Sequence[str]) -> int:
        """The new job's number."""
        answer = self.ask("sbatch", "--parsable", *arguments, str(script))
        return int(answer.strip().split("\n")[-1].split(";")[0])

    def test_only(self, script: Path, arguments: Sequence[str]) -> str:
        """What `sbatch --test-only` says: when and where it would start, or why never."""
        result = self.run("sbatch", "--test-only", *arguments, str(script))
        return one_line(result.stderr or result.stdout)

    def jobs(self, names: Sequence[str]) -> dict[int, Job]:
        """All jobs of these names that Slurm still knows, of any user, by number."""
        answer = self.ask("squeue", "-h", "-a", "-t", "all", f"--name={','.join(names)}", "-o", "%i|%T|%r|%k")
        found = {}
        for line in answer.splitlines():
            number, state, reason, comment = line.split("|", 3)
            if number.isdigit():
                found[int(number)] = Job(int(number), state, reason, comment)
        return found

    def ended_state(self, job_id: int) -> str | None:
        """How a job ended that squeue no longer lists, if anybody still knows."""
        result = self.run("scontrol", "-o", "show", "job", str(job_id))
        match = re.search(r"JobState=(\w+)", result.stdout)
        if match:
            return match[1]
        try:
            result = self.run("sacct", "-n", "-X", "-P", "-j", str(job_id), "-o", "State")
        except StageError:
            return None
        return result.stdout.split()[0] if result.returncode == 0 and result.stdout.split() else None

    def cancel(self, job_ids: Sequence[int]) -> None:
        if job_ids:
            self.run("scancel", *map(str, job_ids))

    def hold(self, job_ids: Sequence[int]) -> None:
        if job_ids:
            self.run("scontrol", "uhold", ",".join(map(str, job_ids)))

    def release(self, job_ids: Sequence[int]) -> None:
        if job_ids:
            self.run("scontrol", "release", ",".join(map(str, job_ids)))


def one_line(text: str) -> str:
    return " ".join(text.split())
