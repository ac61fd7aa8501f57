"""What a block brings to a batch, read from its OS output and DA segment."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cairn_pipeline.contract import Artifact, ErrorClass, Fact, StageError
from cairn_pipeline.da.felts import read_felts
from cairn_pipeline.da.segment import open_segment
from cairn_pipeline.da.snos_output import SnosOutput, parse, without_aggregator_input
from cairn_pipeline.da.state_diff import StateDiff

TASK_HEADER_FELTS = 2  # size and program hash, before each child's output in a bootloader's


@dataclass(frozen=True)
class BlockSize:
    """One child: what it says and weighs. diff is None for an encrypted segment, which adds as it is."""

    block: int
    output: SnosOutput
    diff: StateDiff | None
    da_felts: int
    message_felts: int
    steps: int

    @property
    def aggregator_felts(self) -> int:
        return TASK_HEADER_FELTS + len(self.output.felts)


def measure(block: int, outputs: Mapping[str, Artifact], facts: Mapping[str, Fact]) -> BlockSize:
    """From a message's or a stage's files. Raises StageError(bad-input) if there is no readable OS output."""
    if "snos_output" not in outputs:
        there = ", ".join(sorted(outputs)) or "none"
        reason = f"block {block}: no snos_output among its files ({there}): cannot be batched"
        raise StageError(ErrorClass.BAD_INPUT, reason)
    segment = outputs["da_segment"].path if "da_segment" in outputs else None
    steps = facts.get("steps", 0)
    return measure_files(block, outputs["snos_output"].path, segment, steps if isinstance(steps, int) else 0)


def measure_files(block: int, output_path: Path, segment_path: Path | None, steps: int = 0) -> BlockSize:
    """From the files of an OS output and, where the output does not hold it, of a DA segment."""
    output = parse(without_aggregator_input(read_felts(output_path)), f"block {block}")
    if output.number != block:
        reason = f"{output_path}: is block {output.number}, wanted block {block}"
        raise StageError(ErrorClass.BAD_INPUT, reason)
    words = output.da_segment
    if not words and segment_path is not None:
        words = tuple(read_felts(segment_path))
    segment = open_segment(words, f"block {block}: DA segment") if words else None
    to_l1 = sum(3 + len(message.payload) for message in output.messages_to_l1)
    to_l2 = sum(5 + len(message.payload) for message in output.messages_to_l2)
    return BlockSize(block, output, segment.diff if segment else None, len(words), to_l1 + to_l2, steps)
