"""Inside a job: python -m cairn_pipeline.jobs.runner RUN BLOCK STAGE ATTEMPT

Writes in.json, runs the stage's program, checks out.json, records what happened, submits what comes next.
Exit code 75 asks the batch script to requeue the job; else the code of the failure's class.
"""

import os
import random
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path
from types import FrameType

from cairn_pipeline.alerts import alert
from cairn_pipeline.config import AGGREGATE, Stage, built_in
from cairn_pipeline.contract import (
    ErrorClass,
    StageError,
    StageFailure,
    StageInput,
    StageOutput,
    error_class_of,
    read_output,
    write_model,
)
from cairn_pipeline.files import write_json
from cairn_pipeline.jobs.reconcile import finish, predecessors, release_dependents
from cairn_pipeline.jobs.submit import advance
from cairn_pipeline.jobs.units import child, made
from cairn_pipeline.run_state import Run, Status
from cairn_pipeline.run_state.model import now
from cairn_pipeline.slurm_client import Slurm

AGAIN = 75


class Stopped(Exception):
    """SIGTERM reached us: cancelled, preempted, or out of time soon."""


class Runner:
    """One life of one stage's job."""

    def __init__(self, run: Run, block: int, stage: str, attempt: int, job_id: int, life: int) -> None:
        self.run, self.block, self.stage, self.attempt = run, block, stage, attempt
        self.job_id, self.life = job_id, life
        self.config: Stage = run.config.stages[stage]
        self.folder = run.attempt_dir(block, stage, attempt)
        self.child: subprocess.Popen[bytes] | None = None
        self.stopped = False

    def main(self) -> int:
        signal.signal(signal.SIGTERM, self.on_stop)
        if not self.claim():
            return ErrorClass.CONFIGURATION.exit_code
        if self.is_done():
            print(f"{self.stage} of block {self.block} is done already: nothing to do", flush=True)
            return 0
        lives = self.life
        self.renew_metrics()
        while True:
            failure, code = self.live_once(lives)
            if failure is None:
                self.proceed()
                return 0
            print(f"{self.stage}: {failure.class_.value}: {failure.reason}", file=sys.stderr, flush=True)
            again = failure.class_.retryable and lives + 1 < self.config.retry.lives and not self.cancelled()
            if not again:
                self.fail(failure, code)
                return code if code > 0 else failure.class_.exit_code
            lives += 1
            if self.stopped or self.config.retry.where == "requeue":
                self.requeue(failure, lives)
                return AGAIN
            self.note(failure, lives)
            self.back_off(lives - self.life)

    def on_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopped = True
        if self.child is not None and self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)

    def claim(self) -> bool:
        """Takes the stage for this job; refused if another job is the current one."""
        with self.run.changing(self.block) as state:
            stage = state.stages[self.stage]
            ours = stage.attempt == self.attempt and stage.job_id in (None, self.job_id)
            if not ours or stage.status.stopped or stage.status is Status.WAITING:
                print(
                    f"{self.stage} of block {self.block}: job {self.job_id}, attempt {self.attempt} is not"
                    f" the current one: it is {stage.status}, job {stage.job_id}, attempt {stage.attempt}",
                    file=sys.stderr,
                )
                return False
            stage.job_id = self.job_id
            # Slurm's restarts (a lost node) and our own repetitions count alike.
            self.life = max(self.life, stage.restarts)
            if stage.status is Status.RUNNING:
                self.life = max(self.life, stage.restarts + 1)  # the life before ended without a word
            return True

    def is_done(self) -> bool:
        """Whether an earlier life finished: its out.json verifies."""
        output = read_output(self.folder / "out.json")
        if output is None or output.verify() is not None:
            return False
        with self.run.changing(self.block) as state:
            if state.stages[self.stage].status is not Status.DONE:
                finish(state.stages[self.stage], output.outputs, output.facts, output.seconds)
        self.proceed()
        return True

    def cancelled(self) -> bool:
        return self.run.read(self.block).stages[self.stage].status is Status.CANCELLED

    def live_once(self, lives: int) -> tuple[StageFailure | None, int]:
        """Runs the program once; None and 0 if it succeeded, else why not and the exit code."""
        try:
            with self.run.changing(self.block) as state:
                stage = state.stages[self.stage]
                stage.status, stage.restarts = Status.RUNNING, lives
                stage.started = stage.started or now()
            stage_input = self.gather(lives)
            if self.stopped:
                raise StageError(ErrorClass.TRANSIENT, "stopped before the program was started")
            write_model(self.folder / "in.json", stage_input)
            output_path = self.folder / "out.json"
            if output_path.exists():
                output_path.rename(self.folder / f"out.{lives}.json")  # evidence of the life before
            code = self.execute([*self.program(), "--input-path", "in.json", "--output-path", "out.json"])
            output = self.judge(code, read_output(output_path))
        except StageError as error:
            code = error.error_class.exit_code
            return StageFailure(class_=error.error_class, reason=error.reason), code
        with self.run.changing(self.block) as state:
            finish(state.stages[self.stage], output.outputs, output.facts, output.seconds)
        return None, 0

    def program(self) -> list[str]:
        module = f"cairn_pipeline.stages.{built_in(self.stage)}"
        return self.config.program or [str(self.run.site.python), "-m", module]

    def gather(self, lives: int) -> StageInput:
        """in.json: files and facts of all stages before. Raises StageError."""
        state = self.run.read(self.block)
        for before in predecessors(self.run, state, self.stage):
            if before.status is not Status.DONE:
                raise StageError(
                    ErrorClass.TRANSIENT,
                    f"a stage before {self.stage} of block {self.block} is {before.status}, wanted done",
                )
        stage_input = StageInput(
            run=self.run.config.run,
            block=self.block,
            stage=self.stage,
            attempt=self.attempt,
            work_dir=self.folder,
            options=self.config.options,
            job=self.surroundings(lives),
        )
        if self.stage == AGGREGATE:
            digests = self.gather_children(stage_input)
        else:
            # What was made of a unit replaces what was made of its last block.
            of_unit = self.run.config.per_unit(self.stage)
            names = self.run.config.ancestors(self.stage)
            found = made(state, [name for name in names if self.run.config.per_unit(name) or not of_unit])
            found.verify()
            stage_input.inputs = {key: artifact.path for key, artifact in found.outputs.items()}
            stage_input.facts = found.facts
            digests = {key: artifact.sha256 for key, artifact in found.outputs.items()}
        with self.run.changing(self.block) as changing:
            changing.stages[self.stage].inputs = digests
        return stage_input

    def gather_children(self, stage_input: StageInput) -> dict[str, str]:
        """Writes the input children: each block of the unit with its files and facts. Returns the digests."""
        first = self.run.read(self.block).first
        assert first is not None
        found = [child(self.run.config, self.run.read(number)) for number in range(first, self.block + 1)]
        for one in found:
            one.verify()
        path = self.folder / "children.json"
        write_json(path, [one.model_dump(mode="json") for one in found])
        stage_input.inputs = {"children": path}
        return {f"{one.block}.{key}": file.sha256 for one in found for key, file in one.outputs.items()}

    def surroundings(self, lives: int) -> dict[str, object]:
        """What only the job knows: the program `cairn`, how ranks are started, which life this is."""
        site = self.run.site
        scratch = site.scratch or self.run.path / "scratch"
        known: dict[str, object] = {"cairn": site.cairn, "launch": site.launch(self.config.ranks)}
        known |= {"ranks": self.config.ranks, "life": lives}
        known["keep_dir"] = str(scratch / self.run.config.run / str(self.block) / self.stage)
        if self.config.memory_mb is not None:
            known["memory_mb"] = self.config.memory_mb
        return known

    def execute(self, argv: list[str]) -> int:
        """The program's exit code; what it prints goes to the job's log."""
        try:
            self.child = subprocess.Popen(argv, cwd=self.folder)
        except OSError as error:
            raise StageError(ErrorClass.CONFIGURATION, f"{argv[0]}: {error.strerror}") from error
        if self.stopped:
            self.child.send_signal(signal.SIGTERM)
        return self.child.wait()

    def judge(self, code: int, output: StageOutput | None) -> StageOutput:
        """The output of a success. Raises StageError for anything else."""
        if code == 0 and output is not None:
            wrong = output.verify()
            if wrong is None:
                return output
            raise StageError(
                ErrorClass.BUG, f"the program ended with 0 and its out.json does not verify: {wrong}"
            )
        if code == 0:
            raise StageError(ErrorClass.BUG, "the program ended with 0 and left no out.json")
        if output is not None and output.error is not None and code > 0:
            raise StageError(output.error.class_, output.error.reason)
        error_class = ErrorClass.TRANSIENT if self.stopped else error_class_of(code)
        raise StageError(
            error_class, f"the program ended with {code} and left no reason; see {self.folder / 'log'}"
        )

    def requeue(self, failure: StageFailure, lives: int) -> None:
        with self.run.changing(self.block) as state:
            stage = state.stages[self.stage]
            stage.status, stage.error, stage.restarts = Status.QUEUED, failure, lives

    def note(self, failure: StageFailure, lives: int) -> None:
        with self.run.changing(self.block) as state:
            state.stages[self.stage].error, state.stages[self.stage].restarts = failure, lives

    def back_off(self, repetition: int) -> None:
        """Waits before repetition 1, 2, ...: doubled each time, plus or minus a quarter."""
        retry = self.config.retry
        seconds = min(retry.backoff_s * 2 ** (repetition - 1), retry.max_backoff_s) * random.uniform(
            0.75, 1.25
        )
        end = time.monotonic() + seconds
        while not self.stopped and time.monotonic() < end:
            time.sleep(0.1)

    def fail(self, failure: StageFailure, code: int) -> None:
        """Records the end of the stage and holds back what comes after it; other blocks go on."""
        with self.run.locked():
            with self.run.changing(self.block) as state:
                stage = state.stages[self.stage]
                if stage.status is not Status.CANCELLED:
                    stage.status = Status.FAILED
                stage.error, stage.exit_code, stage.ended = failure, code, now()
            release_dependents(self.run, self.block, self.stage)
        if stage.status is Status.FAILED:
            alert(self.run, self.block, self.stage, failure)
        self.proceed()

    def proceed(self) -> None:
        """Moves the window. What was recorded stays so: nothing in here may make the job fail."""
        try:
            if self.run.read(self.block).done or self.run.read(self.block).stopped:
                self.renew_metrics().wait(60)  # nobody else does it after a block's last stage
            if self.run.site.submit_from_jobs and window_may_move(self.run):
                self.move_window()
        except Exception:  # `submit` and `status` mend whatever is left undone
            traceback.print_exc()

    def move_window(self) -> None:
        for pause in (0, 2, 5, 10, 20, 30):
            time.sleep(pause)
            try:
                advance(self.run, Slurm())
                return
            except StageError as error:
                print(f"moving the window: {error.reason}", file=sys.stderr, flush=True)
                if not error.error_class.retryable:
                    return

    def renew_metrics(self) -> "subprocess.Popen[bytes]":
        """Writes RUN/metrics.prom in a process of its own: it is not waited for, and yields to the stage."""
        argv = [
            "nice",
            "-n",
            "19",
            sys.executable,
            "-m",
            "cairn_pipeline.cli.main",
            "metrics",
            str(self.run.path),
        ]
        return subprocess.Popen(argv, stdout=subprocess.DEVNULL)


def window_may_move(run: Run) -> bool:
    """Whether anything is left to submit."""
    return any(
        stage.status is Status.WAITING for state in run.read_all().values() for stage in state.stages.values()
    )


def main() -> int:
    if len(sys.argv) != 5:
        print(__doc__, file=sys.stderr)
        return ErrorClass.CONFIGURATION.exit_code
    try:
        job_id = int(os.environ["SLURM_JOB_ID"])
        life = int(os.environ.get("SLURM_RESTART_COUNT", "0"))
        runner = Runner(Run(Path(sys.argv[1])), int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), job_id, life)
        return runner.main()
    except StageError as error:
        print(f"{error.error_class.value}: {error.reason}", file=sys.stderr)
        return error.error_class.exit_code


if __name__ == "__main__":
    sys.exit(main())
