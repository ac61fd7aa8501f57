"""The pipeline file: TOML that names dispatchers and collectors and the queues between them.

Queues need no declaration: whoever is named in `to` makes one, and a `from` that nobody feeds is an error.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from cairn_pipeline.batching.limits import Limits
from cairn_pipeline.contract import ErrorClass, StageError, Strict

Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,39}$")]
Names = Annotated[list[Name], BeforeValidator(lambda value: [value] if isinstance(value, str) else value)]
Command = Annotated[list[str], Field(min_length=1)]


class SlurmOptions(Strict):
    """What a dispatcher asks of Slurm for each message."""

    partition: str | None = None
    account: str | None = None
    time_minutes: int = Field(60, gt=0)
    tasks: int = Field(1, gt=0)
    cpus_per_task: int = Field(1, gt=0)
    gpus: int = Field(0, ge=0)
    memory_mib: int | None = Field(None, gt=0)
    arguments: list[str] = []  # more arguments of sbatch, as they are


class Dispatcher(Strict):
    """Runs a program on every message of a queue that its group is given."""

    from_: Name = Field(alias="from")
    to: Names = []
    run: Command | dict[str, Command]  # one command, or one for each platform such as linux/amd64
    group: Name | None = None  # dispatchers of one group share the messages; default: its own name
    workers: int = Field(1, ge=1, le=1024)
    format: Literal["stage", "plain"] = "stage"
    split: bool = False  # every output (stage) or element (plain) becomes a message of its own
    executor: Literal["local", "slurm"] = "local"
    attempts: int = Field(3, ge=1)  # of failures that may be tried again
    retry_seconds: float = Field(1.0, ge=0)  # before the second attempt; doubles
    retry_limit_seconds: float = Field(60.0, ge=0)
    timeout_seconds: float | None = Field(None, gt=0)  # of one run of the program
    options: dict[str, Any] = {}
    environment: dict[str, str] = {}
    slurm: SlurmOptions = SlurmOptions()


class BlockSource(Strict):
    """Makes a message for every block: from NEXT_BLOCK, or the latest finalized one, on."""

    strategy: Literal["blocks"]
    to: Names
    first: int | None = Field(None, ge=0)  # the flag --first and the environment's NEXT_BLOCK go before it
    last: int | None = Field(None, ge=0)  # default: no end
    rpc: str | None = None  # default: the environment's L1_RPC
    chain: Literal["ethereum", "starknet"] = "ethereum"
    poll_seconds: float = Field(12.0, gt=0)


class Match(Strict):
    """Gathers messages of equal key: the proofs of a block, the parts of a split, any field."""

    strategy: Literal["match"]
    from_: Names = Field(alias="from", min_length=1)
    to: Names
    by: str = Field("block", pattern=r"^(block|group|(data|facts)\.[A-Za-z0-9_.]+)$")
    inputs: int | None = Field(None, ge=1)  # by count
    producers: Names | None = None  # by who made them; default: all who feed the queues, or the split's parts


class Sequence(Strict):
    """Hands messages on in the order of their blocks, without gaps, `size` together."""

    strategy: Literal["sequence"]
    from_: Name = Field(alias="from")
    to: Names
    first: int | None = Field(None, ge=0)  # default: where the pipeline's block source began
    size: int = Field(1, ge=1)


class Batch(Strict):
    """Gathers consecutive blocks until a limit is hit, for one aggregator run over them."""

    strategy: Literal["batch"]
    from_: Name = Field(alias="from")
    to: Names
    first: int | None = Field(None, ge=0)
    limits: Limits = Limits()


Collector = Annotated[BlockSource | Match | Sequence | Batch, Field(discriminator="strategy")]


class PipelineFile(Strict):
    """A whole pipeline."""

    name: Name
    poll_seconds: float = Field(0.2, gt=0)  # how often another process's messages are looked for
    lease_seconds: float = Field(30.0, gt=0)  # after which a silent worker of another host is given up
    collectors: dict[Name, Collector] = {}
    dispatchers: dict[Name, Dispatcher]

    @model_validator(mode="after")
    def _graph(self) -> "PipelineFile":
        both = self.collectors.keys() & self.dispatchers.keys()
        if both:
            raise ValueError(f"{min(both)} is a collector and a dispatcher; give them different names")
        feeders = self.feeders()
        for name, queues in self._readers().items():
            for queue in queues:
                if queue not in feeders:
                    known = ", ".join(sorted(feeders)) or "none"
                    raise ValueError(f"{name} reads queue {queue}, which nothing feeds; fed queues: {known}")
        groups: dict[str, tuple[str, str]] = {}
        for name, dispatcher in self.dispatchers.items():
            group = self.group_of(name)
            first, queue = groups.setdefault(group, (name, dispatcher.from_))
            if queue != dispatcher.from_:
                raise ValueError(
                    f"group {group}: {first} reads {queue}, {name} {dispatcher.from_}; a group has one queue"
                )
        self._refuse_cycles()
        return self

    def group_of(self, dispatcher: str) -> str:
        return self.dispatchers[dispatcher].group or dispatcher

    def feeders(self) -> dict[str, set[str]]:
        """Queue to the producers that publish in it."""
        result: dict[str, set[str]] = {}
        for name, collector in self.collectors.items():
            for queue in collector.to:
                result.setdefault(queue, set()).add(name)
        for name, dispatcher in self.dispatchers.items():
            for queue in dispatcher.to:
                result.setdefault(queue, set()).add(self.group_of(name))
        return result

    def _readers(self) -> dict[str, list[str]]:
        readers = {name: [dispatcher.from_] for name, dispatcher in self.dispatchers.items()}
        for name, collector in self.collectors.items():
            if not isinstance(collector, BlockSource):
                readers[name] = collector.from_ if isinstance(collector, Match) else [collector.from_]
        return readers

    def _refuse_cycles(self) -> None:
        readers = self._readers()
        targets = {name: self.dispatchers[name].to for name in self.dispatchers}
        targets |= {name: self.collectors[name].to for name in self.collectors}
        downstream: dict[str, set[str]] = {}
        for name, queues in readers.items():
            for queue in queues:
                downstream.setdefault(queue, set()).update(targets[name])
        for start in downstream:
            seen: set[str] = set()
            todo = list(downstream[start])
            while todo:
                queue = todo.pop()
                if queue == start:
                    raise ValueError(f"queue {start} feeds itself; a pipeline has no cycles")
                if queue not in seen:
                    seen.add(queue)
                    todo.extend(downstream.get(queue, ()))


def parse(text: str, where: str) -> PipelineFile:
    """Raises StageError(configuration) that names the key."""
    try:
        return PipelineFile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise StageError(ErrorClass.CONFIGURATION, f"{where}: not TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "pipeline"
        raise StageError(ErrorClass.CONFIGURATION, f"{where}: {key}: {first['msg']}") from error


def load(path: Path) -> PipelineFile:
    """Reads a pipeline file. Raises StageError(configuration)."""
    try:
        text = path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise StageError(ErrorClass.CONFIGURATION, f"{path}: cannot be read: {error}") from error
    return parse(text, str(path))
