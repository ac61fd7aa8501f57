"""What one batch, and the settlement of it, may carry. Every figure can be set."""

from typing import Literal

from pydantic import Field

from cairn_pipeline.contract import Strict
from cairn_pipeline.da.limits import Limits as SettlementLimits
from cairn_pipeline.da.scalar_field import SIZE as BLOB_FELTS


class Limits(Strict):
    """Upper limits of a batch; a limit of None does not apply."""

    max_blocks: int = Field(100, ge=1)  # children of one aggregator run: the leaf limit
    max_age_seconds: float | None = Field(None, gt=0)  # of the first block that waits
    # Where the data goes: blobs, the settlement transaction, or neither (alternative DA).
    da: Literal["blob", "calldata", "elsewhere"] = "blob"
    settlement: SettlementLimits = SettlementLimits()
    blob_margin_felts: int = Field(15, ge=0)  # kept free for what the prediction does not see
    max_aggregator_input_felts: int | None = Field(750_000, ge=1)  # what its bootloader takes
    max_message_felts: int | None = Field(3_700, ge=0)  # both directions
    max_gas: int = Field(16_777_216, ge=1)  # of one transaction, EIP-7825
    max_steps: int | None = Field(None, ge=1)  # Cairo steps of all children: the proof's cost
    full_output_children: bool = True  # an aggregator needs use_kzg_da = 0 and full_output = 1

    @property
    def max_da_felts(self) -> int:
        if self.da == "blob":
            return self.settlement.max_blobs * BLOB_FELTS - self.blob_margin_felts
        return self.settlement.max_data_words
