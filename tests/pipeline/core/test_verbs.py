"""gc, alerts, doctor, the program's errors."""

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cairn_pipeline import control
from cairn_pipeline.alerts import alert, cause
from cairn_pipeline.cli.doctor import examine, secret
from cairn_pipeline.cli.table import failures, run_table
from cairn_pipeline.contract import Artifact, ErrorClass, StageFailure
from cairn_pipeline.run_state import Status, read_run
from stub_run import stub_run


def failure(reason: str) -> StageFailure:
    return StageFailure(class_=ErrorClass.TRANSIENT, reason=reason)


def test_an_alert_is_told_once_per_cause(tmp_path: Path) -> None:
    received: list[dict[str, object]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    run = stub_run(tmp_path / "run")
    (tmp_path / "url").write_text(f"http://127.0.0.1:{server.server_port}/hook\n")
    run.config.alerts.webhook_url_file = tmp_path / "url"
    mail = "import sys; open(sys.argv[1], 'a').write(sys.argv[2] + '|' + sys.stdin.read().split()[1])"
    run.config.alerts.command = [sys.executable, "-c", mail, str(tmp_path / "mail"), "{subject}"]
    try:
        assert alert(run, 1, "prove", failure("rank 3 was lost at /a/b/1"))
        assert not alert(run, 2, "prove", failure("rank 7 was lost at /a/b/2"))
        assert alert(run, 3, "settle", failure("the node is down"))
    finally:
        server.shutdown()
        server.server_close()
    assert [(m["block"], m["stage"], m["class"]) for m in received] == [
        (1, "prove", "transient"),
        (3, "settle", "transient"),
    ]
    assert (tmp_path / "mail").read_text().startswith("cairn run: block 1 prove: transient|")


def test_a_recipient_that_cannot_be_reached_is_written_down(tmp_path: Path) -> None:
    run = stub_run(tmp_path / "run")
    (tmp_path / "url").write_text("http://127.0.0.1:1/hook")
    run.config.alerts.webhook_url_file = tmp_path / "url"
    run.config.alerts.command = ["/nowhere/mail"]
    assert alert(run, 1, "prove", failure("lost"))
    line = json.loads((run.path / "alerts.jsonl").read_text())
    assert "refused" in line["delivery"]["webhook"] and "No such file" in line["delivery"]["command"]


def test_causes_differ_by_words_not_by_numbers() -> None:
    assert cause("a", failure("block 1: 0xab")) == cause("a", failure("block 2: 0xcd"))
    assert cause("a", failure("lost")) != cause("b", failure("lost"))


def test_gc_takes_what_finished_blocks_need_no_more(tmp_path: Path) -> None:
    run = stub_run(tmp_path / "run")
    for block in (1, 2):
        run.add(block)
        for attempt in (1, 2):
            folder = run.attempt_dir(block, "prove", attempt)
            folder.mkdir(parents=True)
            for name in ("proof.h5", "log"):
                (folder / name).write_text("x" * 10)
        with run.changing(block) as state:
            for stage in state.stages.values():
                stage.status, stage.attempt = Status.DONE, 2
            proof = run.attempt_dir(block, "prove", 2) / "proof.h5"
            state.stages["prove"].outputs = {"proof": Artifact.of(proof)}
            if block == 2:
                state.stages["settle"].status = Status.RUNNING
    assert (
        control.collect_garbage(run, proofs=True, dry=True)
        and (run.path / "blocks/1/prove/1/proof.h5").exists()
    )
    control.collect_garbage(run, proofs=False, dry=False)
    left = sorted(str(p.relative_to(run.path / "blocks")) for p in run.path.glob("blocks/*/prove/*/*"))
    kept = ["1/prove/1/log", "1/prove/2/log", "1/prove/2/proof.h5"]
    assert left == kept + ["2/prove/1/log", "2/prove/1/proof.h5", "2/prove/2/log", "2/prove/2/proof.h5"]
    control.collect_garbage(run, proofs=True, dry=False)
    assert (
        not (run.path / "blocks/1/prove/2/proof.h5").exists()
        and (run.path / "blocks/2/prove/2/proof.h5").exists()
    )


def test_the_table_names_failures(tmp_path: Path) -> None:
    run = stub_run(tmp_path / "run")
    run.add(4)
    with run.changing(4) as state:
        state.stages["prove"].status, state.stages["prove"].error = Status.FAILED, failure("lost")
    state_of_run = read_run(run.path)
    assert failures(state_of_run) == ["block 4 prove failed: transient: lost"]
    table = run_table(state_of_run)
    assert table.row_count == 1 and "operator's key" in str(table.caption)


def test_a_key_that_others_can_read_is_a_finding(tmp_path: Path) -> None:
    key = tmp_path / "keystore.json"
    assert secret("keystore", key).mark == "missing"
    key.write_text("{}")
    key.chmod(0o644)
    assert "wanted 600" in secret("keystore", key).words
    key.chmod(0o600)
    assert secret("keystore", key).mark == "ok"


def test_doctor_names_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    run = stub_run(tmp_path / "run")
    found = {finding.what: finding for finding in examine(run, run.site)}
    assert {found[name].mark for name in ("sbatch", "slurmctld", "mpirun", "cairn")} == {"missing"}
    assert found["disk"].mark in ("ok", "warning")


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["status", "nowhere"], "no run"),
        (["submit", "RUN", "--blocks", "3..1"], "1 comes before 3"),
        (["logs", "RUN", "3", "prove"], "block 3 is not in the run"),
        (["retry", "RUN", "--blocks", "3"], "block 3 is not in the run"),
    ],
)
def test_errors_are_one_line_with_exit_code_1(tmp_path: Path, words: list[str], wanted: str) -> None:
    run = stub_run(tmp_path / "run")
    argv = [str(run.path) if word == "RUN" else word for word in words]
    result = subprocess.run(
        [sys.executable, "-m", "cairn_pipeline.cli.main", *argv], cwd=tmp_path, capture_output=True, text=True
    )
    assert result.returncode == 1 and wanted in result.stderr
    assert len(result.stderr.splitlines()) == 1 and result.stderr.startswith("cairn-pipeline: ")
