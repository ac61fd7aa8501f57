"""What a file of words or a blob holds, as facts in a fixed order: the content of `inspect`."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from cairn_pipeline.da import kzg
from cairn_pipeline.da.blob import BLOB_BYTES, blob_bytes, join
from cairn_pipeline.da.errors import DaError, Reason
from cairn_pipeline.da.felts import felts_bytes, parse_felts
from cairn_pipeline.da.onchain_data import onchain_data, state_transition_fact
from cairn_pipeline.da.segment import open_segment
from cairn_pipeline.da.snos_output import SnosOutput, parse, without_aggregator_input

Facts = dict[str, str | int | bool | None]
HEX_BLOB_BYTES = 2 * BLOB_BYTES


def inspect_file(path: Path) -> Facts:
    """Facts of a blob (bytes or hexadecimal), a DA segment or a program output. Raises DaError."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DaError(Reason.NOT_FELTS, f"{path}: {error.strerror}") from None
    if len(raw) == BLOB_BYTES or HEX_BLOB_BYTES <= len(raw.strip()) <= HEX_BLOB_BYTES + 2:
        return inspect_blob(blob_bytes(raw, str(path)), str(path))
    try:
        text = raw.decode("ascii")
    except UnicodeDecodeError:
        raise DaError(
            Reason.NOT_FELTS, f"{path}: {len(raw)} bytes, neither a blob nor a list of felts"
        ) from None
    felts = parse_felts(text, str(path))
    try:
        return {"what": "DA segment", **inspect_segment(felts, str(path))}
    except DaError as no_segment:
        try:
            return inspect_output(parse(without_aggregator_input(felts), str(path)))
        except DaError as no_output:
            raise DaError(
                Reason.NOT_FELTS, f"{path}: neither a segment ({no_segment}) nor an output ({no_output})"
            ) from None


def inspect_blob(blob: bytes, name: str) -> Facts:
    """Its hashes, and what its words are as a segment (if it holds a whole one)."""
    words = join([blob], name)
    commitment = kzg.commit(blob)
    facts: Facts = {
        "what": "blob",
        "commitment": "0x" + commitment.hex(),
        "versioned hash": "0x" + kzg.versioned_hash(commitment).hex(),
    }
    last: DaError | None = None
    for zeros in range(3):  # a segment may end with zeros, which a blob does not tell from padding
        try:
            return facts | inspect_segment([*words, *[0] * zeros], name)
        except DaError as error:
            last = last or error
    return facts | {"words": len(words), "segment": f"not whole: {last}"}


def inspect_segment(felts: Sequence[int], name: str) -> Facts:
    """Raises DaError(segment-malformed)."""
    opened = open_segment(felts, name)
    facts: Facts = {
        "kind": opened.kind.value,
        "words": opened.words,
        "blobs": -(-opened.words // 4096),
        "sha256": hashlib.sha256(felts_bytes(felts)).hexdigest(),
    }
    if opened.diff is None:
        return facts | {"public keys": len(opened.public_keys)}
    diff = opened.diff
    return facts | {
        "words of the state diff": opened.diff_words,
        "form": opened.form.value if opened.form else None,
        "contracts": len(diff.contracts),
        "storage changes": diff.storage_changes,
        "nonces": sum(c.nonce is not None for c in diff.contracts),
        "class changes": sum(c.class_hash is not None for c in diff.contracts),
        "classes declared": len(diff.classes),
    }


def inspect_output(output: SnosOutput) -> Facts:
    facts: Facts = {
        "what": "program output",
        "layout": output.layout.value,
        "previous block": output.previous_number,
        "block": output.number,
        "initial root": hex(output.initial_root),
        "final root": hex(output.final_root),
        "block hash": hex(output.block_hash),
        "OS program hash": hex(output.os_program_hash),
        "config hash": hex(output.config_hash),
        "use_kzg_da": output.use_kzg_da,
        "full_output": output.full_output,
        "messages to L1": len(output.messages_to_l1),
        "messages to L2": len(output.messages_to_l2),
        "words of header and messages": output.main_words,
        "words of the DA segment": len(output.da_segment),
        "state transition fact": f"{state_transition_fact(output):#066x}",
    }
    if output.kzg is not None:
        facts |= {"blobs": len(output.kzg.commitments), "z": hex(output.kzg.z)}
        for i, (commitment, y) in enumerate(zip(output.kzg.commitments, output.kzg.values, strict=True)):
            facts |= {f"commitment {i}": "0x" + commitment.hex(), f"y {i}": hex(y)}
        return facts
    data = onchain_data(output)
    return facts | {"onchain data hash": f"{data.hash:#066x}", "pages": len(data.pages)}
