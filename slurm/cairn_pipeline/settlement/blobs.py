"""The blobs of a transaction: held to the output before anything is sent, wrapped as the node asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import rlp

from cairn_pipeline.da import kzg
from cairn_pipeline.da.blob import BLOB_BYTES
from cairn_pipeline.da.snos_output import KzgWords
from cairn_pipeline.settlement.errors import refuse

Sidecar = Literal["eip4844", "eip7594"]


@dataclass(frozen=True)
class Blobs:
    """The blobs of a block; proofs show each one's value at the output's point z."""

    blobs: tuple[bytes, ...]
    commitments: tuple[bytes, ...]
    proofs: tuple[bytes, ...]

    @property
    def versioned_hashes(self) -> list[bytes]:
        return [kzg.versioned_hash(commitment) for commitment in self.commitments]

    def wrap(self, raw: bytes, sidecar: Sidecar) -> bytes:
        """A signed transaction with its blobs, as eth_sendRawTransaction takes it; of the same hash."""
        return raw[:1] + bytes(rlp.encode([rlp.decode(raw[1:]), *self._sidecar_fields(sidecar)]))

    def _sidecar_fields(self, sidecar: Sidecar) -> list[Any]:
        if sidecar == "eip4844":
            proofs = [
                kzg.blob_proof(blob, commitment)
                for blob, commitment in zip(self.blobs, self.commitments, strict=True)
            ]
            return [list(self.blobs), list(self.commitments), proofs]
        cells = [proof for blob in self.blobs for proof in kzg.cell_proofs(blob)]
        return [b"\x01", list(self.blobs), list(self.commitments), cells]


def blobs_of(claimed: KzgWords, blobs: Sequence[bytes]) -> Blobs:
    """Holds the blobs to the output's commitments and values, and proves the values at z.

    The da stage has done so before; the files may have changed since. Raises SettlementError(wrong-data).
    """
    if len(blobs) != len(claimed.commitments):
        refuse("wrong-data", f"{len(blobs)} blobs, the output commits to {len(claimed.commitments)}")
    proofs = []
    for index, (blob, commitment, wanted) in enumerate(
        zip(blobs, claimed.commitments, claimed.values, strict=True)
    ):
        if len(blob) != BLOB_BYTES:
            refuse("wrong-data", f"blob {index}: {len(blob)} bytes, wanted {BLOB_BYTES}")
        try:
            found = kzg.commit(blob)
        except RuntimeError:
            refuse("wrong-data", f"blob {index}: a word of it is outside the field")
        if found != commitment:
            refuse(
                "wrong-data",
                f"blob {index}: its commitment is 0x{found.hex()}, the output's 0x{commitment.hex()}",
            )
        proof, value = kzg.open_at(blob, claimed.z)
        if value != wanted:
            refuse("wrong-data", f"blob {index}: its value at z is {value:#x}, the output's {wanted:#x}")
        proofs.append(proof)
    return Blobs(tuple(blobs), claimed.commitments, tuple(proofs))
