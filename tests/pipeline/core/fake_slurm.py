"""A Slurm in memory: remembers what was submitted; tests say what becomes of it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from cairn_pipeline.contract import ErrorClass, StageError
from cairn_pipeline.slurm_client import Job


class FakeSlurm:
    user = "tester"

    def __init__(self) -> None:
        self.known: dict[int, Job] = {}
        self.arguments: dict[int, list[str]] = {}
        self.cancelled: list[int] = []
        self.held: list[int] = []
        self.down = False  # does not answer
        self.lose_answer = False  # takes the job, and the answer is lost
        self.next = 100

    def submit(self, script: Path, arguments: Sequence[str]) -> int:
        self.answer()
        self.next += 1
        comment = next(line for line in script.read_text().splitlines() if "--comment=" in line).split(
            "=", 1
        )[1]
        self.known[self.next] = Job(self.next, "PENDING", "Priority", comment)
        self.arguments[self.next] = list(arguments)
        if self.lose_answer:
            raise StageError(ErrorClass.TRANSIENT, "sbatch: timed out")
        return self.next

    def test_only(self, script: Path, arguments: Sequence[str]) -> str:
        return "sbatch: Job 1 to start at noon"

    def jobs(self, names: Sequence[str]) -> dict[int, Job]:
        self.answer()
        return dict(self.known)

    def ended_state(self, job_id: int) -> str | None:
        return None

    def cancel(self, job_ids: Sequence[int]) -> None:
        self.cancelled += job_ids

    def hold(self, job_ids: Sequence[int]) -> None:
        self.held += job_ids

    def release(self, job_ids: Sequence[int]) -> None:
        self.held = [job for job in self.held if job not in job_ids]

    def answer(self) -> None:
        if self.down:
            raise StageError(ErrorClass.TRANSIENT, "squeue: Unable to contact slurm controller")

    def becomes(self, job_id: int, state: str) -> None:
        self.known[job_id] = replace(self.known[job_id], state=state)

    def forgets(self, job_id: int) -> None:
        del self.known[job_id]
