"""A batch ends at the limit that the next block would pass; what no batch could carry is refused."""

import itertools
from pathlib import Path

import pytest
from blocks import block, diff, with_output

from cairn_pipeline.batching.batcher import Batcher, Reason
from cairn_pipeline.batching.limits import Limits
from cairn_pipeline.contract import ErrorClass, StageError

MESSAGE_TO_L1 = [11, 12, 1, 13]  # sender, receiver, payload


def collect(limits: Limits, blocks) -> tuple[list[tuple[list[int], Reason]], list[int]]:
    """The closed batches, and the blocks of the one still open."""
    batcher = Batcher(limits)
    closed = [batch for child in blocks for batch in batcher.add(child, 0.0)]
    last = batcher.flush()
    return [(batch.blocks, batch.reason) for batch in closed], last.blocks if last else []


def test_the_leaf_limit(tmp_path: Path) -> None:
    closed, rest = collect(Limits(max_blocks=2), [block(tmp_path, n) for n in range(1, 6)])
    assert closed == [([1, 2], Reason.LEAF_LIMIT), ([3, 4], Reason.LEAF_LIMIT)] and rest == [5]


def test_the_da_limit_counts_a_key_once(tmp_path: Path) -> None:
    # 2 felts for each key, 3 for the contract (its class is unchanged but its entry holds it), 2 counts.
    limits = Limits.model_validate({"da": "calldata", "settlement": {"max_data_words": 12}})
    same = [block(tmp_path, n, state=diff((5, 1, n))) for n in range(1, 9)]
    assert collect(limits, same) == ([], list(range(1, 9)))
    random = [block(tmp_path, n, state=diff((5, 2**200 + 7**n, 3**150 + n))) for n in range(1, 9)]
    closed, _ = collect(limits, random)
    assert closed and all(reason is Reason.DA for _, reason in closed)
    assert sorted(itertools.chain(*(blocks for blocks, _ in closed)))[:2] == [1, 2]


def test_data_that_only_fits_compressed_is_taken(tmp_path: Path) -> None:
    """Small equal values compress far below their packed length."""
    blocks = [
        block(tmp_path, n, state=diff(*((5, n * 100 + i, 1) for i in range(100)))) for n in range(1, 11)
    ]
    limits = Limits.model_validate({"da": "calldata", "settlement": {"max_data_words": 300}})
    closed, rest = collect(limits, blocks)
    assert closed == [] and len(rest) == 10  # 2,005 words packed


def test_the_weight_of_a_closed_batch(tmp_path: Path) -> None:
    batcher = Batcher(Limits(max_blocks=2))
    batcher.add(block(tmp_path, 1, steps=10, to_l1=MESSAGE_TO_L1), 0.0)
    (batch,) = batcher.add(block(tmp_path, 2, steps=20), 0.0)
    weight = batch.weight
    assert (weight.blocks, weight.blobs, weight.message_felts, weight.steps) == (2, 1, 4, 30)
    # header 10, two lengths, the message, z, count, commitment and value of one blob
    assert weight.output_felts == 10 + 2 + 4 + 2 + 4
    children = [len(block(tmp_path, n, to_l1=m).output.felts) for n, m in ((1, MESSAGE_TO_L1), (2, None))]
    assert weight.aggregator_felts == 1 + sum(2 + words for words in children)


@pytest.mark.parametrize(
    ("limit", "reason"),
    [
        ({"max_aggregator_input_felts": 60}, Reason.AGGREGATOR_INPUT),
        ({"max_message_felts": 8}, Reason.MESSAGES),
        ({"max_steps": 25}, Reason.STEPS),
        ({"max_gas": 270_000}, Reason.GAS),
        ({"settlement": {"max_calldata_bytes": 1150}}, Reason.CALLDATA),
    ],
)
def test_each_limit_closes_a_batch(limit: dict, reason: Reason, tmp_path: Path) -> None:
    blocks = [block(tmp_path, n, steps=10, to_l1=MESSAGE_TO_L1) for n in range(1, 7)]
    closed, _ = collect(Limits.model_validate(limit), blocks)
    assert closed and {why for _, why in closed} == {reason}
    assert len(closed[0][0]) in (2, 3, 4)


@pytest.mark.parametrize(
    ("limit", "reason"),
    [
        ({"max_aggregator_input_felts": 10}, Reason.AGGREGATOR_INPUT),
        ({"max_message_felts": 3}, Reason.MESSAGES),
        ({"max_steps": 9}, Reason.STEPS),
        ({"max_gas": 200_000}, Reason.GAS),
        ({"settlement": {"max_calldata_bytes": 500}}, Reason.CALLDATA),
        ({"da": "calldata", "settlement": {"max_data_words": 2}}, Reason.DA),
    ],
)
def test_a_block_too_big_alone_is_refused_and_not_taken(limit: dict, reason: Reason, tmp_path: Path) -> None:
    batcher = Batcher(Limits.model_validate(limit))
    with pytest.raises(StageError, match=f"^{reason}: block 1 alone has ") as caught:
        batcher.add(block(tmp_path, 1, steps=10, to_l1=MESSAGE_TO_L1), 0.0)
    assert caught.value.error_class is ErrorClass.REFUSED
    assert batcher.flush() is None


def test_age_closes_a_batch(tmp_path: Path) -> None:
    batcher = Batcher(Limits(max_age_seconds=60))
    batcher.add(block(tmp_path, 1), 100.0)
    batcher.add(block(tmp_path, 2), 150.0)
    assert batcher.tick(159.0) is None
    batch = batcher.tick(160.0)
    assert batch is not None and (batch.blocks, batch.reason) == ([1, 2], Reason.AGE)
    assert batcher.tick(1000.0) is None


def test_another_configuration_starts_another_batch(tmp_path: Path) -> None:
    closed, rest = collect(Limits(), [block(tmp_path, 1), block(tmp_path, 2), block(tmp_path, 3, config=100)])
    assert closed == [([1, 2], Reason.CONFIG_CHANGED)] and rest == [3]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"initial_root": 5}, "initial root"),
        ({"previous_number": 7}, "previous block number"),
        ({"previous_hash": 5}, "previous block hash"),
    ],
)
def test_a_broken_chain_is_refused(change: dict, what: str, tmp_path: Path) -> None:
    batcher = Batcher(Limits())
    batcher.add(block(tmp_path, 1), 0.0)
    with pytest.raises(StageError, match=f"^broken-chain: block 2 has {what}"):
        batcher.add(with_output(block(tmp_path, 2), **change), 0.0)


@pytest.mark.parametrize("change", [{"use_kzg_da": True}, {"full_output": False}, {"os_program_hash": 1}])
def test_a_child_that_no_aggregator_takes_is_refused(change: dict, tmp_path: Path) -> None:
    child = with_output(block(tmp_path, 1), **change)
    with pytest.raises(StageError, match="^child-form: block 1"):
        Batcher(Limits()).add(child, 0.0)
    Batcher(Limits(full_output_children=False)).add(child, 0.0)
