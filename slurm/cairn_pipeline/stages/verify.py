"""Stage verify: `cairn verify`, held to the PIE that was meant.

Facts: fact, program_hash, security_bits; of an aggregator that repeats its children also settlement_fact,
which is that of the rest of its output.
"""

import json
import math

from cairn_pipeline.contract import ErrorClass, Fact, StageError, StageInput, StageResult, stage_main
from cairn_pipeline.da.felts import read_felts
from cairn_pipeline.da.snos_output import without_aggregator_input
from cairn_pipeline.settlement.output import fact, parse_output
from cairn_pipeline.stages.options import Options, read_options
from cairn_pipeline.stages.process import run


class VerifyOptions(Options):
    program_hash: str | None = None  # what the proof must be of; without it, the PIE's own
    minimum_bits: float = 96.0


def verify(stage_input: StageInput) -> StageResult:
    """Verifies a block's proof."""
    options = read_options(stage_input, VerifyOptions)
    proof = stage_input.require("proof")
    output = read_felts(stage_input.require("snos_output"))
    argv = [options.cairn, "verify", "--json", str(proof)]
    wanted = options.program_hash or stage_input.facts.get("pie_program_hash")
    if wanted:
        argv += ["--program-hash", str(wanted)]
    if "pie_fact" in stage_input.facts:
        argv += ["--fact", str(stage_input.facts["pie_fact"])]
    report = json.loads(run(argv, stage_input.work_dir))
    statement = report["statement"]
    if not report["valid"]:
        raise StageError(ErrorClass.REFUSED, f"{proof}: is not valid")
    if [int(word, 16) for word in statement["output"]] != output:
        raise StageError(ErrorClass.REFUSED, f"{proof}: its output is not the block's SNOS output")
    if report["security_bits"] < options.minimum_bits:
        raise StageError(
            ErrorClass.REFUSED,
            f"{proof}: {report['security_bits']:.1f} bits, wanted {options.minimum_bits:g}",
        )
    facts: dict[str, Fact] = {name: statement[name] for name in ("fact", "program_hash")}
    facts["security_bits"] = math.floor(report["security_bits"])
    own = without_aggregator_input(output)
    if len(own) < len(output):
        # What an aggregator repeats of its children was held to them; the contract takes its own output.
        proven = fact(int(statement["program_hash"], 16), parse_output(own))
        facts["settlement_fact"] = "0x" + proven.hex()
    return StageResult({}, facts)


if __name__ == "__main__":
    stage_main(verify)
