"""What a run does: its stages, their order, resources and options. Frozen in RUN/run.json by `init`.

What depends on the machine is in the site file instead (site.py).
"""

import re
import tomllib
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator

from cairn_pipeline.contract import ErrorClass, StageError, Strict

# The stage that is run once for several blocks, a unit; so is everything after it.
AGGREGATE = "aggregate"


def built_in(stage: str) -> str:
    """Which built-in a stage without `program` is: prove_block is prove, of one block of a unit."""
    return stage.removesuffix("_block")


class Retry(Strict):
    """What happens after a transient or capacity failure, before an operator is asked."""

    lives: int = Field(4, ge=1)  # runs of one job's program: the first and its repetitions
    where: Literal["job", "requeue"] = "job"  # repeat in the same job, or give the nodes back and requeue it
    backoff_s: float = Field(5.0, ge=0)  # before a repetition in the job; doubled each time, with jitter
    max_backoff_s: float = Field(300.0, ge=0)
    resubmissions: int = Field(2, ge=0)  # of a job that vanished: killed, lost with its node, out of time


class Stage(Strict):
    """One stage of every block."""

    program: list[str] = []  # takes --input-path and --output-path; empty: the built-in of that name
    after: list[str] = []  # stages of the same block
    in_order: bool = False  # also after the same stage of the block before
    gpus: bool = False  # ask for the site's GPUs
    ranks: int = Field(1, ge=1)
    cpus_per_rank: int = Field(1, ge=1)
    memory_mb: int | None = None  # per rank
    minutes: int = Field(60, ge=1)
    sla_seconds: float | None = Field(None, gt=0)  # service level: from ready (all before is done) to done
    retry: Retry = Retry()
    options: dict[str, Any] = {}  # handed to the program as they are


class Alerts(Strict):
    """Where failures are told, once per cause."""

    webhook_url_file: Path | None = None  # a file, so that the URL is in no job script or log
    command: list[str] = []  # e.g. ["mail", "-s", "{subject}", "ops@example.org"]; the body on stdin


class RunConfig(Strict):
    run: str
    window: int = Field(8, ge=1)  # blocks that may have jobs in the queue at the same time
    stages: dict[str, Stage]
    alerts: Alerts = Alerts()

    @model_validator(mode="after")
    def check(self) -> "RunConfig":
        for name in (self.run, *self.stages):
            if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}", name):
                raise ValueError(f"{name!r} is no name: letters, digits, - and _, at most 40")
        for name, stage in self.stages.items():
            for other in stage.after:
                if other not in self.stages:
                    raise ValueError(f"stage {name} is after {other}, which is no stage")
        try:
            self.order()
        except CycleError as error:
            raise ValueError(f"stages wait for each other: {' -> '.join(error.args[1])}") from error
        return self

    def order(self) -> list[str]:
        """Stage names, predecessors first."""
        return list(
            TopologicalSorter({name: stage.after for name, stage in self.stages.items()}).static_order()
        )

    def ancestors(self, name: str) -> list[str]:
        """All stages that must be done before this one, in order."""
        found: set[str] = set()
        todo = list(self.stages[name].after)
        while todo:
            other = todo.pop()
            if other not in found:
                found.add(other)
                todo += self.stages[other].after
        return [stage for stage in self.order() if stage in found]

    def descendants(self, name: str) -> list[str]:
        """All stages that cannot be done before this one, in order."""
        return [stage for stage in self.order() if name in self.ancestors(stage)]

    def per_unit(self, name: str) -> bool:
        """Whether the stage is run once for a unit of blocks and not for each."""
        return name == AGGREGATE or AGGREGATE in self.ancestors(name)


# Data availability comes before proving, so that nothing unsettleable is proven; it costs seconds.
DEFAULT_STAGES: dict[str, dict[str, Any]] = {
    "snos": {"minutes": 120},
    "da": {"after": ["snos"], "minutes": 30},
    "prove": {
        "after": ["da"],
        "gpus": True,
        "ranks": 3,
        "minutes": 240,
        "retry": {"where": "requeue", "lives": 6},
    },
    "verify": {"after": ["prove"], "minutes": 30},
    "settle": {"after": ["verify"], "in_order": True, "minutes": 120, "retry": {"lives": 8}},
}
# Of runs that name the stage aggregate. It takes what its children output for granted: they are proven too.
AGGREGATE_STAGES: dict[str, dict[str, Any]] = {
    AGGREGATE: {"after": ["snos"], "minutes": 120},
    "prove_block": DEFAULT_STAGES["prove"] | {"after": ["snos"]},
    "verify_block": DEFAULT_STAGES["verify"] | {"after": ["prove_block"]},
    "da": DEFAULT_STAGES["da"] | {"after": [AGGREGATE]},
    "settle": DEFAULT_STAGES["settle"] | {"after": ["verify", "verify_block"]},
}


def merge(base: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """base with change on top; tables are merged, everything else is replaced."""
    result = dict(base)
    for key, value in change.items():
        old = result.get(key)
        result[key] = merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return result


def read_toml(path: Path) -> dict[str, Any]:
    """Raises StageError(configuration)."""
    try:
        return tomllib.loads(path.read_text())
    except (OSError, ValueError, RecursionError) as error:  # no file, no text, no TOML
        raise StageError(ErrorClass.CONFIGURATION, f"{path}: {error}") from error


def explain(path: Path, error: ValidationError) -> StageError:
    """The first problem of a configuration file as one line."""
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return StageError(ErrorClass.CONFIGURATION, f"{path}: {place + ': ' if place else ''}{first['msg']}")


def load_config(path: Path | None, run: str) -> RunConfig:
    """The defaults with the user's TOML file on top.

    `stages.NAME = false` leaves a built-in stage out; whoever was after it is then after its predecessors.
    `stages.aggregate` puts that stage between snos and da, and proves its children.
    Raises StageError(configuration).
    """
    given = read_toml(path) if path else {}
    changes = given.pop("stages", {})
    tables = [changes, *changes.values()] if isinstance(changes, dict) else [changes]
    wrong = [value for value in tables if not isinstance(value, dict) and value is not False]
    if wrong or changes is False:
        found = str((wrong or [changes])[0])[:40]
        reason = f"{path}: stages: found {found}, wanted a table for each stage, or false"
        raise StageError(ErrorClass.CONFIGURATION, reason)
    known = DEFAULT_STAGES | (AGGREGATE_STAGES if changes.get(AGGREGATE) else {})
    stages: dict[str, Any] = {name: dict(stage) for name, stage in known.items()}
    for name, change in changes.items():
        if change is False:
            gone = stages.pop(name, {"after": []})
            for other in stages.values():
                if name in other.get("after", []):
                    kept = [stage for stage in other["after"] if stage != name]
                    other |= {"after": kept + gone.get("after", [])}
        else:
            stages[name] = merge(stages.get(name, {}), change)
    try:
        return RunConfig.model_validate({"run": run, **given, "stages": stages})
    except ValidationError as error:
        raise explain(path or Path("(defaults)"), error) from error
