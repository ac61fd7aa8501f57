"""`cairn-pipeline compose`: check, run, status and retry of pipeline files."""

import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from cairn_pipeline.compose.consumer_group import ConsumerGroup
from cairn_pipeline.compose.engine import Engine
from cairn_pipeline.compose.match import MatchCollector
from cairn_pipeline.compose.pipeline_file import BlockSource, PipelineFile, load
from cairn_pipeline.contract import StageError
from cairn_pipeline.json_log import JsonLog

compose_app = typer.Typer(
    no_args_is_help=True,
    help="Pipelines of dispatchers and collectors, described by a file.",
    add_completion=False,
)

FileArgument = Annotated[Path, typer.Argument(help="The pipeline file (TOML).", metavar="FILE")]
StateOption = Annotated[
    Path,
    typer.Option("--state", help="Folder of the queues and all work; on a file system that all hosts share."),
]


@contextmanager
def _one_line() -> Iterator[None]:
    try:
        yield
    except StageError as error:
        print(f"{error.error_class.value}: {error.reason}", file=sys.stderr)
        raise typer.Exit(error.error_class.exit_code) from error


def _errors(command: Callable[..., None]) -> Callable[..., None]:
    @wraps(command)
    def wrapped(*arguments: Any, **options: Any) -> None:
        with _one_line():
            command(*arguments, **options)

    return wrapped


@compose_app.command()
@_errors
def check(file: FileArgument) -> None:
    """Reads a pipeline file and prints its graph."""
    pipeline = load(file)
    for name, collector in pipeline.collectors.items():
        queues = [] if isinstance(collector, BlockSource) else collector.from_
        source = ", ".join([queues] if isinstance(queues, str) else queues) or collector.strategy
        print(f"{source} -> [{name}] -> {', '.join(collector.to)}")
    for name, dispatcher in pipeline.dispatchers.items():
        share = f" x{dispatcher.workers}" if dispatcher.workers > 1 else ""
        group = "" if pipeline.group_of(name) == name else f", group {pipeline.group_of(name)}"
        targets = ", ".join(dispatcher.to) or "(nothing)"
        print(f"{dispatcher.from_} -> ({name}{share}, {dispatcher.executor}{group}) -> {targets}")


@compose_app.command()
@_errors
def run(
    file: FileArgument,
    state: StateOption,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help="Serve these dispatchers and collectors only; may be repeated."),
    ] = None,
    first: Annotated[
        int | None, typer.Option(help="First block; goes before NEXT_BLOCK and the file.")
    ] = None,
    last: Annotated[int | None, typer.Option(help="Last block.")] = None,
    until_idle: Annotated[
        bool, typer.Option("--until-idle", help="End when there is nothing left to do.")
    ] = False,
) -> None:
    """Serves a pipeline. Any number of these may serve one state folder, on any host; any of them may die."""
    pipeline = load(file)
    state.mkdir(parents=True, exist_ok=True)
    log = JsonLog(state / "log.jsonl", run=pipeline.name, echo=True)
    engine = Engine(pipeline, file.resolve().parent, state, log.write, only or (), first, last)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: engine.stop())
    outcome = engine.run(until_idle)
    for group, records in outcome.dead.items():
        for message_id, record in records.items():
            print(f"{group}: {message_id}: {record.class_.value}: {record.reason}", file=sys.stderr)
    raise typer.Exit(outcome.exit_code)


def describe(pipeline: PipelineFile, state: Path) -> dict[str, Any]:
    """What is in a state folder, as JSON. Changes nothing but folders that are not there yet."""
    engine = Engine(pipeline, Path(), state, lambda *_, **__: None, observe=True)
    missing: dict[str, Any] = {}
    for name, collector in engine.collectors.items():
        if isinstance(collector, MatchCollector):
            collector.look()
            missing[name] = collector.missing()
    return {
        "pipeline": pipeline.name,
        "queues": engine.queue_sizes(),
        "groups": {
            name: {"queue": engine.groups[name].queue.name, **vars(counts)}
            for name, counts in engine.counts().items()
        },
        "incomplete": missing,
        "dead": {
            name: {key: record.model_dump(by_alias=True, mode="json") for key, record in records.items()}
            for name, group in engine.groups.items()
            if (records := group.dead_messages())
        },
    }


@compose_app.command()
@_errors
def status(
    file: FileArgument, state: StateOption, as_json: Annotated[bool, typer.Option("--json")] = False
) -> None:
    """Shows queues, groups, incomplete gatherings and parked messages."""
    description = describe(load(file), state)
    if as_json:
        print(json.dumps(description, indent=1))
        return
    console = Console()
    table = Table("group", "queue", "waiting", "running", "retrying", "done", "dead")
    for name, counts in description["groups"].items():
        table.add_row(name, *(str(value) for value in counts.values()))
    console.print(table)
    console.print("messages: " + ", ".join(f"{name} {size}" for name, size in description["queues"].items()))
    for name, keys in description["incomplete"].items():
        for key, producers in list(keys.items())[:20]:
            console.print(f"{name}: {key} waits for {', '.join(producers) or 'more parts'}")
    for name, records in description["dead"].items():
        for message_id, record in records.items():
            console.print(
                f"{name}: {message_id}: {record['class']}: {record['reason']}", style="red", markup=False
            )


@compose_app.command()
@_errors
def retry(
    file: FileArgument,
    state: StateOption,
    group: Annotated[str, typer.Argument(help="The group whose parked messages are delivered again.")],
    message: Annotated[
        list[str] | None, typer.Argument(help="These messages; default: all parked ones.")
    ] = None,
) -> None:
    """Delivers parked messages again."""
    pipeline = load(file)
    engine = Engine(pipeline, Path(), state, lambda *_, **__: None, observe=True)
    chosen: ConsumerGroup | None = engine.groups.get(group)
    if chosen is None:
        raise typer.BadParameter(f"{group}: no group; there are {', '.join(sorted(engine.groups))}")
    parked = chosen.dead_messages()
    wanted = list(message) if message else list(parked)
    unknown = [name for name in wanted if name not in parked]
    if unknown:
        raise typer.BadParameter(f"{unknown[0]}: not parked in group {group}")
    print(f"{chosen.revive(wanted)} messages will be delivered again")
