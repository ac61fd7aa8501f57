"""Stage aggregate: one aggregator run (applicative recursion) over consecutive blocks.

Input: children, a JSON list of {block, outputs: {snos_output, da_segment?}, facts}, in block order, as a
run's aggregate stage and a batch collector write it. Two ways to run the aggregator:

cairo    a compiled Cairo program under a Cairo VM, with program input {bootloader_output, full_output,
         use_kzg_da, da_path} and what the option cairo_input adds
command  any program with --input-path and --output-path, which gets the input aggregator_input (that JSON)
         and leaves the outputs pie and, if any, da_segment

Outputs: pie, snos_output, da_segment, children. Before the run the children are held to the limits, after it
the result to the children, and to `cairn inspect`: what could not be settled or proven is not proven.
"""

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from cairn_pipeline.batching.aggregated import bootloader_output, check_result
from cairn_pipeline.batching.batcher import Batcher
from cairn_pipeline.batching.limits import Limits
from cairn_pipeline.batching.measure import BlockSize, measure
from cairn_pipeline.contract import (
    Child,
    ErrorClass,
    StageError,
    StageInput,
    StageResult,
    stage_main,
)
from cairn_pipeline.da.felts import read_felts
from cairn_pipeline.files import write_atomic
from cairn_pipeline.stages.options import Options, read_options
from cairn_pipeline.stages.snos import SnosOptions, from_cairo, from_command, inspect


class AggregateOptions(Options):
    source: Literal["cairo", "command"] = "command"
    program: list[str] = []  # command: the program; cairo: the runner, with {program} {input} {layout} {pie}
    cairo_program: Path | None = None
    cairo_input: dict[str, Any] = {}  # more keys of the program input
    layout: str = "all_cairo"
    os_program_hash: str = (
        ""  # of the children's program; default: their fact program_hash or pie_program_hash
    )
    limits: Limits = Limits()


def aggregate(stage_input: StageInput) -> StageResult:
    """Runs an aggregator over the children."""
    options = read_options(stage_input, AggregateOptions)
    children = read_children(stage_input.require("children"))
    sizes = [measure(child.block, child.outputs, child.facts) for child in children]
    check_batch(sizes, options.limits)
    if sizes[-1].block != stage_input.block:
        reason = f"children end at block {sizes[-1].block}, the unit's last block is {stage_input.block}"
        raise StageError(ErrorClass.BAD_INPUT, reason)
    given = stage_input.work_dir / "aggregator_input.json"
    da_path = stage_input.work_dir / "da_segment.json"
    write_atomic(given, program_input(options, sizes, program_hash(options, children), da_path))
    outputs = run_aggregator(stage_input, options, given)
    # An aggregator writes null where the data is in its output.
    if "da_segment" not in outputs and da_path.is_file() and da_path.read_bytes().strip() != b"null":
        outputs["da_segment"] = da_path
    outputs["snos_output"] = stage_input.work_dir / "snos_output.json"
    facts = inspect(SnosOptions(cairn=options.cairn), outputs["pie"], outputs["snos_output"])
    segment = read_felts(outputs["da_segment"]) if "da_segment" in outputs else []
    result = check_result(read_felts(outputs["snos_output"]), sizes, options.limits, len(segment))
    outputs["children"] = stage_input.inputs["children"]
    facts |= {"first_block": sizes[0].block, "blocks": len(sizes)}
    facts["aggregated_blobs"] = len(result.kzg.commitments) if result.kzg else 0
    return StageResult(outputs, facts)


def read_children(path: Path) -> list[Child]:
    """Raises StageError(bad-input) for no list, an empty one, or a file that was lost or changed."""
    try:
        children = TypeAdapter(list[Child]).validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise StageError(ErrorClass.BAD_INPUT, f"{path}: no list of children: {error}") from error
    if not children:
        raise StageError(ErrorClass.BAD_INPUT, f"{path}: no children")
    for child in children:
        child.verify()
    return children


def check_batch(children: list[BlockSize], limits: Limits) -> None:
    """Raises StageError(refused) unless the children are one batch within the limits."""
    batcher = Batcher(limits)
    for position, child in enumerate(children):
        for closed in batcher.add(child, 0.0):
            if len(closed.blocks) < len(children):
                end = f"ends with block {closed.blocks[-1]}, but {children[-1].block} was wanted"
                reason = f"{closed.reason}: a batch {end}"
                raise StageError(ErrorClass.REFUSED, reason)
            assert position == len(children) - 1


def program_hash(options: AggregateOptions, children: list[Child]) -> int:
    """The one program hash of all children.

    Raises StageError: configuration if none is known, refused if they differ.
    """
    if options.os_program_hash:
        return int(options.os_program_hash, 16)
    hashes = {child.facts.get("program_hash") or child.facts.get("pie_program_hash") for child in children}
    if None in hashes:
        reason = "the children's program hash is not known: set the option os_program_hash"
        raise StageError(ErrorClass.CONFIGURATION, reason)
    if len(hashes) > 1:
        raise StageError(
            ErrorClass.REFUSED,
            f"program-hash: children of {len(hashes)} programs: {sorted(map(str, hashes))}",
        )
    return int(str(hashes.pop()), 16)


def program_input(
    options: AggregateOptions, children: list[BlockSize], os_program_hash: int, da_path: Path
) -> str:
    value = {
        "bootloader_output": bootloader_output(children, os_program_hash),
        "full_output": False,
        "use_kzg_da": options.limits.da == "blob",
        "da_path": str(da_path),
    }
    return json.dumps(value | options.cairo_input) + "\n"


def run_aggregator(stage_input: StageInput, options: AggregateOptions, given: Path) -> dict[str, Path]:
    """The files that the run left: pie, and da_segment if any."""
    inner = stage_input.model_copy(update={"inputs": {**stage_input.inputs, "aggregator_input": given}})
    settings = SnosOptions(
        cairn=options.cairn,
        source=options.source,
        program=options.program,
        cairo_program=options.cairo_program,
        cairo_input=str(given).replace("{", "{{").replace("}", "}}"),
        layout=options.layout,
    )
    return from_cairo(inner, settings) if options.source == "cairo" else from_command(inner, settings)


if __name__ == "__main__":
    stage_main(aggregate)
