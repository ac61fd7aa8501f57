"""The settle stage: makes a proven block's state the settled one. Options: settlement/options.py.

Inputs: snos_output; da_manifest, if the da stage has run, and with blobs blob_0, blob_1, ...; with Starknet
as settlement layer layout_bridge_output. Facts: fact, program_hash, security_bits of the verify stage,
da_mode of the da stage. Output: receipt.

Until a verifier of the proofs exists on chain, the fact that a block is proven is an operator's word after
`cairn verify`; receipt and facts say so under `trust`.
"""

from pathlib import Path

from cairn_pipeline.contract import StageInput, StageResult, stage_main
from cairn_pipeline.da.felts import read_felts
from cairn_pipeline.da.manifest import DaManifest, Layer, Mode
from cairn_pipeline.da.snos_output import without_aggregator_input
from cairn_pipeline.files import write_json
from cairn_pipeline.settlement.errors import refuse
from cairn_pipeline.settlement.ethereum import Block, EthereumSettlement
from cairn_pipeline.settlement.manifest import check_manifest, read_manifest
from cairn_pipeline.settlement.options import StarknetOptions, parse_options
from cairn_pipeline.settlement.output import Output, parse_output
from cairn_pipeline.settlement.starknet import settle_on_starknet


def settle(stage: StageInput) -> StageResult:
    """Makes a proven block's state the settled one."""
    options = parse_options(dict(stage.options))
    words = read_felts(stage.require("snos_output"))
    if isinstance(options, StarknetOptions):
        if "da_manifest" in stage.inputs:
            checked_manifest(stage, parse_output(words), Layer.STARKNET)
        bridge = read_felts(stage.require("layout_bridge_output"))
        receipt = settle_on_starknet(options, words, bridge, stage.facts, stage.work_dir)
    else:
        output = parse_output(without_aggregator_input(words))
        if output.new_number != stage.block:
            refuse("output", f"it ends at block {output.new_number}, this unit at {stage.block}")
        manifest = checked_manifest(stage, output, Layer.ETHEREUM)
        block = Block(output, blob_paths(stage), stage.facts, manifest)
        journal_dir = options.journal_dir or (options.run_dir or stage.work_dir.parent) / "settlement"
        receipt = EthereumSettlement(options, block, journal_dir).run()
    path = stage.work_dir / "receipt.json"
    write_json(path, receipt)
    names = ("status", "tx_hash", "state_root", "trust", "fee_wei", "gas_used", "blob_gas_used")
    facts = {
        f"settle_{name}" if name == "status" else name: receipt[name] for name in names if name in receipt
    }
    if "block" in receipt:
        facts["block_number"] = receipt["block"]
    return StageResult({"receipt": path}, facts)


def checked_manifest(stage: StageInput, output: Output, layer: Layer) -> DaManifest | None:
    """The da stage's manifest, if it is the output's. Raises StageError; also if there is none in alt-da."""
    mode = stage.facts.get("da_mode")
    if "da_manifest" not in stage.inputs and mode != Mode.ALT_DA.value:
        return None
    manifest = read_manifest(stage.require("da_manifest"))
    check_manifest(manifest, output, None if mode is None else str(mode), layer)
    return manifest


def blob_paths(stage: StageInput) -> list[Path]:
    """blob_0, blob_1, ... as far as they go."""
    paths: list[Path] = []
    while f"blob_{len(paths)}" in stage.inputs:
        paths.append(stage.require(f"blob_{len(paths)}"))
    return paths


if __name__ == "__main__":
    stage_main(settle)
