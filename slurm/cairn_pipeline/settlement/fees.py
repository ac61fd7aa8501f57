"""What is offered for a transaction: a first offer, raises, a hard cap on the cost. Amounts in wei."""

import math
from dataclasses import dataclass

from pydantic import BaseModel

from cairn_pipeline.settlement.options import FeeOptions

BLOB_GAS = 131072


class Offer(BaseModel, frozen=True):
    """At most max_fee per gas, of which at most tip is the proposer's; at most blob_fee per blob gas."""

    max_fee: int
    tip: int
    blob_fee: int = 0

    def worst_cost(self, gas: int, blobs: int) -> int:
        """What a transaction costs at most that uses all its gas."""
        return self.max_fee * gas + self.blob_fee * BLOB_GAS * blobs


@dataclass(frozen=True)
class FeePolicy:
    options: FeeOptions

    def first(self, base_fee: int, blob_base_fee: int, blobs: int) -> Offer:
        """For the fees of the next block."""
        return Offer(
            max_fee=math.ceil(self.options.base_multiplier * base_fee) + self.options.tip,
            tip=self.options.tip,
            blob_fee=math.ceil(self.options.blob_multiplier * max(blob_base_fee, 1)) if blobs else 0,
        )

    def raised(self, previous: Offer, base_fee: int, blob_base_fee: int, blobs: int) -> Offer:
        """Replaces `previous`: every fee raised as nodes ask, or to the present first offer."""
        fresh = self.first(base_fee, blob_base_fee, blobs)
        factor = self.options.blob_bump if blobs else self.options.bump
        return Offer(
            max_fee=max(fresh.max_fee, math.ceil(previous.max_fee * factor)),
            tip=max(fresh.tip, math.ceil(previous.tip * factor), 1),
            blob_fee=max(fresh.blob_fee, math.ceil(previous.blob_fee * factor)) if blobs else 0,
        )

    def over_cap(self, offer: Offer, gas: int, blobs: int) -> str | None:
        """One line if the offer may cost more than the cap."""
        cost = offer.worst_cost(gas, blobs)
        if cost <= self.options.cap:
            return None
        return (
            f"the transaction may cost {cost} wei ({gas} gas at {offer.max_fee}, {blobs} blobs at "
            f"{offer.blob_fee}), the cap is {self.options.cap}: wait for lower fees or raise fees.cap"
        )
