"""How a message becomes a program's input, and its output messages: two formats.

stage: StageInput and StageOutput of contract.py. Files and facts go on to whoever comes after.
plain: in.json is the message's bare data (a block number, an object, a list for a gathered message), out.json
       any JSON value; what Zircuit's binaries take and give.
"""

import json
from pathlib import Path
from typing import Any

from cairn_pipeline.compose.consumer_group import ClaimRecord
from cairn_pipeline.compose.message import Message, Part, child_id
from cairn_pipeline.compose.pipeline_file import Dispatcher
from cairn_pipeline.contract import (
    Artifact,
    ErrorClass,
    Fact,
    StageError,
    StageInput,
    StageOutput,
    error_class_of,
    read_output,
    write_model,
)
from cairn_pipeline.files import write_json


def write_input(
    dispatcher: Dispatcher, run: str, stage: str, message: Message, record: ClaimRecord, work_dir: Path
) -> None:
    """Writes work_dir/in.json. Raises StageError(bad-input) if a file of the message was lost or changed."""
    if dispatcher.format == "plain":
        write_json(work_dir / "in.json", message.data)
        return
    for artifact in message.outputs.values():
        wrong = artifact.verify()
        if wrong is not None:
            raise StageError(ErrorClass.BAD_INPUT, wrong)
    inputs = {name: artifact.path for name, artifact in message.outputs.items()}
    if message.children:
        inputs["children"] = work_dir / "children.json"
        write_json(
            inputs["children"], [child.model_dump(by_alias=True, mode="json") for child in message.children]
        )
    stage_input = StageInput(
        run=run,
        block=message.block,
        stage=stage,
        attempt=record.attempt,
        work_dir=work_dir,
        inputs=inputs,
        options=dispatcher.options,
        facts=message.facts,
    )
    write_model(work_dir / "in.json", stage_input)


def failure_of(dispatcher: Dispatcher, work_dir: Path, code: int) -> StageError:
    """Why a run that did not end with 0 failed: from out.json if it says, else the log's last line."""
    output = read_output(work_dir / "out.json") if dispatcher.format == "stage" else None
    if output is not None and output.error is not None:
        return StageError(output.error.class_, output.error.reason)
    return StageError(error_class_of(code), f"exit code {code}: {last_line(work_dir / 'log')}")


def last_line(path: Path) -> str:
    """The last line of a log, of at most 4 KiB."""
    try:
        with open(path, "rb") as file:
            file.seek(max(0, path.stat().st_size - 4096))
            lines = file.read().decode(errors="replace").strip().splitlines()
    except OSError:
        lines = []
    return lines[-1] if lines else "it said nothing"


def read_result(dispatcher: Dispatcher, stage: str, message: Message, work_dir: Path) -> list[Message]:
    """The messages of a run that ended with 0. Raises StageError(bug) if its output is not what it says."""
    path = work_dir / "out.json"
    if dispatcher.format == "stage":
        return _from_stage(dispatcher, stage, message, path)
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise StageError(ErrorClass.BUG, f"{path}: exit code 0, but no JSON there: {error}") from error
    if not dispatcher.split:
        return [_made(message, stage, data=value)]
    if not isinstance(value, list):
        found = type(value).__name__
        raise StageError(ErrorClass.BUG, f"{path}: a {found}, but {stage} splits: a list was wanted")
    return [
        _made(message, stage, data=element, part=(number, len(value))) for number, element in enumerate(value)
    ]


def _from_stage(dispatcher: Dispatcher, stage: str, message: Message, path: Path) -> list[Message]:
    output: StageOutput | None = read_output(path)
    if output is None:
        raise StageError(ErrorClass.BUG, f"{path}: exit code 0, but no stage output there")
    if output.block != message.block:
        reason = f"{path}: says block {output.block}, was asked for block {message.block}"
        raise StageError(ErrorClass.BUG, reason)
    wrong = output.verify()
    if wrong is not None:
        raise StageError(ErrorClass.BUG, wrong)
    if not dispatcher.split:
        return [_made(message, stage, data=message.data, outputs=output.outputs, facts=output.facts)]
    return [
        _made(
            message,
            stage,
            data=name,
            outputs={name: artifact},
            facts=output.facts,
            part=(number, len(output.outputs)),
        )
        for number, (name, artifact) in enumerate(sorted(output.outputs.items()))
    ]


def _made(
    message: Message,
    producer: str,
    data: Any,
    outputs: dict[str, Artifact] | None = None,
    facts: dict[str, Fact] | None = None,
    part: tuple[int, int] | None = None,
) -> Message:
    lineage = message.lineage
    if part is not None:
        lineage = [*lineage, Part(group=message.id, number=part[0], of=part[1])]
    return Message(
        id=child_id(message.id, producer, None if part is None else part[0]),
        block=message.block,
        producer=producer,
        lineage=lineage,
        data=data,
        outputs={**message.outputs, **(outputs or {})},
        facts={**message.facts, **(facts or {})},
    )
