"""The whole pipeline on real parts: Slurm, mpirun, `cairn`, anvil. Blocks from PIE to settled root."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from cairn_pipeline import control
from cairn_pipeline.contract import ErrorClass
from cairn_pipeline.demo import make_run, read_pie
from cairn_pipeline.run_state import Run
from cairn_pipeline.slurm_client import Slurm
from conftest import Cluster, wait_until
from real_parts import all_done, chain_of, look, proving, transactions

pytestmark = [pytest.mark.slurm, pytest.mark.ethereum]


def settled_order(run: Run, numbers: list[int]) -> bool:
    ends = [run.read(number).stages["settle"].ended for number in numbers]
    return ends == sorted(ends)


def test_calldata_chain_with_two_operators_and_a_restarted_controller(
    cluster: Cluster, cairn: str, snos_data: Path, tmp_path: Path
) -> None:
    inbox, numbers = snos_data / "empty-chain", list(range(2002, 2007))
    with chain_of(tmp_path, cairn, inbox / "2002.pie.zip") as chain:
        run = make_run(tmp_path / "calldata", cairn, inbox, chain.options, ranks=2)
        argv = [sys.executable, "-m", "cairn_pipeline.cli.main", "submit", str(run.path), "-b", "2002..2006"]
        operators = [subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) for _ in range(2)]
        lines = [line for one in operators for line in one.communicate()[0].splitlines()]
        assert len(lines) == 25 and len({line.split()[2] for line in lines}) == 25
        wait_until("a proof", lambda: bool(run.read(2002).stages["prove"].started))
        cluster.call("restart")
        wait_until("five settled blocks", lambda: all_done(run))
        last, _ = read_pie(cairn, inbox / "2006.pie.zip")
        assert chain.holds(last)
        assert settled_order(run, numbers)
        sent = transactions(chain)
        assert sent == 10  # a fact and an update each
        facts = run.read(2006).stages["settle"].facts
        assert int(str(facts["state_root"]), 16) == last.new_root

        # Settled again, by another attempt and of another run: one effect.
        control.retry(run, Slurm(), [2006], ["settle"])
        wait_until("the second settlement", lambda: all_done(run))
        assert run.read(2006).stages["settle"].attempt == 2
        other = make_run(tmp_path / "again", cairn, inbox, chain.options, ranks=2)
        control.submit(other, Slurm(), [2006])
        wait_until("the other run", lambda: all_done(other))
        assert transactions(chain) == sent and chain.holds(last)


def test_kzg_chain_with_a_wrong_segment_a_killed_proof_and_a_lost_node(
    cluster: Cluster, cairn: str, snos_data: Path, tmp_path: Path
) -> None:
    source, inbox = snos_data / "chain", tmp_path / "inbox"
    inbox.mkdir()
    for number in (2002, 2003, 2004):
        for kind in ("pie.zip", "da.json"):
            shutil.copy(source / f"{number}.{kind}", inbox / f"{number}.{kind}")
    wrong = json.loads((inbox / "2003.da.json").read_text())
    wrong[-1] = hex(int(wrong[-1], 16) + 1)
    (inbox / "2003.da.json").chmod(0o644)
    (inbox / "2003.da.json").write_text(json.dumps(wrong))
    with chain_of(tmp_path, cairn, inbox / "2002.pie.zip") as chain:
        changes = {"stages": {"prove": {"options": {"threads": 1}}}}
        run = make_run(tmp_path / "kzg", cairn, inbox, chain.options, 2, changes)
        control.submit(run, Slurm(), [2002, 2003, 2004])

        wait_until("the refusal of the wrong segment", lambda: run.read(2003).stages["da"].status == "failed")
        error = run.read(2003).stages["da"].error
        assert error is not None and error.class_ in (ErrorClass.REFUSED, ErrorClass.BAD_INPUT), error
        assert run.read(2003).stages["prove"].attempt <= 1 and run.read(2003).stages["prove"].started is None

        wait_until("a proof in progress", lambda: bool(proving(run, 2004)) or run.read(2004).done)
        if ranks := proving(run, 2004):
            os.kill(ranks[-1], signal.SIGKILL)
        wait_until("the others", lambda: at_rest(run))
        assert run.read(2002).done
        assert run.read(2004).stages["verify"].status == "done"
        assert run.read(2004).stages["settle"].status == "waiting"
        assert transactions(chain) == 2

        shutil.copy(source / "2003.da.json", inbox / "2003.da.json")
        control.retry(run, Slurm(), [2003], ["snos"])
        wait_until("block 2003's proof in progress", lambda: bool(proving(run, 2003)))
        node = node_of(run, 2003)
        cluster.call("lose", node)
        try:
            wait_until("three settled blocks", lambda: all_done(run))
        finally:
            cluster.call("restore", node)
        assert run.read(2003).stages["prove"].restarts >= 1
        last, _ = read_pie(cairn, inbox / "2004.pie.zip")
        assert chain.holds(last) and settled_order(run, [2002, 2003, 2004])
        assert transactions(chain) == 6


def at_rest(run: Run) -> bool:
    look(run)
    return not any(state.live for state in run.read_all().values())


def node_of(run: Run, block: int) -> str:
    job = run.read(block).stages["prove"].job_id
    return Slurm().ask("squeue", "-h", "-j", str(job), "-o", "%B").strip()
