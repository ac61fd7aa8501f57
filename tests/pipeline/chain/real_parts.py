"""A private chain for a run of real parts, and looking at both."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cairn_pipeline.contract import ErrorClass, StageError
from cairn_pipeline.demo import Chain, private_chain
from cairn_pipeline.jobs.reconcile import reconcile
from cairn_pipeline.run_state import Run
from cairn_pipeline.settlement.devnet import artifacts_folder, tools_folder
from cairn_pipeline.slurm_client import Slurm


def require_ethereum() -> None:
    if not (tools_folder() / "bin" / "anvil").exists() or not artifacts_folder().is_dir():
        pytest.skip("anvil or the compiled contracts are absent: ./run setup --pipeline")


@contextmanager
def chain_of(tmp_path: Path, cairn: str, first: Path) -> Iterator[Chain]:
    require_ethereum()
    with private_chain(tmp_path / "ethereum", cairn, first) as chain:
        yield chain


def transactions(chain: Chain) -> int:
    """How many the operator's account has sent."""
    return int(chain.devnet.call("eth_getTransactionCount", chain.devnet.address, "latest"), 16)


def proving(run: Run, block: int) -> list[int]:
    """Process numbers of the ranks that prove this block."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            name = (entry / "comm").read_text().strip()
            words = (entry / "cmdline").read_text()
        except (OSError, UnicodeDecodeError):
            continue
        if name == "cairn" and f"{run.block_dir(block)}/prove/" in words:
            found.append(int(entry.name))
    return found


def look(run: Run) -> None:
    """As `status` does. A Slurm that does not answer just now is asked again."""
    try:
        with run.locked():
            reconcile(run, Slurm())
    except StageError as error:
        assert error.error_class is ErrorClass.TRANSIENT, error


def all_done(run: Run) -> bool:
    look(run)
    states = run.read_all()
    stopped = {b: s.stages for b, s in states.items() if s.stopped}
    assert not stopped, failures_of(run)
    return all(state.done for state in states.values())


def failures_of(run: Run) -> str:
    lines = []
    for block, state in run.read_all().items():
        for name, stage in state.stages.items():
            if stage.error is not None:
                lines.append(f"{block} {name} {stage.status}: {stage.error.reason}")
    return "\n".join(lines)
