"""A private Ethereum node with the contracts on it for each test that asks; they skip where it is not
installed."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from settlement_support import OS, ROOT, made_up

from cairn_pipeline.settlement.devnet import Devnet, artifacts_folder, running_devnet, tools_folder
from cairn_pipeline.settlement.output import parse_output


@pytest.fixture(scope="session")
def ethereum_tools() -> Path:
    """Installed tools and compiled contracts."""
    tools = tools_folder()
    if not (tools / "bin" / "anvil").exists() or shutil.which("node") is None:
        pytest.skip(f"no Ethereum tools in {tools}: ./run setup --pipeline")
    if artifacts_folder() == ROOT / "build" / "contracts" / "out":
        subprocess.run([ROOT / "contracts" / "build"], check=True, capture_output=True)
    return tools


@pytest.fixture
def devnet(ethereum_tools: Path, tmp_path: Path) -> Iterator[Devnet]:
    with running_devnet(tmp_path / "devnet") as running:
        yield running


@pytest.fixture
def core(devnet: Devnet) -> str:
    """A core contract that waits for made_up(8)."""
    return devnet.deploy_core(parse_output(made_up(8)), OS)
