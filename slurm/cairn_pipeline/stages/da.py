"""The da stage: holds a block's DA segment against its program output and prepares what settlement sends.

Inputs: snos_output, or pie to read it from; da_segment, or else the segment is taken from the output (no
KZG), built from state_update (with aliases and nonces, if given), or found in the PIE's memory.
Outputs: da_manifest, blob_0.. (mode ethereum-blob), da_segment. It needs no proof, so it runs before proving.
"""

from collections.abc import Sequence

from cairn_pipeline.contract import StageInput, StageResult, stage_main
from cairn_pipeline.da.errors import DaError, Reason
from cairn_pipeline.da.felts import felts_json, read_felts
from cairn_pipeline.da.onchain_data import check_pages
from cairn_pipeline.da.pie_memory import Pie
from cairn_pipeline.da.prepare import DaOptions, plan, publish_plan
from cairn_pipeline.da.snos_output import SnosOutput, parse, without_aggregator_input
from cairn_pipeline.da.state_files import segment_of_state_update
from cairn_pipeline.files import write_atomic
from cairn_pipeline.stages.options import read_options


def run(stage_input: StageInput) -> StageResult:
    """Checks and prepares the data of one unit of blocks."""
    options = read_options(stage_input, DaOptions)
    pie = Pie(stage_input.require("pie")) if "pie" in stage_input.inputs else None
    output = read_output(stage_input, pie)
    if pie is not None and not output.use_kzg_da:
        check_pages(output, *pie.pages())
    segment = find_segment(stage_input, output, pie)
    made = plan(output, segment, options)
    files = publish_plan(made, stage_input.work_dir, options)
    files["da_segment"] = stage_input.work_dir / "da_segment.json"
    write_atomic(files["da_segment"], felts_json(segment))
    manifest = made.manifest
    return StageResult(
        files,
        {
            "da_mode": manifest.mode.value,
            "da_kind": manifest.segment.kind,
            "da_words": manifest.segment.words,
            "da_blobs": len(manifest.blobs),
            "da_calldata_bytes": manifest.calldata_bytes,
            "versioned_hashes": manifest.versioned_hashes,
        },
    )


def read_output(stage_input: StageInput, pie: Pie | None) -> SnosOutput:
    """The program output, without an aggregator's input part."""
    if "snos_output" in stage_input.inputs or pie is None:
        path = stage_input.require("snos_output")
        felts: Sequence[int] = read_felts(path)
        name = str(path)
    else:
        felts, name = pie.output(), str(pie.path)
    return parse(without_aggregator_input(felts), name)


def find_segment(stage_input: StageInput, output: SnosOutput, pie: Pie | None) -> Sequence[int]:
    """The segment, from the first of the places named above that has it. Raises DaError(segment-missing)."""
    if "da_segment" in stage_input.inputs:
        return read_felts(stage_input.require("da_segment"))
    if not output.use_kzg_da:
        return output.da_segment
    if "state_update" in stage_input.inputs:
        optional = {
            name: stage_input.require(name) for name in ("aliases", "nonces") if name in stage_input.inputs
        }
        return segment_of_state_update(stage_input.require("state_update"), output, **optional)
    found = pie.find_segment(output) if pie is not None else None
    if found is None:
        where = (
            f"{pie.path}: its memory does not hold the data behind z"
            if pie
            else "no input da_segment, state_update or pie"
        )
        raise DaError(Reason.SEGMENT_MISSING, f"{where}; deliver the DA segment with the PIE")
    return found


if __name__ == "__main__":
    stage_main(run)
