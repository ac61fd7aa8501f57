"""That blobs hold just the data the program committed to: commitments, the point z, the values y, the proofs.

The program outputs z = Poseidon(Poseidon(data), Poseidon(commitment words)) and y = p(z) for each blob's
polynomial p. A proof that the committed polynomial has the value y at z is checked on chain, so the blob's
data and the program's are the same; here all of it is recomputed from the data before anything is sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from poseidon_py.poseidon_hash import poseidon_hash, poseidon_hash_many

from cairn_pipeline.da import kzg
from cairn_pipeline.da.blob import build_blob, chunks
from cairn_pipeline.da.errors import DaError, Reason
from cairn_pipeline.da.scalar_field import evaluate_at
from cairn_pipeline.da.snos_output import KzgWords, Layout, SnosOutput


@dataclass(frozen=True)
class ProvenBlob:
    """proof opens the commitment at z to y."""

    words: tuple[int, ...]
    blob: bytes
    commitment: bytes
    y: int
    proof: bytes

    @property
    def versioned_hash(self) -> bytes:
        return kzg.versioned_hash(self.commitment)


def point(data: Sequence[int], words: Sequence[int], layout: Layout) -> int:
    """z of data and commitment words (low, high of each). The old layout hashes its one pair as a pair."""
    commitments = (
        poseidon_hash_many(list(words)) if layout is Layout.CURRENT else poseidon_hash(words[0], words[1])
    )
    return int(poseidon_hash(poseidon_hash_many(list(data)), commitments))


def prove(segment: Sequence[int], output: SnosOutput) -> list[ProvenBlob]:
    """The blobs of segment and their proofs. Raises DaError naming what is not as output says."""
    if output.kzg is None:
        raise DaError(Reason.MODE_MISMATCH, "program output: use_kzg_da is 0, blobs need 1")
    parts = chunks(segment)
    if len(parts) != len(output.kzg.commitments):
        raise DaError(
            Reason.BLOB_COUNT_MISMATCH,
            f"DA segment: {len(segment)} words are {len(parts)} blobs, "
            f"the program output has {len(output.kzg.commitments)}",
        )
    blobs = [build_blob(part) for part in parts]
    _check_commitments(blobs, output.kzg)
    z = point(segment, output.kzg.commitment_words, output.layout)
    if z != output.kzg.z:
        raise DaError(
            Reason.Z_MISMATCH, f"DA segment: its z is {z:#x}, the program output has {output.kzg.z:#x}"
        )
    return [
        _prove_one(i, part, blob, output.kzg) for i, (part, blob) in enumerate(zip(parts, blobs, strict=True))
    ]


def matches(segment: Sequence[int], output: SnosOutput) -> bool:
    """Whether segment is the data behind output's z (which binds data and commitments): the quick test."""
    return (
        output.kzg is not None and point(segment, output.kzg.commitment_words, output.layout) == output.kzg.z
    )


def _check_commitments(blobs: Sequence[bytes], claimed: KzgWords) -> None:
    for i, (blob, commitment) in enumerate(zip(blobs, claimed.commitments, strict=True)):
        found = kzg.commit(blob)
        if found != commitment:
            raise DaError(
                Reason.COMMITMENT_MISMATCH,
                f"blob {i}: the DA segment's commitment is 0x{found.hex()}, "
                f"the program output has 0x{commitment.hex()}",
            )


def _prove_one(index: int, part: Sequence[int], blob: bytes, claimed: KzgWords) -> ProvenBlob:
    commitment, y = claimed.commitments[index], evaluate_at(part, claimed.z)
    if y != claimed.values[index]:
        raise DaError(
            Reason.Y_MISMATCH,
            f"blob {index}: p(z) is {y:#x}, the program output has {claimed.values[index]:#x}",
        )
    proof, opened = kzg.open_at(blob, claimed.z)
    if opened != y or not kzg.verify_opening(commitment, claimed.z, y, proof):
        raise DaError(
            Reason.PROOF_INVALID, f"blob {index}: its opening proof does not verify at z = {claimed.z:#x}"
        )
    return ProvenBlob(tuple(part), blob, commitment, y, proof)
