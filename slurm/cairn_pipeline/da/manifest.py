"""da_manifest: what settlement needs to know of a block's data, as JSON; hashes and words are 0x-text."""

import enum

from pydantic import ConfigDict, Field

from cairn_pipeline.contract import Strict

SCHEMA = 1


class Mode(enum.StrEnum):
    ETHEREUM_BLOB = "ethereum-blob"  # blobs in the settlement transaction (use_kzg_da = 1)
    CALLDATA = "calldata"  # the segment is part of the program output (use_kzg_da = 0)
    ALT_DA = "alt-da"  # the segment lies in a store; the transaction proves what was stored


class Layer(enum.StrEnum):
    ETHEREUM = "ethereum"
    STARKNET = "starknet"


class SegmentEntry(Strict):
    kind: str  # plain, compressed, encrypted, unknown
    words: int
    sha256: str  # of its 32-byte big-endian words


class BlobEntry(Strict):
    """proof opens commitment at z to y (point evaluation precompile); blob_proof (EIP-4844) and cell_proofs
    (EIP-7594) are for the sidecar. file is absent in alt-da."""

    versioned_hash: str
    commitment: str
    y: str
    proof: str
    words: int
    file: str | None = None  # beside the manifest; 131,072 bytes
    blob_proof: str | None = None
    cell_proofs: list[str] = []


class PageEntry(Strict):
    start: int  # from the first word of the program output
    words: int
    hash: str


class OnchainDataEntry(Strict):
    """updateState(output[:main_words], hash, size)"""

    hash: str
    size: int
    pages: list[PageEntry]


class StoredEntry(Strict):
    """An object in the alternative store: 32-byte big-endian words, named by what the chain will show."""

    name: str
    url: str
    bytes: int
    sha256: str


class DaManifest(Strict):
    schema_: int = Field(SCHEMA, alias="schema")
    mode: Mode
    layer: Layer
    block: int
    use_kzg_da: bool
    main_words: int  # of the program output, which go into the settlement transaction
    state_transition_fact: str
    calldata_bytes: int  # of the settlement call; on Starknet 32 a word
    segment: SegmentEntry
    z: str | None = None
    blobs: list[BlobEntry] = []
    onchain_data: OnchainDataEntry | None = None
    stored: list[StoredEntry] = []
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    @property
    def versioned_hashes(self) -> list[str]:
        return [blob.versioned_hash for blob in self.blobs]
