"""Settlement on Starknet: the call data of Piltover's `update_state`, and a user's command that sends it.

Piltover wants two outputs, as a bootloader of one task wraps them, [1, words + 2, program hash, words...]:
the OS's, and the layout bridge's, whose words are [bootloader's hash, Poseidon(the wrapped OS output)].
Two shapes of the entry point are in use:
    program-info        (snos_output, layout_bridge_output)
    data-availability   (the same, onchain_data_hash: felt252, onchain_data_size: u256)
A span is its length, then its words; a u256 is low, high 128 bits.
"""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from eth_utils.crypto import keccak
from poseidon_py.poseidon_hash import poseidon_hash_many
from pydantic_core import from_json

from cairn_pipeline.contract import Fact, StageError, error_class_of
from cairn_pipeline.da.felts import PRIME
from cairn_pipeline.files import write_json
from cairn_pipeline.settlement.errors import refuse, require_bits
from cairn_pipeline.settlement.options import StarknetOptions

ENTRY_POINT = "update_state"


def selector(name: str) -> int:
    """Starknet's: the lower 250 bits of the keccak."""
    return int.from_bytes(keccak(text=name), "big") & (2**250 - 1)


def bootloaded(program_hash: int, words: Sequence[int]) -> list[int]:
    """The output of a bootloader that has run one task with this output."""
    return [1, len(words) + 2, program_hash, *words]


def span(words: Sequence[int]) -> list[int]:
    return [len(words), *words]


def integrity_fact(bootloader_hash: int, bridge_output: Sequence[int]) -> int:
    """What Piltover asks Integrity's registry for."""
    return int(poseidon_hash_many([bootloader_hash, poseidon_hash_many(list(bridge_output))]))


def check_bridge(options: StarknetOptions, snos_output: Sequence[int], bridge_output: Sequence[int]) -> None:
    """The checks of `update_state` itself, before anything is sent. Raises SettlementError."""
    if len(bridge_output) < 5 or any(not 0 <= word < PRIME for word in bridge_output):
        refuse("output", f"the layout bridge's output: {len(bridge_output)} words, wanted at least 5 felts")
    for place, name in ((2, "layout_bridge_program_hash"), (3, "bootloader_program_hash")):
        wanted = int(getattr(options, name), 16)
        if bridge_output[place] != wanted:
            refuse(
                "program-hash",
                f"word {place} of the layout bridge's output is {bridge_output[place]:#x}, "
                f"{name} is {wanted:#x}",
            )
    digest = int(poseidon_hash_many(list(snos_output)))
    if bridge_output[4] != digest:
        refuse(
            "wrong-data",
            f"the layout bridge verified an output of hash {bridge_output[4]:#x}, this one's is {digest:#x}",
        )


def update_state_calldata(
    snos_output: Sequence[int],
    bridge_output: Sequence[int],
    entry: str,
    data_hash: int = 0,
    data_size: int = 0,
) -> list[int]:
    """snos_output and bridge_output wrapped. data_hash and data_size: of the data-availability shape only."""
    calldata = span(snos_output) + span(bridge_output)
    if entry == "data-availability":
        calldata += [data_hash, data_size & (2**128 - 1), data_size >> 128]
    return calldata


def settle_on_starknet(
    options: StarknetOptions,
    words: Sequence[int],
    bridge_output: Sequence[int],
    facts: Mapping[str, Fact],
    work_dir: Path,
) -> dict[str, Any]:
    """words: the bare output of the OS; bridge_output: wrapped. Raises StageError."""
    require_bits(facts, options.min_security_bits)
    snos_output = bootloaded(int(options.snos_program_hash, 16), words)
    check_bridge(options, snos_output, bridge_output)
    calldata = update_state_calldata(snos_output, bridge_output, options.entry)
    request = {
        "schema": 1,
        "contract": options.contract,
        "entry_point": ENTRY_POINT,
        "selector": hex(selector(ENTRY_POINT)),
        "calldata": [hex(word) for word in calldata],
        "fact": hex(integrity_fact(int(options.bootloader_program_hash, 16), bridge_output)),
        "expect": {"state_root": hex(words[1]), "block_number": words[3], "block_hash": hex(words[5])},
    }
    receipt = {
        "schema": 1,
        "status": "dry-run" if options.dry_run else "settled",
        "block": words[3],
        "state_root": hex(words[1]),
        "block_hash": hex(words[5]),
        "core": options.contract,
        "trust": "the fact registry that the contract on Starknet asks",
    }
    if options.dry_run:
        return {**receipt, "request": request}
    if options.paused_file is not None and options.paused_file.exists():
        refuse("paused", f"{options.paused_file} exists: nothing is sent until it is removed")
    answer = _run_command(options, request, work_dir)
    if int(str(answer.get("state_root", "0x0")), 16) != words[1]:
        refuse(
            "settled-otherwise",
            f"the command reports root {answer.get('state_root')}, wanted {hex(words[1])}",
        )
    return {**receipt, "tx_hash": str(answer.get("tx_hash"))}


def _run_command(options: StarknetOptions, request: dict[str, Any], work_dir: Path) -> dict[str, Any]:
    """Runs it on request.json; it answers with tx_hash, and state_root as it reads it back from the chain."""
    input_path, output_path = work_dir / "request.json", work_dir / "answer.json"
    write_json(input_path, request)
    output_path.unlink(missing_ok=True)
    arguments = [*options.command, "--input-path", str(input_path), "--output-path", str(output_path)]
    try:
        done = subprocess.run(arguments, timeout=options.timeout, check=False)
    except subprocess.TimeoutExpired:
        refuse("command", f"{options.command[0]} did not end within {options.timeout:.0f} s; run it again")
    except OSError as error:
        refuse("options", f"{options.command[0]}: {error.strerror}: see command")
    if done.returncode != 0:
        raise StageError(
            error_class_of(done.returncode), f"command: {options.command[0]} ended with {done.returncode}"
        )
    try:
        answer = from_json(output_path.read_bytes())
        assert isinstance(answer, dict) and "tx_hash" in answer
        return answer
    except (OSError, ValueError, AssertionError):
        refuse("command", f"{options.command[0]} left no answer with a tx_hash in {output_path}")
