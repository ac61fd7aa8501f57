"""What one settlement may carry. Every figure can be set; the defaults are Ethereum's and the peers'."""

from typing import Literal

from pydantic import Field

from cairn_pipeline.contract import Strict

BLOB_FELTS = 4096


class Limits(Strict):
    """Upper limits of a batch; a limit of None does not apply."""

    max_blocks: int = Field(100, ge=1)  # children of one aggregator run: the leaf limit
    max_age_seconds: float | None = Field(None, gt=0)  # of the first block that waits
    da: Literal["blob", "calldata"] = "blob"
    max_blobs: int = Field(6, ge=1)  # per transaction
    blob_margin_felts: int = Field(15, ge=0)  # kept free for what the prediction does not see
    max_aggregator_input_felts: int | None = Field(750_000, ge=1)  # what its bootloader takes
    max_message_felts: int | None = Field(3_700, ge=0)  # both directions
    max_calldata_bytes: int = Field(126_976, ge=1)  # nodes take transactions of 128 KiB
    max_gas: int = Field(16_777_216, ge=1)  # of one transaction, EIP-7825
    max_steps: int | None = Field(None, ge=1)  # Cairo steps of all children: the proof's cost
    full_output_children: bool = True  # an aggregator needs use_kzg_da = 0 and full_output = 1

    @property
    def max_da_felts(self) -> int:
        return self.max_blobs * BLOB_FELTS - self.blob_margin_felts
