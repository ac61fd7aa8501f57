"""Blocks that become one aggregated unit, on real parts: Slurm, mpirun, `cairn`, anvil.

In an aggregator's place stands what was recorded: a run of the OS over all three blocks, whose output is what
an aggregator of them would output; and a real aggregator's run, of blocks whose own PIEs are not there.
"""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from cairn_pipeline import control
from cairn_pipeline.config import AGGREGATE_STAGES, merge
from cairn_pipeline.da.felts import felts_json
from cairn_pipeline.da.pie_memory import Pie
from cairn_pipeline.da.snos_output import parse, without_aggregator_input
from cairn_pipeline.demo import make_run, read_pie
from cairn_pipeline.run_state import Run
from cairn_pipeline.settlement.core_contract import CoreContract, State
from cairn_pipeline.settlement.devnet import running_devnet
from cairn_pipeline.settlement.output import parse_output
from cairn_pipeline.slurm_client import Slurm
from cairn_pipeline.stages.process import run as run_program
from conftest import DATA, Cluster, wait_until
from real_parts import all_done, chain_of, failures_of, look, require_ethereum, transactions

pytestmark = [pytest.mark.slurm, pytest.mark.ethereum, pytest.mark.slow]

PROGRAM = """
import shutil, sys
from pathlib import Path
from cairn_pipeline.contract import StageInput, StageResult, read_input, run_stage
def run(stage_input: StageInput) -> StageResult:
    outputs = {}
    for name, file in zip(sys.argv[1:-4:2], sys.argv[2:-4:2]):
        path = Path(file.format(block=stage_input.block))
        outputs[name] = Path(shutil.copy(path, stage_input.work_dir / path.name))
    return StageResult(outputs, {"pie_program_hash": HASH} if HASH else {})
sys.exit(run_stage(run, read_input(Path(sys.argv[-3])), Path(sys.argv[-1])))
"""


def recorded(path: Path, program_hash: str = "", **files: Path) -> list[str]:
    """A program whose outputs were made before."""
    path.write_text(PROGRAM.replace("HASH", repr(program_hash)))
    return [sys.executable, str(path), *(str(word) for pair in files.items() for word in pair)]


def ended(run: Run, stage: str) -> bool:
    look(run)
    states = [state.stages[stage].status for state in run.read_all().values()]
    assert "failed" not in states, failures_of(run)
    return set(states) == {"done"}


def aggregating(changes: dict[str, Any]) -> dict[str, Any]:
    """The defaults of a run that aggregates, with changes on top."""
    return {"stages": merge(AGGREGATE_STAGES, changes)}


def test_three_blocks_are_proven_and_settled_as_one(
    cluster: Cluster, cairn: str, snos_data: Path, tmp_path: Path
) -> None:
    inbox = snos_data / "chain"
    files = {"pie": inbox / "2002-2004.pie.zip", "da_segment": inbox / "2002-2004.da.json"}
    options = {
        "program": recorded(tmp_path / "recorded.py", **files),
        # The recorded children have blobs of their own; an aggregator's would have none.
        "limits": {"max_blocks": 5, "full_output_children": False},
    }
    changes = {"aggregate": {"options": options}, "prove_block": {"ranks": 2, "options": {"threads": 1}}}
    with chain_of(tmp_path, cairn, inbox / "2002.pie.zip") as chain:
        run = make_run(tmp_path / "run", cairn, inbox, chain.options, 2, aggregating(changes))
        control.submit(run, Slurm(), [2002, 2003, 2004])
        wait_until("the children", lambda: ended(run, "snos"))
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
        # The unit's proof was held to the fact of the whole, each child's to its own.
        facts, of_whole, of_child = (unit.stages[name].facts for name in ("verify", "aggregate", "snos"))
        assert facts["fact"] == of_whole["pie_fact"] != of_child["pie_fact"]
        assert unit.stages["verify_block"].facts["fact"] == of_child["pie_fact"]
        _, program_hash = read_pie(cairn, files["pie"])
        assert int(str(facts["program_hash"]), 16) == program_hash


def test_a_real_aggregators_output_is_settled_without_what_it_repeats(
    cluster: Cluster, cairn: str, snos_data: Path, tmp_path: Path
) -> None:
    require_ethereum()
    pie = DATA / "pie" / "aggregator_0_14_1_batch1.zip"
    segment = DATA / "da" / "agg_batch1" / "da_segment.json"
    felts = Pie(pie).output()
    own = parse_output(without_aggregator_input(felts))
    position, blocks, os_hash = 1, [], felts[2]
    for _ in range(felts[0]):
        child = felts[position + 2 : position + felts[position]]
        blocks.append(parse(child).number)
        (tmp_path / f"{blocks[-1]}.json").write_text(felts_json(child))
        position += felts[position]
    child_file = tmp_path / "{block}.json"
    stages: dict[str, Any] = {
        "snos": {"program": recorded(tmp_path / "snos.py", hex(os_hash), snos_output=child_file)},
        "aggregate": {"after": ["snos"]},
        "da": {"after": ["aggregate"]},
    }
    stages["aggregate"]["options"] = {
        "program": recorded(tmp_path / "aggregator.py", pie=pie, da_segment=segment),
        "limits": {"max_blocks": len(blocks)},
    }
    statement = json.loads(run_program([cairn, "inspect", "--json", str(pie)], tmp_path))["statement"]
    with running_devnet(tmp_path / "ethereum") as devnet:
        core = devnet.deploy_core(own, os_hash, int(statement["program_hash"], 16))
        options = devnet.settle_options(core)
        run = make_run(tmp_path / "run", cairn, tmp_path, options, 2, {"stages": stages})
        control.submit(run, Slurm(), blocks)
        wait_until("a settled unit", lambda: all_done(run))
        assert CoreContract(devnet.node, core).state() == State(own.new_root, own.new_number, own.new_hash)
    unit = run.read(blocks[-1])
    assert (unit.first, unit.closed_by) == (blocks[0], "leaf-limit")
    facts = unit.stages["verify"].facts
    assert facts["fact"] == statement["fact"] != facts["settlement_fact"]
