"""Which blocks of a run become one aggregated unit, against a Slurm in memory."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from blocks import output
from cairn_pipeline import control
from cairn_pipeline.cli.table import run_table
from cairn_pipeline.config import RunConfig, load_config
from cairn_pipeline.contract import Artifact, ErrorClass, StageError, write_model
from cairn_pipeline.da.felts import felts_json
from cairn_pipeline.jobs import script, units
from cairn_pipeline.jobs.runner import Runner
from cairn_pipeline.jobs.submit import advance, rehearse
from cairn_pipeline.run_state import Run, Status, read_run
from cairn_pipeline.site import Site
from cairn_pipeline.watch.metrics import render
from fake_slurm import FakeSlurm


FACTS: dict[str, Any] = {"steps": 10, "pie_program_hash": "0x7"}


def make_run(path: Path, window: int = 20, **limits: Any) -> Run:
    """snos -> aggregate -> prove -> settle, also after each prove_block; nothing of it is run here."""
    stages: dict[str, Any] = {"snos": {}, "aggregate": {"after": ["snos"]}, "prove": {"after": ["aggregate"]}}
    stages["prove_block"] = {"after": ["snos"]}
    stages["settle"] = {"after": ["prove", "prove_block"], "in_order": True}
    stages["aggregate"]["options"] = {"limits": limits}
    config = RunConfig.model_validate({"run": path.name, "window": window, "stages": stages})
    return Run.create(path, config, Site(python=Path(sys.executable)))


def finish(run: Run, slurm: FakeSlurm, block: int, stage: str = "snos", **arguments: Any) -> None:
    """The job of a stage ends well, and the window moves, as the job itself would do it."""
    folder = run.attempt_dir(block, stage, 1)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{stage}.json"
    path.write_text(felts_json(output(block, **arguments)))
    with run.changing(block) as state:
        one = state.stages[stage]
        assert one.status.live, (block, stage, one.status)
        one.outputs = {"snos_output" if stage == "snos" else stage: Artifact.of(path)}
        one.status, one.ended, one.facts = Status.DONE, units.now(), FACTS.copy()
        slurm.becomes(one.job_id or 0, "COMPLETED")
    advance(run, slurm)


def ends(run: Run) -> dict[int, tuple[int | None, str | None]]:
    """The units: last block -> (first block, why it was closed)."""
    return {b: (s.first, s.closed_by) for b, s in run.read_all().items() if s.first is not None}


def statuses(run: Run, stage: str) -> dict[int, str]:
    return {block: state.stages[stage].status.value for block, state in run.read_all().items()}


def job(run: Run, block: int, stage: str) -> int:
    number = run.read(block).stages[stage].job_id
    assert number is not None
    return number


def test_blocks_become_units_as_their_outputs_come(tmp_path: Path) -> None:
    run, slurm = make_run(tmp_path / "run", max_blocks=2), FakeSlurm()
    assert {one.stage for one in control.submit(run, slurm, range(1, 6))} == {"snos", "prove_block"}
    finish(run, slurm, 2)  # in any order: nothing is known of block 1
    assert ends(run) == {}
    finish(run, slurm, 1)
    assert ends(run) == {2: (1, "leaf-limit")}
    assert slurm.arguments[job(run, 2, "aggregate")] == []
    assert slurm.arguments[job(run, 2, "prove")] == [f"--dependency=afterok:{job(run, 2, 'aggregate')}"]
    assert statuses(run, "aggregate")[1] == statuses(run, "settle")[1] == "joined"
    for block in (3, 4, 5):
        finish(run, slurm, block)
    assert ends(run) == {2: (1, "leaf-limit"), 4: (3, "leaf-limit")}
    # In order, after the unit before and not the block before; and after the proofs of all its blocks.
    before = [(2, "settle"), (3, "prove_block"), (4, "prove_block"), (4, "prove")]
    jobs = ":".join(str(number) for number in sorted(job(run, *one) for one in before))
    assert slurm.arguments[job(run, 4, "settle")] == [f"--dependency=afterok:{jobs}"]
    assert statuses(run, "aggregate")[5] == "waiting"


def test_an_operator_closes_the_last_unit(tmp_path: Path) -> None:
    run, slurm = make_run(tmp_path / "run"), FakeSlurm()
    control.submit(run, slurm, [1, 2, 3], close=True)
    for block in (1, 2, 3):
        finish(run, slurm, block)
    assert ends(run) == {3: (1, "end-of-input")}
    assert control.submit(run, slurm, [1, 2, 3], close=True) == []
    with pytest.raises(StageError, match="block 2 is in the unit that ends with block 3"):
        control.submit(run, slurm, [2], close=True)


def test_a_unit_ends_before_blocks_that_are_in_another(tmp_path: Path) -> None:
    run, slurm = make_run(tmp_path / "run"), FakeSlurm()
    for blocks in ([3, 4], [1, 2]):
        control.submit(run, slurm, blocks, close=blocks == [3, 4])
        for block in blocks:
            finish(run, slurm, block)
    assert ends(run) == {2: (1, "end-of-input"), 4: (3, "end-of-input")}


def test_a_unit_that_waited_too_long_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run, slurm = make_run(tmp_path / "run", max_age_seconds=3600), FakeSlurm()
    control.submit(run, slurm, [1, 2])
    finish(run, slurm, 1)
    assert ends(run) == {}
    late = units.now().replace(year=units.now().year + 1)
    monkeypatch.setattr(units, "now", lambda: late)
    advance(run, slurm)
    assert ends(run) == {1: (1, "age")}


def test_a_block_that_fits_in_no_unit_fails_by_name_and_holds_back_those_after_it(tmp_path: Path) -> None:
    run, slurm = make_run(tmp_path / "run", max_blocks=2, max_message_felts=4), FakeSlurm()
    control.submit(run, slurm, [1, 2, 3])
    finish(run, slurm, 1)
    finish(run, slurm, 2, to_l1=[7, 8, 2, 5, 6])
    finish(run, slurm, 3)
    failed = run.read(2).stages["aggregate"]
    assert failed.error is not None and failed.error.reason.startswith("messages: block 2 alone")
    assert (failed.status, failed.exit_code) == (Status.FAILED, ErrorClass.REFUSED.exit_code)
    assert ends(run) == {} and len((run.path / "alerts.jsonl").read_text().splitlines()) == 1
    finish(run, slurm, 2, "prove_block")
    control.retry(run, slurm, [2], ["snos"])
    with run.changing(2) as state:
        state.stages["snos"].attempt = 1
    finish(run, slurm, 2)
    assert ends(run) == {2: (1, "leaf-limit")} and statuses(run, "aggregate")[3] == "waiting"


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    run, slurm = make_run(tmp_path / "run", max_blocks=2), FakeSlurm()
    control.submit(run, slurm, [1, 2])
    finish(run, slurm, 1)
    run.read(1).stages["snos"].outputs["snos_output"].path.unlink()
    finish(run, slurm, 2)
    failed = run.read(1).stages["aggregate"]
    assert failed.error is not None and failed.error.class_ is ErrorClass.BAD_INPUT
    assert "snos.json" in failed.error.reason


def test_whoever_comes_next_writes_what_a_dead_one_decided(tmp_path: Path) -> None:
    run, slurm = make_run(tmp_path / "run"), FakeSlurm()
    control.submit(run, slurm, [1, 2, 3])
    with run.changing(2) as state:
        state.first, state.closed_by = 1, "leaf-limit"
    finish(run, slurm, 1)
    assert run.read(1).joined == 2 and statuses(run, "prove") == {1: "joined", 2: "queued", 3: "waiting"}
    assert statuses(run, "prove_block") == {1: "queued", 2: "queued", 3: "queued"}
    wanted = [f"--dependency=afterok:{job(run, 2, 'snos')}"]
    assert slurm.arguments[job(run, 2, "aggregate")] == wanted


def test_a_child_that_is_made_again_makes_its_unit_again(tmp_path: Path) -> None:
    run, slurm = make_run(tmp_path / "run", max_blocks=2), FakeSlurm()
    control.submit(run, slurm, [1, 2, 3, 4])
    for block in (1, 2, 3, 4):
        finish(run, slurm, block)
    with pytest.raises(StageError, match="of block 2 has job"):
        control.retry(run, slurm, [1], ["snos"])
    for block in (1, 2):
        finish(run, slurm, block, "prove_block")
    for stage in ("aggregate", "prove"):
        finish(run, slurm, 2, stage)
    control.cancel(run, slurm, [2])
    assert statuses(run, "settle") == {1: "joined", 2: "cancelled", 3: "joined", 4: "waiting"}
    again = control.retry(run, slurm, [1], ["snos"])
    shown = [(one.block, one.stage) for one in again]
    assert shown[0] == (1, "snos") and set(shown[1:]) == {
        (1, "prove_block"), (2, "aggregate"), (2, "prove"), (2, "settle"), (4, "settle")
    }  # fmt: skip
    wanted = [f"--dependency=afterok:{job(run, 1, 'snos')}"]
    assert slurm.arguments[job(run, 2, "aggregate")] == wanted
    control.cancel(run, slurm, [1])  # what depends on it can start no more
    assert statuses(run, "aggregate")[2] == statuses(run, "settle")[2] == "waiting"
    assert statuses(run, "settle")[4] == "waiting"


def test_the_stage_gets_its_children_and_those_after_it_the_units_files_alone(tmp_path: Path) -> None:
    run, slurm = make_run(tmp_path / "run", max_blocks=2), FakeSlurm()
    control.submit(run, slurm, [1, 2])
    finish(run, slurm, 1)
    finish(run, slurm, 2)
    given = Runner(run, 2, "aggregate", 1, job(run, 2, "aggregate"), 0).gather(0)
    assert given.inputs.keys() == {"children"} and given.facts == {}
    children = json.loads(given.inputs["children"].read_text())
    assert [child["block"] for child in children] == [1, 2]
    assert children[0]["facts"]["pie_program_hash"] == "0x7"
    assert run.read(2).stages["aggregate"].inputs.keys() == {"1.snos_output", "2.snos_output"}
    finish(run, slurm, 2, "aggregate")
    given = Runner(run, 2, "prove", 1, job(run, 2, "prove"), 0).gather(0)
    assert given.inputs.keys() == {"aggregate"}
    run.read(1).stages["snos"].outputs["snos_output"].path.write_text("[]")
    with pytest.raises(StageError, match="block 1: its output snos_output was changed since"):
        Runner(run, 2, "aggregate", 1, job(run, 2, "aggregate"), 0).gather(0)


def test_a_unit_is_shown_and_counted_once(tmp_path: Path) -> None:
    run, slurm = make_run(tmp_path / "run", max_blocks=2), FakeSlurm()
    control.submit(run, slurm, [1, 2])
    finish(run, slurm, 1)
    finish(run, slurm, 2)
    finish(run, slurm, 1, "prove_block")
    for stage in ("prove_block", "aggregate", "prove", "settle"):
        # Block 1's own stages are done; what it is kept for is not.
        assert control.collect_garbage(run, proofs=True, dry=True) == []
        assert 'cairn_blocks{run="run",state="done"} 0.0' in render(read_run(run.path), units.now()).decode()
        finish(run, slurm, 2, stage)
    state = read_run(run.path)
    assert all(block.done for block in state.blocks.values())
    assert list(run_table(state).columns[0].cells) == ["1", "1..2"]
    text = render(state, units.now()).decode()
    assert 'cairn_blocks{run="run",state="done"} 2.0' in text
    assert 'cairn_stage_blocks{run="run",stage="prove",status="joined"} 1.0' in text
    assert 'cairn_proven_steps_total{run="run"} 30.0' in text
    assert 'cairn_backlog_blocks{run="run",stage="prove"} 0.0' in text


def test_a_rehearsal_shows_a_unit(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    shown = [(step.block, step.stage, step.after) for step in rehearse(run, FakeSlurm(), [1, 2])]
    assert shown == [
        (1, "snos", []), (1, "prove_block", ["1.snos"]), (2, "snos", []),
        (2, "aggregate", ["1.snos", "2.snos"]), (2, "prove_block", ["2.snos"]), (2, "prove", ["2.aggregate"]),
        (2, "settle", ["2.prove", "1.prove_block", "2.prove_block"]),
    ]  # fmt: skip


def test_naming_the_stage_puts_it_between_snos_and_da_and_proves_the_children(tmp_path: Path) -> None:
    (tmp_path / "run.toml").write_text('[stages.aggregate.options]\nprogram = ["run-it"]\n')
    config = load_config(tmp_path / "run.toml", "run")
    assert config.ancestors("prove") == ["snos", "aggregate", "da"]
    assert set(config.ancestors("settle")) == set(config.stages) - {"settle"}
    of_blocks = {name for name in config.stages if not config.per_unit(name)}
    assert of_blocks == {"snos", "prove_block", "verify_block"}
    assert config.stages["prove_block"].gpus and config.stages["prove_block"].retry.where == "requeue"
    assert load_config(None, "run").order() == ["snos", "da", "prove", "verify", "settle"]


def test_the_proof_of_a_child_is_a_proof(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    run.site.partition = {"prove": "gpu", "default": "cpu"}
    runner = Runner(run, 1, "prove_block", 1, 1, 0)
    assert runner.program()[-1] == "cairn_pipeline.stages.prove"
    assert "--partition=gpu" in script.render(run, 1, "prove_block", 1)
    assert "--partition=cpu" in script.render(run, 1, "aggregate", 1)


@pytest.mark.parametrize("aggregating", [True, False])
def test_what_cannot_be_closed_or_is_no_limit_is_refused(aggregating: bool, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", max_blocks=0)
    if not aggregating:
        del run.config.stages["aggregate"]
        write_model(run.path / "run.json", run.config)
    with pytest.raises(StageError) as caught:
        control.submit(run, FakeSlurm(), [1], close=True)
    assert caught.value.error_class is ErrorClass.CONFIGURATION
    assert ("max_blocks" if aggregating else "no stage aggregate") in caught.value.reason
