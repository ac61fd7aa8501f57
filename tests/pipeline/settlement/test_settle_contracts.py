"""The contracts' own tests, and that what Python calls is what they offer."""

import json
import subprocess
from pathlib import Path

import pytest
from settlement_support import ROOT

from cairn_pipeline.settlement import core_contract
from cairn_pipeline.settlement.devnet import artifacts_folder

pytestmark = pytest.mark.ethereum


def test_forge_tests_and_format(ethereum_tools: Path) -> None:
    build = ROOT / "contracts" / "build"
    subprocess.run([build, "fmt", "--check"], check=True)
    report = subprocess.run([build, "test", "--json"], check=True, capture_output=True, text=True).stdout
    suites = json.loads(report[report.index("{") :])
    results = [test["status"] for suite in suites.values() for test in suite["test_results"].values()]
    assert len(results) >= 68 and set(results) == {"Success"}


def test_selectors(ethereum_tools: Path) -> None:
    """Starknet's for its two, and those of the compiled contracts for all."""
    known: dict[str, str] = {}
    for contract in ("StarknetCore", "OperatorFactRegistry"):
        artifact = json.loads((artifacts_folder() / f"{contract}.sol" / f"{contract}.json").read_text())
        known |= artifact["methodIdentifiers"]
    assert known[core_contract.UPDATE_STATE] == "77552641"
    assert known[core_contract.UPDATE_STATE_KZG] == "507ee528"
    for signature in (
        core_contract.UPDATE_STATE_WITH_DATA,
        core_contract.UPDATE_STATE_ALT_DA,
        core_contract.REGISTER_FACT,
        "stateRoot()",
        "stateBlockNumber()",
        "stateBlockHash()",
        "programHash()",
        "aggregatorProgramHash()",
        "configHash()",
        "altDA()",
        "isOperator(address)",
        "verifier()",
        "isValid(bytes32)",
        "trustModel()",
    ):
        assert signature in known
