"""Blocks that become one aggregated unit, on real parts: Slurm, mpirun, `cairn`, anvil.

The aggregator's place is taken by a recorded run of the OS over all three blocks: its output is what an
aggregator of them would output, so that the children, the proof, the data and the contract hold it to them.
"""

import sys
from pathlib import Path

import pytest
from cairn_pipeline import control
from cairn_pipeline.demo import make_run, read_pie
from cairn_pipeline.slurm_client import Slurm
from conftest import Cluster, wait_until
from real_parts import all_done, chain_of, failures_of, look, transactions

pytestmark = [pytest.mark.slurm, pytest.mark.ethereum, pytest.mark.slow]

RECORDED = """
import shutil, sys
from pathlib import Path
from cairn_pipeline.contract import StageInput, StageResult, read_input, run_stage
def run(stage_input: StageInput) -> StageResult:
    stage_input.require("aggregator_input")
    outputs = {}
    for name, file in (("pie", sys.argv[1]), ("da_segment", sys.argv[2])):
        outputs[name] = Path(shutil.copy(file, stage_input.work_dir))
    return StageResult(outputs)
sys.exit(run_stage(run, read_input(Path(sys.argv[4])), Path(sys.argv[6])))
"""


def test_three_blocks_are_proven_and_settled_as_one(
    cluster: Cluster, cairn: str, snos_data: Path, tmp_path: Path
) -> None:
    inbox, program = snos_data / "chain", tmp_path / "recorded.py"
    program.write_text(RECORDED)
    files = [str(inbox / f"2002-2004.{kind}") for kind in ("pie.zip", "da.json")]
    options = {
        "program": [sys.executable, str(program), *files],
        # The recorded children have blobs of their own; an aggregator's would have none.
        "limits": {"max_blocks": 5, "full_output_children": False},
    }
    stages = {"aggregate": {"after": ["snos"], "options": options}, "da": {"after": ["aggregate"]}}
    with chain_of(tmp_path, cairn, inbox / "2002.pie.zip") as chain:
        run = make_run(tmp_path / "aggregated", cairn, inbox, chain.options, 2, {"stages": stages})
        control.submit(run, Slurm(), [2002, 2003, 2004])
        wait_until("the children", lambda: ended(run, [2002, 2003, 2004]))
        waiting = {state.stages["aggregate"].status for state in run.read_all().values()}
        assert waiting == {"waiting"}, failures_of(run)
        submitted = control.submit(run, Slurm(), [2002, 2003, 2004], close=True)
        assert [one.stage for one in submitted] == ["aggregate", "da", "prove", "verify", "settle"]
        wait_until("a settled unit", lambda: all_done(run))

        last, _ = read_pie(cairn, inbox / "2004.pie.zip")
        assert chain.holds(last) and transactions(chain) == 2
        unit = run.read(2004)
        assert (unit.first, unit.closed_by, run.read(2002).joined) == (2002, "end-of-input", 2004)
        assert unit.stages["aggregate"].facts["blocks"] == 3
        # The proof is that of the whole, and was held to the whole's fact.
        _, program_hash = read_pie(cairn, inbox / "2002-2004.pie.zip")
        facts, of_whole, of_child = (unit.stages[name].facts for name in ("verify", "aggregate", "snos"))
        assert facts["fact"] == of_whole["pie_fact"] != of_child["pie_fact"]
        assert int(str(facts["program_hash"]), 16) == program_hash


def ended(run, blocks: list[int]) -> bool:  # type: ignore[no-untyped-def]
    look(run)
    return all(run.read(block).stages["snos"].status == "done" for block in blocks)
