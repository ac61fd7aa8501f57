"""Pipelines of tiny shell programs, and a look into their state folders."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cairn_pipeline.compose.engine import Engine, Outcome
from cairn_pipeline.compose.message import Message
from cairn_pipeline.compose.pipeline_file import parse
from cairn_pipeline.compose.queue_store import QueueStore


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str, str], Path]:
    """Makes a program of a bash body, which finds $input and $output; each run is a line in NAME.runs."""

    def make(name: str, body: str) -> Path:
        path = tmp_path / name
        head = '#!/bin/bash\nset -eu\ninput=$2 output=$4\necho "$$ $(cat "$input")"'
        text = f"{head} >>{tmp_path}/{name}.runs\n{body}\n"
        path.write_text(text)
        path.chmod(0o755)
        return path

    return make


@pytest.fixture
def runs(tmp_path: Path) -> Callable[[str], list[str]]:
    """The inputs that a program made by `program` was run with, in order."""

    def read(name: str) -> list[str]:
        path = tmp_path / f"{name}.runs"
        return [line.split(maxsplit=1)[1] for line in path.read_text().splitlines()] if path.exists() else []

    return read


@pytest.fixture
def pipeline(tmp_path: Path) -> Callable[..., Outcome]:
    """Runs a pipeline text until idle in this process."""

    def run(text: str, first: int | None = 1, last: int | None = 3, **options: Any) -> Outcome:
        file = parse(f'name = "test"\npoll_seconds = 0.02\n{text}', "test.toml")
        events = options.pop("events", [])
        engine = Engine(
            file,
            tmp_path,
            tmp_path / "state",
            lambda event, **fields: events.append({"event": event, **fields}),
            first=first,
            last=last,
            environment=options.pop("environment", {}),
            **options,
        )
        return engine.run(until_idle=True)

    return run


@pytest.fixture
def messages(tmp_path: Path) -> Callable[..., list[Message]]:
    """All messages of a queue, in the order of their ids."""

    def read(queue: str, state: Path = tmp_path / "state") -> list[Message]:
        store = QueueStore(state, queue)
        return [store.read(message_id) for message_id in store.ids()]

    return read
