"""A whole pipeline on one machine: a private Slurm, a private Ethereum node, real proofs, settled blocks.

Used by `cairn-pipeline demo` and by the tests.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cairn_pipeline.config import load_config, merge
from cairn_pipeline.contract import ErrorClass, StageError
from cairn_pipeline.run_state import Run
from cairn_pipeline.settlement.core_contract import CoreContract
from cairn_pipeline.settlement.devnet import Devnet, running_devnet
from cairn_pipeline.settlement.output import Output, parse_output
from cairn_pipeline.site import Site
from cairn_pipeline.slurm_client import Slurm
from cairn_pipeline.stages.process import run as run_program

ROOT = Path(__file__).resolve().parents[2]
CLUSTER = ROOT / "slurm" / "private-cluster"


def find_cairn() -> str:
    """$CAIRN, or the newest build of the source tree. Raises StageError(configuration)."""
    if "CAIRN" in os.environ:
        return os.environ["CAIRN"]
    found = list(ROOT.glob("build/*/bin/cairn"))
    if not found:
        raise StageError(ErrorClass.CONFIGURATION, "cairn is not built: ./run build, or CAIRN=path")
    return str(max(found, key=lambda path: path.stat().st_mtime))


def find_data() -> Path:
    """A folder of consecutive blocks. Raises StageError(configuration)."""
    for folder in (ROOT / "tests/data/snos", ROOT.parent / "shared/data/snos/chain"):
        if list(folder.glob("*.pie.zip")):
            return folder
    raise StageError(ErrorClass.CONFIGURATION, "no recorded blocks found: name a folder with --data")


def block_numbers(folder: Path) -> list[int]:
    """Numbers of the NUMBER.pie.zip in folder, ascending."""
    names = [
        match[1] for path in folder.iterdir() if (match := re.fullmatch(r"([0-9]+)\.pie\.zip", path.name))
    ]
    return sorted(map(int, names))


def slurm_answers() -> bool:
    try:
        return bool(Slurm(timeout_s=10).ask("sinfo", "-h", "-o", "%R").strip())
    except StageError:
        return False


@contextmanager
def private_slurm(folder: Path, *arguments: str) -> Iterator[Path]:
    """Starts a private cluster, sets this process's environment for it, stops it at the end."""
    before = dict(os.environ)
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    try:
        start_cluster(folder, *arguments)
        yield folder
    finally:
        subprocess.run([str(CLUSTER), "stop", str(folder)], capture_output=True, check=False)
        os.environ.clear()
        os.environ.update(before)


def start_cluster(folder: Path, *arguments: str) -> None:
    """Raises StageError(configuration) with what the cluster's script said."""
    argv = [str(CLUSTER), "start", str(folder), *arguments]
    result = subprocess.run(argv, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise StageError(ErrorClass.CONFIGURATION, f"private Slurm: {result.stderr}")
    for word in re.findall(r"([A-Za-z_]+=\S*)", result.stdout):
        key, _, value = word.partition("=")
        os.environ[key] = value


@dataclass
class Chain:
    """A private Ethereum node with a core contract that waits for the first block of a run."""

    devnet: Devnet
    core: CoreContract
    options: dict[str, Any]

    def holds(self, output: Output) -> bool:
        """Whether the contract's state is that after output."""
        state = self.core.state()
        return (state.root, state.number, state.hash) == (output.new_root, output.new_number, output.new_hash)


def read_pie(cairn: str, pie: Path) -> tuple[Output, int]:
    """A PIE's output as the contract reads it, and its program hash."""
    statement = json.loads(run_program([cairn, "inspect", "--json", str(pie)], pie.parent))["statement"]
    return parse_output([int(word, 16) for word in statement["output"]]), int(statement["program_hash"], 16)


@contextmanager
def private_chain(folder: Path, cairn: str, first_pie: Path) -> Iterator[Chain]:
    output, program_hash = read_pie(cairn, first_pie)
    with running_devnet(folder) as devnet:
        address = devnet.deploy_core(output, program_hash)
        options = devnet.settle_options(address)
        yield Chain(devnet, CoreContract(devnet.node, address), options)


def make_run(
    path: Path,
    cairn: str,
    inbox: Path,
    settle: dict[str, Any],
    ranks: int,
    changes: dict[str, Any] | None = None,
) -> Run:
    """A run over the PIEs in inbox; changes are merged into the default configuration."""
    config = load_config(None, path.name).model_dump(mode="json")
    ours: dict[str, Any] = {
        "stages": {
            "snos": {"options": {"source": "inbox", "inbox": str(inbox)}},
            "prove": {"ranks": ranks, "options": {"threads": 1}},
            "settle": {"options": settle},
        }
    }
    from cairn_pipeline.config import RunConfig

    whole = merge(merge(config, ours), changes or {})
    return Run.create(path, RunConfig.model_validate(whole), Site(cairn=cairn))
