"""Holds an aggregator's result against its children, before anything is proven.

The contract on chain checks the same of the proven output again; here it saves the proof.
"""

from collections.abc import Sequence

from cairn_pipeline.batching.batcher import call_bytes
from cairn_pipeline.batching.gas import gas
from cairn_pipeline.batching.limits import BLOB_FELTS, Limits
from cairn_pipeline.batching.measure import BlockSize
from cairn_pipeline.contract import ErrorClass, StageError
from cairn_pipeline.da.felts import PRIME
from cairn_pipeline.da.snos_output import SnosOutput, parse, without_aggregator_input


def bootloader_output(children: Sequence[BlockSize], os_program_hash: int) -> list[int]:
    """What a bootloader that ran the children outputs: the aggregator's input."""
    words = [len(children)]
    for child in children:
        words += [child.aggregator_felts, os_program_hash, *child.output.felts]
    return words


def check_result(
    felts: Sequence[int], children: Sequence[BlockSize], limits: Limits, segment_felts: int
) -> SnosOutput:
    """The aggregator's own output. segment_felts: words of its DA segment.

    Raises StageError(refused) with a named reason if it is not the children's, or could not be settled.
    """
    own = without_aggregator_input(felts)
    if len(own) < len(felts):
        _check_repeated(felts, len(felts) - len(own), children)
    result = parse(own, "aggregator output")
    first, last = children[0].output, children[-1].output
    for what, found, wanted in (
        ("initial root", result.initial_root, first.initial_root),
        ("final root", result.final_root, last.final_root),
        ("previous block number", result.previous_number, first.previous_number),
        ("block number", result.number, last.number),
        ("previous block hash", result.previous_hash, first.previous_hash),
        ("block hash", result.block_hash, last.block_hash),
        ("config hash", result.config_hash, last.config_hash),
    ):
        if found != wanted:
            raise _refused("result-mismatch", f"{what} is {_hex(found)}, the children's is {_hex(wanted)}")
    for direction in ("messages_to_l1", "messages_to_l2"):
        together = [message for child in children for message in getattr(child.output, direction)]
        if list(getattr(result, direction)) != together:
            reason = f"{direction} are not the children's {len(together)} in their order"
            raise _refused("result-mismatch", reason)
    if result.full_output:
        raise _refused("full-output", "the result has full_output 1, which the core contract refuses")
    if result.use_kzg_da != (limits.da == "blob"):
        raise _refused("da-mode", f"use_kzg_da is {result.use_kzg_da:d}, data goes to {limits.da}")
    _check_size(result, segment_felts or len(result.da_segment), limits)
    return result


def _check_repeated(felts: Sequence[int], length: int, children: Sequence[BlockSize]) -> None:
    """The children's outputs that the aggregator repeats are those we gave it, under one program hash."""
    if list(felts[:length]) != bootloader_output(children, felts[2]):
        raise _refused("children-mismatch", "the outputs that the aggregator repeats are not its children's")


def _check_size(result: SnosOutput, segment_felts: int, limits: Limits) -> None:
    blobs = len(result.kzg.commitments) if result.kzg else 0
    if blobs > limits.settlement.max_blobs:
        raise _refused("blobs", f"{blobs} blobs, one transaction takes {limits.settlement.max_blobs}")
    needed = -(-segment_felts // BLOB_FELTS)
    if blobs and segment_felts and blobs != needed:
        raise _refused("blobs", f"{blobs} blobs for a segment of {segment_felts} words, which fills {needed}")
    if not blobs and segment_felts > limits.settlement.max_data_words:
        most = limits.settlement.max_data_words
        raise _refused("da", f"{segment_felts} words of data, at most {most} can be published")
    words = result.main_words
    size = call_bytes(words, blobs, segment_felts, limits)
    if size > limits.settlement.max_calldata_bytes:
        most = limits.settlement.max_calldata_bytes
        raise _refused("calldata", f"{size} bytes of calldata, a transaction takes {most}")
    to_l1, to_l2 = result.messages_to_l1, result.messages_to_l2
    felts = sum(3 + len(message.payload) for message in to_l1) + sum(
        5 + len(message.payload) for message in to_l2
    )
    cost = gas(size, blobs, len(to_l1), len(to_l2), felts)
    if cost > limits.max_gas:
        raise _refused("gas", f"up to {cost} gas, a transaction takes {limits.max_gas}")


def _refused(name: str, sentence: str) -> StageError:
    return StageError(ErrorClass.REFUSED, f"{name}: {sentence}")


def _hex(value: int | None) -> str:
    return "absent" if value is None else hex(value % PRIME)
