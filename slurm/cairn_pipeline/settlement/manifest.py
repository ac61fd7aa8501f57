"""What the da stage left (da_manifest), held to the program output before anything is sent."""

import hashlib
from pathlib import Path

from pydantic import ValidationError

from cairn_pipeline.da import kzg
from cairn_pipeline.da.felts import felts_bytes
from cairn_pipeline.da.manifest import BlobEntry, DaManifest, Layer, Mode
from cairn_pipeline.da.onchain_data import state_transition_fact
from cairn_pipeline.settlement.errors import refuse
from cairn_pipeline.settlement.output import Output


def read_manifest(path: Path) -> DaManifest:
    """Raises SettlementError(manifest)."""
    try:
        return DaManifest.model_validate_json(path.read_bytes())
    except OSError as error:
        refuse("manifest", f"{path}: {error.strerror}")
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "it"
        refuse("manifest", f"{path}: {where}: {first['msg']}: is it a da_manifest of this version?")


def check_manifest(manifest: DaManifest, output: Output, mode: str | None, layer: Layer) -> None:
    """Holds it to the output, to the fact da_mode (None: not stated), and to where it is to be settled.

    Raises SettlementError(wrong-data, or manifest for numbers that are none).
    """
    if mode is not None and mode != manifest.mode.value:
        refuse("wrong-data", f"da_manifest: mode {manifest.mode.value}, the fact da_mode is {mode}")
    if manifest.layer is not layer:
        refuse("wrong-data", f"da_manifest: made for {manifest.layer.value}, to be settled on {layer.value}")
    if (manifest.mode is Mode.ETHEREUM_BLOB and output.kzg is None) or (
        manifest.mode is Mode.CALLDATA and output.kzg is not None
    ):
        refuse("wrong-data", f"da_manifest: mode {manifest.mode.value} is none for the output's use_kzg_da")
    _same("block", manifest.block, output.new_number)
    _same("use_kzg_da", manifest.use_kzg_da, output.kzg is not None)
    _same("main_words", manifest.main_words, output.snos.main_words)
    _same(
        "state_transition_fact",
        _number(manifest.state_transition_fact),
        state_transition_fact(output.snos),
    )
    names = _check_blobs(manifest, output) if output.kzg else _check_onchain_data(manifest, output)
    if manifest.mode is Mode.ALT_DA:
        stored = {_number(entry.name) for entry in manifest.stored}
        for name in names:
            if name not in stored:
                refuse("wrong-data", f"da_manifest: no object {name:#066x} in the store")


def openings(manifest: DaManifest, output: Output) -> list[bytes]:
    """The proofs that the output's commitments have its values at z, each verified.

    For a manifest that check_manifest has let pass. Raises SettlementError(wrong-data).
    """
    assert output.kzg is not None
    claimed, proofs = output.kzg, []
    for index, (commitment, value) in enumerate(zip(claimed.commitments, claimed.values, strict=True)):
        text = manifest.blobs[index].proof
        try:
            proof = bytes.fromhex(text.removeprefix("0x"))
            good = kzg.verify_opening(commitment, claimed.z, value, proof)
        except (RuntimeError, ValueError):  # no point of the curve; no 48 bytes; no hexadecimal text
            good = False
        if not good:
            refuse(
                "wrong-data",
                f"da_manifest: blob {index}: proof {text[:20]}.. does not open the output's commitment at z "
                "to its value",
            )
        proofs.append(proof)
    return proofs


def _check_blobs(manifest: DaManifest, output: Output) -> list[int]:
    """Returns the versioned hashes."""
    assert output.kzg is not None
    _same("z", _number(manifest.z), output.kzg.z)
    _same("number of blobs", len(manifest.blobs), len(output.kzg.commitments))
    hashes = [int.from_bytes(kzg.versioned_hash(one), "big") for one in output.kzg.commitments]
    for index, entry in enumerate(manifest.blobs):
        commitment = int.from_bytes(output.kzg.commitments[index], "big")
        _check_blob(index, entry, commitment, output.kzg.values[index], hashes[index])
    return hashes


def _check_blob(index: int, entry: BlobEntry, commitment: int, value: int, versioned_hash: int) -> None:
    _same(f"blob {index}: commitment", _number(entry.commitment), commitment)
    _same(f"blob {index}: y", _number(entry.y), value)
    _same(f"blob {index}: versioned_hash", _number(entry.versioned_hash), versioned_hash)


def _check_onchain_data(manifest: DaManifest, output: Output) -> list[int]:
    """Returns the one node's hash."""
    entry = manifest.onchain_data
    if entry is None:
        refuse("wrong-data", "da_manifest: no onchain_data, wanted those of an output with use_kzg_da 0")
    _same("onchain_data.hash", _number(entry.hash), output.data_node)
    _same("onchain_data.size", entry.size, len(output.data))
    digest = hashlib.sha256(felts_bytes(output.data)).hexdigest()
    _same("segment.sha256", manifest.segment.sha256, digest)
    return [output.data_node]


def _same(what: str, found: int | str, wanted: int | str) -> None:
    if found != wanted:
        shown = [hex(x) if isinstance(x, int) and x > 2**32 else str(x) for x in (found, wanted)]
        refuse("wrong-data", f"da_manifest: {what} is {shown[0]}, the program output's {shown[1]}")


def _number(text: str | None) -> int:
    """Of 0x-text. Raises SettlementError(manifest)."""
    try:
        return int(str(text), 16)
    except ValueError:
        refuse("manifest", f"da_manifest: {str(text)[:40]!r} is no number, wanted 0x..")
