"""The blobs of a transaction: held to the output before anything is sent, wrapped as the node asks."""

import functools
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import ckzg
import eth_account
import rlp

from cairn_pipeline.settlement.errors import refuse
from cairn_pipeline.settlement.output import Kzg

Sidecar = Literal["eip4844", "eip7594"]
BLOB_BYTES = 131072


@functools.cache
def trusted_setup() -> Any:
    """Ethereum's, as eth-account carries it. Takes seconds of CPU, once a process."""
    folder = Path(eth_account.__file__).parent / "typed_transactions" / "blob_transactions"
    return ckzg.load_trusted_setup(str(folder / "kzg_trusted_setup.txt"), 0)


@dataclass(frozen=True)
class Blobs:
    """The blobs of a block; proofs show each one's value at the output's point z."""

    blobs: tuple[bytes, ...]
    commitments: tuple[bytes, ...]
    proofs: tuple[bytes, ...]

    @property
    def versioned_hashes(self) -> list[bytes]:
        return [b"\x01" + hashlib.sha256(commitment).digest()[1:] for commitment in self.commitments]

    def wrap(self, raw: bytes, sidecar: Sidecar) -> bytes:
        """A signed transaction with its blobs, as eth_sendRawTransaction takes it; of the same hash."""
        return raw[:1] + bytes(rlp.encode([rlp.decode(raw[1:]), *self._sidecar_fields(sidecar)]))

    def _sidecar_fields(self, sidecar: Sidecar) -> list[Any]:
        setup = trusted_setup()
        if sidecar == "eip4844":
            proofs = [
                ckzg.compute_blob_kzg_proof(blob, commitment, setup)
                for blob, commitment in zip(self.blobs, self.commitments, strict=True)
            ]
            return [list(self.blobs), list(self.commitments), proofs]
        cells = [proof for blob in self.blobs for proof in ckzg.compute_cells_and_kzg_proofs(blob, setup)[1]]
        return [b"\x01", list(self.blobs), list(self.commitments), cells]


def blobs_of(kzg: Kzg, blobs: Sequence[bytes]) -> Blobs:
    """Holds the blobs to the output's commitments and values, and proves the values at z.

    Raises SettlementError(wrong-data).
    """
    if len(blobs) != len(kzg.commitments):
        refuse("wrong-data", f"{len(blobs)} blobs, the output commits to {len(kzg.commitments)}")
    setup = trusted_setup()
    proofs = []
    for index, (blob, commitment, wanted) in enumerate(
        zip(blobs, kzg.commitments, kzg.evaluations, strict=True)
    ):
        if len(blob) != BLOB_BYTES:
            refuse("wrong-data", f"blob {index}: {len(blob)} bytes, wanted {BLOB_BYTES}")
        try:
            found = ckzg.blob_to_kzg_commitment(blob, setup)
        except RuntimeError:
            refuse("wrong-data", f"blob {index}: a word of it is outside the field")
        if found != commitment:
            refuse(
                "wrong-data",
                f"blob {index}: its commitment is 0x{found.hex()}, the output's 0x{commitment.hex()}",
            )
        proof, value = ckzg.compute_kzg_proof(blob, kzg.z.to_bytes(32, "big"), setup)
        if int.from_bytes(value, "big") != wanted:
            refuse("wrong-data", f"blob {index}: its value at z is 0x{value.hex()}, the output's {wanted:#x}")
        proofs.append(proof)
    return Blobs(tuple(blobs), kzg.commitments, tuple(proofs))
