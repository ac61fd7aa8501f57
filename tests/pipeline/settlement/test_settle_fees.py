"""Offers, their raises, their cap."""

import random

from cairn_pipeline.settlement.fees import BLOB_GAS, FeePolicy, Offer
from cairn_pipeline.settlement.options import FeeOptions


def test_first_offer() -> None:
    policy = FeePolicy(FeeOptions(tip=3, base_multiplier=2, blob_multiplier=1.5))
    assert policy.first(100, 10, 0) == Offer(max_fee=203, tip=3, blob_fee=0)
    assert policy.first(100, 10, 2) == Offer(max_fee=203, tip=3, blob_fee=15)
    assert policy.first(100, 0, 1).blob_fee > 0


def test_a_raise_is_what_nodes_take_as_a_replacement() -> None:
    """10 % on every fee, 100 % with blobs, whatever the fees do meanwhile."""
    draw = random.Random(1)
    policy = FeePolicy(FeeOptions())
    for _ in range(500):
        blobs = draw.choice([0, 1, 6])
        offer = policy.first(draw.randrange(1, 10**12), draw.randrange(0, 10**12), blobs)
        for _ in range(3):
            raised = policy.raised(offer, draw.randrange(1, 10**12), draw.randrange(0, 10**12), blobs)
            factor = 2 if blobs else 1.1
            assert raised.max_fee >= offer.max_fee * factor and raised.tip >= offer.tip * factor
            assert raised.blob_fee >= offer.blob_fee * factor
            assert raised.tip <= raised.max_fee
            offer = raised


def test_a_raise_follows_the_market() -> None:
    policy = FeePolicy(FeeOptions())
    offer = policy.first(100, 0, 0)
    assert policy.raised(offer, 10**9, 0, 0).max_fee == policy.first(10**9, 0, 0).max_fee


def test_the_cap_is_on_the_whole_transaction() -> None:
    offer = Offer(max_fee=10, tip=1, blob_fee=3)
    cost = 10 * 1000 + 3 * BLOB_GAS * 2
    assert offer.worst_cost(1000, 2) == cost
    assert FeePolicy(FeeOptions(cap=cost)).over_cap(offer, 1000, 2) is None
    text = FeePolicy(FeeOptions(cap=cost - 1)).over_cap(offer, 1000, 2)
    assert text is not None and str(cost) in text and str(cost - 1) in text
