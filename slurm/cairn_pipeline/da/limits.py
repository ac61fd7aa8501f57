"""What one settlement transaction can carry, checked so that nothing unsettleable is proven."""

from pydantic import Field

from cairn_pipeline.contract import Strict
from cairn_pipeline.da.errors import DaError, Reason
from cairn_pipeline.da.scalar_field import SIZE

WORD = 32


class Limits(Strict):
    """max_calldata_bytes: what nodes relay as one transaction (128 KiB), less 1 KiB for its envelope.

    max_blobs: of one transaction (EIP-7594). max_calldata_words: of one Starknet transaction.
    max_data_words: of a segment published as calldata or outside of Ethereum.
    """

    max_blobs: int = Field(6, ge=1)
    max_calldata_bytes: int = Field(127 << 10, ge=1)
    max_calldata_words: int = Field(5000, ge=1)
    max_data_words: int = Field(6 * SIZE, ge=1)


def update_state_kzg_bytes(words: int, blobs: int) -> int:
    """Bytes of updateStateKzgDA(uint256[], bytes[]) with words of output and a proof of 48 bytes a blob."""
    return 4 + WORD * (2 + 1 + words + 1 + blobs + 3 * blobs)


def update_state_bytes(words: int) -> int:
    """Bytes of updateState(uint256[], uint256, uint256), with the data elsewhere."""
    return 4 + WORD * (3 + 1 + words)


def update_state_with_data_bytes(words: int, data: int) -> int:
    """Bytes of updateStateWithData(uint256[], uint256[])."""
    return 4 + WORD * (2 + 1 + words + 1 + data)


def check_blobs(count: int, limits: Limits) -> None:
    """Raises DaError(too-many-blobs)."""
    if count > limits.max_blobs:
        raise DaError(
            Reason.TOO_MANY_BLOBS,
            f"{count} blobs, one transaction takes {limits.max_blobs}: batch less",
        )


def check_calldata(size: int, limits: Limits) -> None:
    """Raises DaError(calldata-too-big)."""
    if size > limits.max_calldata_bytes:
        raise DaError(
            Reason.CALLDATA_TOO_BIG,
            f"{size} bytes of call data, one transaction takes {limits.max_calldata_bytes}: batch less",
        )


def check_starknet_calldata(words: int, limits: Limits) -> None:
    """Raises DaError(calldata-too-big)."""
    if words > limits.max_calldata_words:
        raise DaError(
            Reason.CALLDATA_TOO_BIG,
            f"{words} words of call data, one transaction takes {limits.max_calldata_words}: batch less",
        )


def check_data(words: int, limits: Limits) -> None:
    """Raises DaError(data-too-big)."""
    if words > limits.max_data_words:
        raise DaError(
            Reason.DATA_TOO_BIG, f"DA segment: {words} words, max_data_words is {limits.max_data_words}"
        )
