"""metrics.prom says what the run's files say, in a form that Prometheus and promtool take."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from story import at
from typer.testing import CliRunner

from cairn_pipeline.cli.main import app
from cairn_pipeline.run_state import read_run
from cairn_pipeline.watch import metrics
from cairn_pipeline.watch.metrics import render, write_metrics

ALERTS = Path(metrics.__file__).parent / "alerts.yaml"
RULES_TEST = Path(__file__).parent / "alerts_test.yaml"


def promtool(*arguments: str, stdin: bytes | None = None) -> None:
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("promtool is not installed: it is part of the package prometheus")
    done = subprocess.run([program, *arguments], input=stdin, capture_output=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr).decode()


def test_metrics_of_a_night(night, samples) -> None:
    found = samples(render(read_run(night.run.path), at(1000)))
    expected = {
        "cairn_blocks{state=done}": 1,
        "cairn_blocks{state=live}": 2,
        "cairn_blocks{state=stopped}": 1,
        "cairn_blocks{state=waiting}": 0,
        "cairn_stage_blocks{stage=prove,status=done}": 2,
        "cairn_stage_blocks{stage=prove,status=failed}": 1,
        "cairn_stage_failed{class=bad-input,stage=prove}": 1,
        # prove was ready at 5, 15 and 25 s and started at 7, 17 and 30 s
        "cairn_queue_wait_seconds_count{stage=prove}": 3,
        "cairn_queue_wait_seconds_sum{stage=prove}": 2 + 2 + 5,
        "cairn_queue_wait_seconds_bucket{le=3.0,stage=prove}": 2,
        "cairn_stage_seconds_count{stage=prove}": 2,
        "cairn_stage_seconds_sum{stage=prove}": (60 - 7) + (130 - 17),
        # longer than 100 s from ready: block 2 took 115 s, block 3 has not ended since
        "cairn_sla_breaches_total{stage=prove}": 2,
        "cairn_sla_breaches_total{stage=snos}": 0,
        "cairn_stage_restarts_total{stage=prove}": 1,
        "cairn_backlog_blocks{stage=prove}": 1,
        "cairn_backlog_blocks{stage=settle}": 1,
        "cairn_block_age_seconds{stage=settle}": 1000 - 132,
        "cairn_last_block{stage=prove}": 2,
        "cairn_last_block{stage=settle}": 1,
        "cairn_proven_steps_total{}": 20000,
        "cairn_proving_seconds_total{}": 100,
        "cairn_steps_per_second{}": 200,
        "cairn_settle_fee_wei_total{}": 2e15,
        "cairn_settle_last_fee_wei{}": 2e15,
        "cairn_settle_lag_blocks{}": 1,
        "cairn_settle_lag_seconds{}": 1000 - 132,
        "cairn_run_paused{}": 0,
    }
    assert {key: found.get(key) for key in expected} == expected


def test_the_file_is_published_whole_and_promtool_takes_it(night) -> None:
    path = write_metrics(night.run.path)
    assert path == night.run.path / "metrics.prom"
    assert [name for name in night.run.path.glob("*.tmp")] + list(night.run.path.glob(".metrics*")) == []
    promtool("check", "metrics", stdin=path.read_bytes())


def test_the_command_writes_the_file_and_prints_the_rules(night) -> None:
    result = CliRunner().invoke(app, ["metrics", str(night.run.path)])
    assert result.exit_code == 0 and (night.run.path / "metrics.prom").stat().st_size > 1000
    assert CliRunner().invoke(app, ["metrics", "nowhere", "--alert-rules"]).stdout == ALERTS.read_text()


def test_alert_rules_are_valid_and_fire_when_they_should() -> None:
    promtool("check", "rules", str(ALERTS))
    promtool("test", "rules", str(RULES_TEST))


def test_alert_rules_use_metrics_that_exist(night) -> None:
    text = render(read_run(night.run.path), at(1000)).decode()
    for name in set(re.findall(r"\bcairn_[a-z_]+", ALERTS.read_text())):
        assert re.search(rf"^{name}[{{ ]", text, re.MULTILINE), name
