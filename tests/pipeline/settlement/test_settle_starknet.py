"""Starknet as settlement layer: call data by recorded layouts, a command that sends it."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from poseidon_py.poseidon_hash import poseidon_hash_many
from settlement_support import SNOS, made_up, output_of_pie, stage_of

from cairn_pipeline.contract import ErrorClass, StageError
from cairn_pipeline.settlement.starknet import bootloaded, selector, update_state_calldata
from cairn_pipeline.stages.settle import settle

PIES = SNOS.parent / "pie"
OS, BRIDGE, BOOTLOADER = 0x05, 0xB41D6E, 0xB007
SENDER = """
import json, sys
request = json.load(open(sys.argv[2]))
answer = {"tx_hash": "0x123", "state_root": request["expect"]["state_root"]}
answer |= json.loads(sys.argv[5]) if len(sys.argv) > 5 else {}
json.dump(answer, open(sys.argv[4], "w"))
"""


def bridge_of(words: list[int]) -> list[int]:
    return bootloaded(BRIDGE, [BOOTLOADER, int(poseidon_hash_many(bootloaded(OS, words)))])


def options_of(folder: Path, code: str = SENDER, **more: Any) -> dict[str, Any]:
    program = folder / "sender.py"
    program.write_text(code)
    return {
        "layer": "starknet",
        "contract": "0xc0",
        "command": [sys.executable, str(program)],
        "snos_program_hash": hex(OS),
        "layout_bridge_program_hash": hex(BRIDGE),
        "bootloader_program_hash": hex(BOOTLOADER),
        **more,
    }


def run(folder: Path, words: list[int], bridge: list[int], options: dict[str, Any]) -> dict[str, Any]:
    path = folder / "bridge.json"
    path.write_text(json.dumps([hex(word) for word in bridge]))
    result = settle(stage_of(folder, words, options, layout_bridge_output=path))
    receipt: dict[str, Any] = json.loads(result.outputs["receipt"].read_text())
    return receipt


def test_selector_is_starknets() -> None:
    # Published values of the functions of every account and token.
    assert selector("transfer") == 0x83AFD3F4CAEDC6EEBF44246FE54E38C95E3179A5EC9EA81740ECA5B482D12E
    assert selector("__execute__") == 0x15D40A3D6CA2AC30F4031E42BE28DA9B056FEF9BB7357AC5E85627EE876E5AD


@pytest.mark.skipif(not PIES.is_dir(), reason=f"{PIES} is not there")
def test_an_output_is_wrapped_as_a_bootloader_wrote_it() -> None:
    """A recorded bootloader's output of a recorded run."""
    recorded = [int(str(word), 0) for word in json.loads(
        (PIES / "snos_10_transfers.bootloader_output_blake.json").read_text()
    )]  # fmt: skip
    words = output_of_pie(PIES / "snos_10_transfers.zip")
    assert bootloaded(recorded[2], words) == recorded


def test_call_data_of_both_shapes() -> None:
    plain = update_state_calldata([7, 8], [9], "program-info")
    assert plain == [2, 7, 8, 1, 9]
    size = 5 + (6 << 128)
    assert update_state_calldata([7, 8], [9], "data-availability", 4, size) == [*plain, 4, 5, 6]


def test_a_block_is_settled_by_the_command(tmp_path: Path) -> None:
    words = made_up(8)
    receipt = run(tmp_path, words, bridge_of(words), options_of(tmp_path))
    assert (receipt["status"], receipt["tx_hash"], receipt["state_root"]) == ("settled", "0x123", hex(1008))
    request = json.loads((tmp_path / "8" / "1" / "request.json").read_text())
    calldata = [int(word, 16) for word in request["calldata"]]
    wrapped = bootloaded(OS, words)
    assert calldata == [len(wrapped), *wrapped, 5, *bridge_of(words)]
    assert int(request["selector"], 16) == selector("update_state")
    assert int(request["fact"], 16) == poseidon_hash_many([BOOTLOADER, poseidon_hash_many(bridge_of(words))])


def test_a_dry_run_runs_no_command(tmp_path: Path) -> None:
    words = made_up(8)
    options = options_of(tmp_path, "raise SystemExit(70)", dry_run=True)
    assert run(tmp_path, words, bridge_of(words), options)["status"] == "dry-run"


@pytest.mark.parametrize(
    ("place", "name"), [(2, "program-hash"), (3, "program-hash"), (4, "wrong-data"), (None, "output")]
)
def test_a_bridge_that_the_contract_would_refuse(tmp_path: Path, place: int | None, name: str) -> None:
    bridge = bridge_of(made_up(8))
    if place is None:
        bridge.pop()
    else:
        bridge[place] += 1
    with pytest.raises(StageError, match=f"^{name}: "):
        run(tmp_path, made_up(8), bridge, options_of(tmp_path))


@pytest.mark.parametrize(
    ("code", "error_class"),
    [
        ("raise SystemExit(5)", ErrorClass.TRANSIENT),
        ("raise SystemExit(3)", ErrorClass.REFUSED),
        ("pass", ErrorClass.TRANSIENT),
        (SENDER.replace('request["expect"]["state_root"]', '"0x1"'), ErrorClass.REFUSED),
    ],
)
def test_commands_that_fail(tmp_path: Path, code: str, error_class: ErrorClass) -> None:
    words = made_up(8)
    with pytest.raises(StageError) as caught:
        run(tmp_path, words, bridge_of(words), options_of(tmp_path, code))
    assert caught.value.error_class is error_class


def test_no_command_and_no_proof_and_a_pause(tmp_path: Path) -> None:
    words = made_up(8)
    with pytest.raises(StageError, match="^options: "):
        run(tmp_path, words, bridge_of(words), options_of(tmp_path, command=[str(tmp_path / "none")]))
    with pytest.raises(StageError, match="^not-verified: "):
        run(tmp_path, words, bridge_of(words), options_of(tmp_path, min_security_bits=101))
    (tmp_path / "PAUSE").touch()
    with pytest.raises(StageError, match="^paused: "):
        run(tmp_path, words, bridge_of(words), options_of(tmp_path, paused_file=str(tmp_path / "PAUSE")))
