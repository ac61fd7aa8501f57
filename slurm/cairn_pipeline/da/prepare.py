"""From a program output and its segment to the manifest: every check, and only then the files."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from cairn_pipeline.contract import write_model
from cairn_pipeline.da import kzg
from cairn_pipeline.da.equivalence import ProvenBlob, prove
from cairn_pipeline.da.errors import DaError, Reason
from cairn_pipeline.da.felts import felts_bytes, read_text
from cairn_pipeline.da.limits import (
    Limits,
    check_blobs,
    check_calldata,
    check_data,
    check_starknet_calldata,
    update_state_bytes,
    update_state_kzg_bytes,
    update_state_with_data_bytes,
)
from cairn_pipeline.da.manifest import (
    BlobEntry,
    DaManifest,
    Layer,
    Mode,
    OnchainDataEntry,
    PageEntry,
    SegmentEntry,
)
from cairn_pipeline.da.onchain_data import OnchainData, onchain_data, state_transition_fact
from cairn_pipeline.da.segment import open_segment
from cairn_pipeline.da.snos_output import SnosOutput
from cairn_pipeline.da.store import publish
from cairn_pipeline.files import write_atomic

STARKNET_CALL_WORDS = 16  # beside the program output: lengths, the bridge's output, the account's call


class DaOptions(BaseModel):
    """mode: by default ethereum-blob or calldata, as use_kzg_da says. store: alt-da's directory or address.

    sidecar: which proofs the blob transaction will need. token_file: holds the store's bearer token.
    data: of mode calldata, as the settle stage's option of that name.
    """

    model_config = ConfigDict(extra="ignore")  # jobs add options of their own
    mode: Mode | None = None
    layer: Layer = Layer.ETHEREUM
    data: Literal["in-transaction", "elsewhere"] = "in-transaction"
    store: str | None = None
    token_file: Path | None = None
    store_timeout_seconds: float = Field(30.0, gt=0)
    sidecar: tuple[int, ...] = (4844, 7594)
    limits: Limits = Limits()


@dataclass
class Plan:
    """What was found good; publish_plan turns it into files."""

    mode: Mode
    output: SnosOutput
    segment: Sequence[int]
    manifest: DaManifest
    blobs: list[ProvenBlob] = field(default_factory=list)


def plan(output: SnosOutput, segment: Sequence[int], options: DaOptions) -> Plan:
    """Checks that segment is output's and that both can be settled. Raises DaError naming what is not."""
    mode = options.mode or (Mode.ETHEREUM_BLOB if output.use_kzg_da else Mode.CALLDATA)
    _check_mode(mode, output, options)
    if not output.use_kzg_da and tuple(segment) != output.da_segment:
        raise DaError(Reason.SEGMENT_MISMATCH, _difference(segment, output.da_segment))
    calldata_bytes = _check_limits(mode, output, segment, options)
    blobs = prove(segment, output) if output.use_kzg_da else []
    manifest = DaManifest(
        mode=mode,
        layer=options.layer,
        block=output.number,
        use_kzg_da=output.use_kzg_da,
        main_words=output.main_words,
        state_transition_fact=f"{state_transition_fact(output):#066x}",
        calldata_bytes=calldata_bytes,
        segment=SegmentEntry(
            kind=_kind(segment),
            words=len(segment),
            sha256=hashlib.sha256(felts_bytes(segment)).hexdigest(),
        ),
        z=hex(output.kzg.z) if output.kzg else None,
        blobs=[_entry(blob) for blob in blobs],
        onchain_data=None if output.use_kzg_da else _data_entry(onchain_data(output)),
    )
    return Plan(mode, output, segment, manifest, blobs)


def publish_plan(plan: Plan, directory: Path, options: DaOptions) -> dict[str, Path]:
    """Writes manifest and blobs into directory, and in alt-da the data into the store. Files by name."""
    files: dict[str, Path] = {}
    if plan.mode is Mode.ETHEREUM_BLOB:
        for i, blob in enumerate(plan.blobs):
            files[f"blob_{i}"] = _write_blob(
                plan.manifest.blobs[i], blob, directory / f"blob_{i}.bin", options
            )
    elif plan.mode is Mode.ALT_DA:
        _store(plan, options)
    files["da_manifest"] = directory / "da_manifest.json"
    write_model(files["da_manifest"], plan.manifest)
    return files


def _check_mode(mode: Mode, output: SnosOutput, options: DaOptions) -> None:
    if output.full_output:
        raise DaError(
            Reason.FULL_OUTPUT,
            "program output: full_output is 1; the core contract takes 0: aggregate it first",
        )
    if mode is Mode.ETHEREUM_BLOB and not output.use_kzg_da:
        raise DaError(
            Reason.MODE_MISMATCH, "mode ethereum-blob: the program output has use_kzg_da 0; use calldata"
        )
    if mode is Mode.CALLDATA and output.use_kzg_da:
        raise DaError(
            Reason.MODE_MISMATCH, "mode calldata: the program output has use_kzg_da 1; use ethereum-blob"
        )
    if mode is Mode.ETHEREUM_BLOB and options.layer is not Layer.ETHEREUM:
        raise DaError(Reason.MODE_MISMATCH, f"mode ethereum-blob: layer {options.layer.value} has no blobs")
    if mode is Mode.ALT_DA and options.store is None:
        raise DaError(Reason.OPTION_INVALID, "mode alt-da: no store given (a directory or an http address)")
    unknown = sorted(set(options.sidecar) - {4844, 7594})
    if unknown or (mode is Mode.ETHEREUM_BLOB and not options.sidecar):
        raise DaError(Reason.OPTION_INVALID, f"sidecar {list(options.sidecar)}: wanted 4844, 7594 or both")


def _check_limits(mode: Mode, output: SnosOutput, segment: Sequence[int], options: DaOptions) -> int:
    """The bytes of the settlement call."""
    commitments = len(output.kzg.commitments) if output.kzg else 0
    check_blobs(commitments, options.limits)
    if mode is not Mode.ETHEREUM_BLOB:
        check_data(len(segment), options.limits)
    if options.layer is Layer.STARKNET:
        words = STARKNET_CALL_WORDS + len(output.felts)
        check_starknet_calldata(words, options.limits)
        return 32 * words
    if output.use_kzg_da:
        size = update_state_kzg_bytes(output.main_words, commitments)
    elif mode is Mode.CALLDATA and options.data == "in-transaction":
        size = update_state_with_data_bytes(output.main_words, len(segment))
    else:
        size = update_state_bytes(output.main_words)
    check_calldata(size, options.limits)
    return size


def _kind(segment: Sequence[int]) -> str:
    """What the segment is; "unknown" (a version to come) is as good, since the program vouches for it."""
    try:
        return open_segment(segment).kind.value
    except DaError:
        return "unknown"


def _difference(segment: Sequence[int], wanted: Sequence[int]) -> str:
    if len(segment) != len(wanted):
        return f"DA segment: {len(segment)} words, the program output holds {len(wanted)}"
    first = next(i for i, (a, b) in enumerate(zip(segment, wanted, strict=True)) if a != b)
    return f"DA segment: word {first} is {segment[first]:#x}, the program output holds {wanted[first]:#x}"


def _entry(blob: ProvenBlob) -> BlobEntry:
    return BlobEntry(
        versioned_hash=_hex(blob.versioned_hash),
        commitment=_hex(blob.commitment),
        y=hex(blob.y),
        proof=_hex(blob.proof),
        words=len(blob.words),
    )


def _data_entry(data: OnchainData) -> OnchainDataEntry:
    pages = [PageEntry(start=page.start, words=page.words, hash=f"{page.hash:#066x}") for page in data.pages]
    return OnchainDataEntry(hash=f"{data.hash:#066x}", size=data.size, pages=pages)


def _write_blob(entry: BlobEntry, blob: ProvenBlob, path: Path, options: DaOptions) -> Path:
    if 4844 in options.sidecar:
        entry.blob_proof = _hex(kzg.blob_proof(blob.blob, blob.commitment))
    if 7594 in options.sidecar:
        entry.cell_proofs = [_hex(proof) for proof in kzg.cell_proofs(blob.blob)]
    entry.file = path.name
    write_atomic(path, blob.blob)
    return path


def _store(plan: Plan, options: DaOptions) -> None:
    """Objects are named by what the chain shows: a blob's versioned hash, or the hash of the data's pages."""
    assert options.store is not None
    token = read_text(options.token_file).strip() if options.token_file else None
    objects = {_hex(blob.versioned_hash): felts_bytes(blob.words) for blob in plan.blobs}
    if plan.manifest.onchain_data is not None:
        objects[plan.manifest.onchain_data.hash] = felts_bytes(plan.segment)
    plan.manifest.stored = [
        publish(options.store, name, data, token=token, timeout=options.store_timeout_seconds)
        for name, data in objects.items()
    ]


def _hex(data: bytes) -> str:
    return "0x" + data.hex()
