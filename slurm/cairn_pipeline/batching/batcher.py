"""Closes a batch when the next block would go past a limit. A block that passes one alone is refused.

Sizes are sums and the squashed diff's, whose packed length is counted, not built: only a batch that might not
fit as it is gets compressed to find out.
"""

import enum
from dataclasses import dataclass, field, replace

from cairn_pipeline.batching.gas import gas
from cairn_pipeline.batching.limits import BLOB_FELTS, Limits
from cairn_pipeline.batching.measure import BlockSize
from cairn_pipeline.batching.squash import Squash
from cairn_pipeline.contract import ErrorClass, StageError
from cairn_pipeline.da.limits import update_state_bytes, update_state_kzg_bytes, update_state_with_data_bytes
from cairn_pipeline.da.segment import build_segment

HEADER_FELTS = 10


class Reason(enum.StrEnum):
    """Why a batch was closed, or a block refused."""

    LEAF_LIMIT = "leaf-limit"
    AGE = "age"
    DA = "da"
    CALLDATA = "calldata"
    GAS = "gas"
    AGGREGATOR_INPUT = "aggregator-input"
    MESSAGES = "messages"
    STEPS = "steps"
    CONFIG_CHANGED = "config-changed"
    END_OF_INPUT = "end-of-input"


@dataclass(frozen=True)
class Weight:
    """What a batch would bring to the chain and to the prover: upper bounds."""

    blocks: int
    da_felts: int
    blobs: int
    output_felts: int  # words of the call
    calldata_bytes: int
    gas: int
    aggregator_felts: int
    message_felts: int
    steps: int


@dataclass(frozen=True)
class ClosedBatch:
    blocks: list[int]
    reason: Reason
    weight: Weight


@dataclass
class _Open:
    children: list[BlockSize] = field(default_factory=list)
    squash: Squash = field(default_factory=Squash)
    opaque_felts: int = 0  # of encrypted segments
    began: float = 0.0


def exceeded(weight: Weight, limits: Limits) -> tuple[Reason, str] | None:
    """The first limit that a weight passes, with a sentence; None if it fits."""
    checks: list[tuple[Reason, str, int, int | None]] = [
        (Reason.LEAF_LIMIT, "blocks", weight.blocks, limits.max_blocks),
        (Reason.DA, "felts of data", weight.da_felts, limits.max_da_felts),
        (
            Reason.AGGREGATOR_INPUT,
            "felts of input",
            weight.aggregator_felts,
            limits.max_aggregator_input_felts,
        ),
        (Reason.MESSAGES, "felts of messages", weight.message_felts, limits.max_message_felts),
        (Reason.CALLDATA, "bytes of calldata", weight.calldata_bytes, limits.settlement.max_calldata_bytes),
        (Reason.GAS, "gas", weight.gas, limits.max_gas),
        (Reason.STEPS, "steps", weight.steps, limits.max_steps),
    ]
    for reason, unit, found, most in checks:
        if most is not None and found > most:
            return reason, f"{found} {unit}, at most {most} can be settled together"
    return None


class Batcher:
    """The open batch."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._open = _Open()

    def add(self, block: BlockSize, now: float) -> list[ClosedBatch]:
        """Takes the next block; returns the batches that are closed now, two at most.

        Raises StageError(refused), and takes nothing, if the block could not be settled even alone or does
        not follow the one before.
        """
        check_child(block, self.limits)
        alone = exceeded(self._weight(_with(_Open(), block)), self.limits)
        if alone is not None:
            reason = f"{alone[0]}: block {block.block} alone has {alone[1]}"
            raise StageError(ErrorClass.REFUSED, reason)
        closed = []
        if self._open.children:
            last = self._open.children[-1]
            check_follows(last, block)
            if block.output.config_hash != last.output.config_hash:
                closed.append(self._close(Reason.CONFIG_CHANGED))
            else:
                over = exceeded(self._weight(_with(self._open, block)), self.limits)
                if over is not None:
                    closed.append(self._close(over[0]))
        if not self._open.children:
            self._open.began = now
        self._open = _with(self._open, block)
        if len(self._open.children) == self.limits.max_blocks:
            closed.append(self._close(Reason.LEAF_LIMIT))
        return closed

    def tick(self, now: float) -> ClosedBatch | None:
        """Closes the batch if its first block has waited too long."""
        age = self.limits.max_age_seconds
        if self._open.children and age is not None and now - self._open.began >= age:
            return self._close(Reason.AGE)
        return None

    def flush(self) -> ClosedBatch | None:
        """Closes the batch because nothing more will come."""
        return self._close(Reason.END_OF_INPUT) if self._open.children else None

    def clear(self) -> None:
        """Forgets the open batch."""
        self._open = _Open()

    def _close(self, reason: Reason) -> ClosedBatch:
        batch = ClosedBatch([child.block for child in self._open.children], reason, self._weight(self._open))
        self._open = _Open()
        return batch

    def _weight(self, batch: _Open) -> Weight:
        data = batch.squash.packed_felts() + batch.opaque_felts
        if data > self.limits.max_da_felts:
            data = len(build_segment(batch.squash.diff())) + batch.opaque_felts
        outputs = [child.output for child in batch.children]
        messages = sum(child.message_felts for child in batch.children)
        to_l1 = sum(len(output.messages_to_l1) for output in outputs)
        to_l2 = sum(len(output.messages_to_l2) for output in outputs)
        blobs = -(-data // BLOB_FELTS) if self.limits.da == "blob" else 0
        words = HEADER_FELTS + 2 + messages + (2 + 4 * blobs if blobs else 0)
        size = call_bytes(words, blobs, data, self.limits)
        return Weight(
            blocks=len(batch.children),
            da_felts=data,
            blobs=blobs,
            output_felts=words,
            calldata_bytes=size,
            gas=gas(size, blobs, to_l1, to_l2, messages),
            aggregator_felts=1 + sum(child.aggregator_felts for child in batch.children),
            message_felts=messages,
            steps=sum(child.steps for child in batch.children),
        )


def call_bytes(words: int, blobs: int, data: int, limits: Limits) -> int:
    """Of the settlement call, with so many words of output and of data."""
    if blobs:
        return update_state_kzg_bytes(words, blobs)
    return update_state_with_data_bytes(words, data) if limits.da == "calldata" else update_state_bytes(words)


def _with(batch: _Open, block: BlockSize) -> _Open:
    squash, opaque = batch.squash.copy(), batch.opaque_felts
    if block.diff is not None:
        squash.add(block.diff)
    else:
        opaque += block.da_felts
    return replace(batch, children=[*batch.children, block], squash=squash, opaque_felts=opaque)


def check_child(block: BlockSize, limits: Limits) -> None:
    """Raises StageError(refused) for a child that an aggregator does not take."""
    output = block.output
    if limits.full_output_children and (
        output.use_kzg_da or not output.full_output or output.os_program_hash
    ):
        found = f"use_kzg_da {output.use_kzg_da:d}, full_output {output.full_output:d}"
        reason = f"child-form: block {block.block} has {found}; a child has 0 and 1, and no OS program hash"
        raise StageError(ErrorClass.REFUSED, reason)


def check_follows(last: BlockSize, block: BlockSize) -> None:
    """Raises StageError(refused) if block is not the successor of last by root, number and hash."""
    old, new = last.output, block.output
    for what, found, wanted in (
        ("initial root", new.initial_root, old.final_root),
        ("previous block number", new.previous_number, old.number),
        ("previous block hash", new.previous_hash, old.block_hash),
    ):
        if found is not None and found != wanted:
            ends = f"block {last.block} ends at {wanted:#x}"
            reason = f"broken-chain: block {block.block} has {what} {found:#x}, {ends}"
            raise StageError(ErrorClass.REFUSED, reason)
