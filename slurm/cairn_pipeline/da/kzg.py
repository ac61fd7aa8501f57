"""KZG commitments and proofs of blobs, by ckzg with the ceremony's setup that eth-account carries."""

import hashlib
from functools import cache
from importlib.resources import as_file, files
from typing import Any

import ckzg

CELLS = 128


@cache
def _setup() -> Any:
    resource = files("eth_account.typed_transactions.blob_transactions") / "kzg_trusted_setup.txt"
    with as_file(resource) as path:
        return ckzg.load_trusted_setup(str(path), 0)


def commit(blob: bytes) -> bytes:
    """The blob's 48-byte commitment."""
    return bytes(ckzg.blob_to_kzg_commitment(blob, _setup()))


def versioned_hash(commitment: bytes) -> bytes:
    """What the BLOBHASH opcode gives for a blob of this commitment (EIP-4844)."""
    return b"\x01" + hashlib.sha256(commitment).digest()[1:]


def open_at(blob: bytes, point: int) -> tuple[bytes, int]:
    """The blob's value at point and, first, the proof of it, for the point evaluation precompile."""
    proof, value = ckzg.compute_kzg_proof(blob, point.to_bytes(32, "big"), _setup())
    return proof, int.from_bytes(value, "big")


def verify_opening(commitment: bytes, point: int, value: int, proof: bytes) -> bool:
    """What the point evaluation precompile checks."""
    z, y = point.to_bytes(32, "big"), value.to_bytes(32, "big")
    return bool(ckzg.verify_kzg_proof(commitment, z, y, proof, _setup()))


def blob_proof(blob: bytes, commitment: bytes) -> bytes:
    """The sidecar's proof of one blob (EIP-4844)."""
    return bytes(ckzg.compute_blob_kzg_proof(blob, commitment, _setup()))


def cell_proofs(blob: bytes) -> list[bytes]:
    """The sidecar's 128 proofs of one blob (EIP-7594)."""
    return list(ckzg.compute_cells_and_kzg_proofs(blob, _setup())[1])


def verify_blob_proof(blob: bytes, commitment: bytes, proof: bytes) -> bool:
    return bool(ckzg.verify_blob_kzg_proof(blob, commitment, proof, _setup()))


def verify_cell_proofs(blob: bytes, commitment: bytes, proofs: list[bytes]) -> bool:
    cells = ckzg.compute_cells(blob, _setup())
    commitments, indices = [commitment] * CELLS, list(range(CELLS))
    return bool(ckzg.verify_cell_kzg_proof_batch(commitments, indices, cells, proofs, _setup()))
