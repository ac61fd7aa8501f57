"""The contract of a stage: PROGRAM --input-path in.json --output-path out.json, and what the exit code means.

Any program that keeps to it can replace one of ours. Ours call stage_main(function) and raise StageError.
"""

import argparse
import enum
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NoReturn

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cairn_pipeline.files import sha256_file, write_atomic

SCHEMA: Literal[1] = 1
Fact = str | int | bool | list[Any]


class ErrorClass(enum.StrEnum):
    """Why a stage failed, which is also what may be done about it."""

    CONFIGURATION = "configuration"  # correct the configuration, then retry
    BAD_INPUT = "bad-input"  # permanent: the same input fails again
    REFUSED = "refused"  # permanent: an invalid proof, a root that does not match
    CAPACITY = "capacity"  # retry with more memory or elsewhere
    TRANSIENT = "transient"  # retry: stopped, a peer lost, a service down
    BUG = "bug"  # report it

    @property
    def retryable(self) -> bool:
        return self in (ErrorClass.CAPACITY, ErrorClass.TRANSIENT)

    @property
    def exit_code(self) -> int:
        return EXIT_CODES[self]


EXIT_CODES = {
    ErrorClass.CONFIGURATION: 1,
    ErrorClass.BAD_INPUT: 2,
    ErrorClass.REFUSED: 3,
    ErrorClass.CAPACITY: 4,
    ErrorClass.TRANSIENT: 5,
    ErrorClass.BUG: 70,
}


def error_class_of(exit_code: int) -> ErrorClass:
    """The class of a program's non-zero exit code.

    128 + n and negative codes are ends by a signal, 205 and 213 mpirun's for a lost daemon: transient.
    """
    for error_class, code in EXIT_CODES.items():
        if code == exit_code:
            return error_class
    if exit_code < 0 or exit_code > 128:
        return ErrorClass.TRANSIENT
    return ErrorClass.BUG


class Strict(BaseModel):
    """Unknown keys are errors, so that a misspelt one is not silently ignored."""

    model_config = ConfigDict(extra="forbid")


class Artifact(Strict):
    """A file that a stage published."""

    path: Path
    bytes: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> "Artifact":
        return cls(path=path, bytes=path.stat().st_size, sha256=sha256_file(path))

    def verify(self) -> str | None:
        """None if the file is there and unchanged, else one line that says what is wrong."""
        try:
            if not self.path.is_file():
                return f"{self.path}: is missing"
            size = self.path.stat().st_size
            if size != self.bytes:
                return f"{self.path}: {size} bytes, {self.bytes} were written"
            if sha256_file(self.path) != self.sha256:
                return f"{self.path}: its SHA-256 is not {self.sha256}"
        except OSError as error:
            return f"{str(self.path)[:200]}: cannot be read: {error.strerror}"
        return None


class Child(BaseModel):
    """A block as the stage aggregate gets it, in its input `children`: a JSON list of these."""

    model_config = ConfigDict(extra="ignore")
    block: int
    outputs: dict[str, Artifact]
    facts: dict[str, Fact] = {}

    def verify(self) -> None:
        """Raises StageError(bad-input) if a file was lost or changed."""
        for name, artifact in self.outputs.items():
            wrong = artifact.verify()
            if wrong is not None:
                reason = f"block {self.block}: its output {name} was changed since: {wrong}"
                raise StageError(ErrorClass.BAD_INPUT, reason)


class StageInput(Strict):
    """in.json"""

    schema_: Literal[1] = Field(SCHEMA, alias="schema")
    run: str
    block: int  # the last block of the unit
    stage: str
    attempt: int
    work_dir: Path  # scratch of this attempt, exists; outputs go here
    inputs: dict[str, Path] = {}
    options: dict[str, Any] = {}  # the stage's own, from the run's configuration
    facts: dict[str, Fact] = {}  # merged from all predecessors
    job: dict[str, Any] = {}  # what the job adds: cairn, launch, ranks, life, keep_dir, memory_mb
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    def require(self, name: str) -> Path:
        """The input file of that name. Raises StageError(bad-input)."""
        path = self.inputs.get(name)
        if path is None:
            known = ", ".join(sorted(self.inputs)) or "none"
            raise StageError(ErrorClass.BAD_INPUT, f"stage {self.stage}: no input {name}; there are: {known}")
        try:
            there = path.is_file()
        except OSError:  # a name too long, a folder that may not be entered
            there = False
        if not there:
            what = f"{str(path)[:200]}: input {name} of stage {self.stage} is missing"
            raise StageError(ErrorClass.BAD_INPUT, what)
        return path


class StageFailure(Strict):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    class_: ErrorClass = Field(alias="class")
    reason: str  # one line


class StageOutput(Strict):
    """out.json"""

    schema_: Literal[1] = Field(SCHEMA, alias="schema")
    run: str
    block: int
    stage: str
    attempt: int
    outputs: dict[str, Artifact] = {}
    facts: dict[str, Fact] = {}
    seconds: float = Field(0.0, ge=0, allow_inf_nan=False)
    error: StageFailure | None = None
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    def verify(self) -> str | None:
        """None if it reports success and every output is there and unchanged, else one line why not."""
        if self.error is not None:
            return f"stage {self.stage} failed: {self.error.reason}"
        return next((wrong for artifact in self.outputs.values() if (wrong := artifact.verify())), None)


@dataclass
class StageResult:
    """What a stage function returns: its files by name, and facts for the stages after it."""

    outputs: Mapping[str, Path] = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)


class StageError(Exception):
    """Ends a stage with a class and one line: what was found, what was wanted, what to do."""

    def __init__(self, error_class: ErrorClass, reason: str) -> None:
        self.error_class = error_class
        self.reason = " ".join(reason.split())
        super().__init__(self.reason)


StageFunction = Callable[[StageInput], StageResult]


def read_input(path: Path) -> StageInput:
    """Reads in.json. Raises StageError(configuration)."""
    try:
        return StageInput.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise StageError(ErrorClass.CONFIGURATION, f"{path}: no stage input: {error}") from error


def read_output(path: Path) -> StageOutput | None:
    """Reads out.json; None if there is none or it is not one."""
    try:
        return StageOutput.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def write_model(path: Path, model: BaseModel) -> None:
    """Publishes a model as JSON under the names that other programs use."""
    write_atomic(path, model.model_dump_json(by_alias=True, indent=1) + "\n")


def run_stage(function: StageFunction, stage_input: StageInput, output_path: Path) -> int:
    """Runs function and publishes out.json; returns the exit code. Nothing escapes but KeyboardInterrupt."""
    output = StageOutput(
        run=stage_input.run, block=stage_input.block, stage=stage_input.stage, attempt=stage_input.attempt
    )
    start = time.monotonic()
    code = 0
    try:
        result = function(stage_input)
        output.outputs = {name: Artifact.of(path) for name, path in result.outputs.items()}
        output.facts = dict(result.facts)
    except StageError as error:
        output.error = StageFailure(class_=error.error_class, reason=error.reason)
    except MemoryError as error:
        output.error = StageFailure(class_=ErrorClass.CAPACITY, reason=f"out of memory: {error}")
    except Exception as error:  # the one place where a bug becomes an exit code
        traceback.print_exc()
        output.error = StageFailure(
            class_=ErrorClass.BUG, reason=f"{type(error).__name__}: {error}".split("\n")[0]
        )
    output.seconds = round(time.monotonic() - start, 3)
    if output.error is not None:
        code = output.error.class_.exit_code
        print(f"{stage_input.stage}: {output.error.class_.value}: {output.error.reason}", file=sys.stderr)
    write_model(output_path, output)
    return code


def _stop(number: int, _frame: object) -> NoReturn:
    # Once is enough: Slurm signals every process of a job, and our parent passes the signal on too.
    for other in (signal.SIGTERM, signal.SIGUSR1):
        signal.signal(other, signal.SIG_IGN)
    raise StageError(ErrorClass.TRANSIENT, f"stopped by {signal.Signals(number).name}; run it again")


def stage_main(function: StageFunction) -> NoReturn:
    """The main of a stage program: reads the two options, runs, exits with the code of its class.

    SIGTERM and SIGUSR1 (a time limit that comes near) end it as transient.
    """
    parser = argparse.ArgumentParser(description=function.__doc__)
    parser.add_argument("--input-path", "-i", type=Path, required=True)
    parser.add_argument("--output-path", "-o", type=Path, required=True)
    arguments = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGUSR1):
        signal.signal(number, _stop)
    try:
        stage_input = read_input(arguments.input_path)
    except StageError as error:
        print(f"{error.error_class.value}: {error.reason}", file=sys.stderr)
        sys.exit(error.error_class.exit_code)
    sys.exit(run_stage(function, stage_input, arguments.output_path))
