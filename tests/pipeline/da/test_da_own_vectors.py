"""The small vectors of tests/data/da: computed there from the definitions, here by the code."""

import hashlib
import json
import random
from typing import Any

import pytest
from cairn_pipeline.da import kzg, stateless
from cairn_pipeline.da.blob import build_blob, chunks, read_blob
from cairn_pipeline.da.equivalence import prove
from cairn_pipeline.da.felts import felts_bytes
from cairn_pipeline.da.onchain_data import onchain_data, state_transition_fact
from cairn_pipeline.da.segment import Kind, build_segment, open_segment
from cairn_pipeline.da.snos_output import MessageToL1, MessageToL2, parse
from cairn_pipeline.da.state_update import parse_state_update
from cairn_pipeline.da.state_words import Form, decode, encode

Vectors = dict[str, Any]


def felts(texts: list[str]) -> list[int]:
    return [int(text, 16) for text in texts]


def large_segment() -> list[int]:
    """6000 words: two blobs, two pages."""
    generator = random.Random(4844)
    return [generator.randrange(2 ** generator.choice([8, 60, 130, 251])) for _ in range(6000)]


def encrypted_segment(own: Vectors) -> list[int]:
    return felts(own["encrypted"]["segment"])


@pytest.mark.parametrize("form, name", [(Form.PACKED, "diff_words"), (Form.PACKED_OLD, "old_words")])
def test_state_diff_has_the_words_written_by_hand(own: Vectors, form: Form, name: str) -> None:
    diff = parse_state_update(json.dumps({"state_diff": own["state_diff"]}), "vector")

    words = encode(diff, form)

    assert words == felts(own[name])
    assert decode(words, form) == diff


def test_compression_gives_the_words_of_the_definition(own: Vectors) -> None:
    diff = parse_state_update(json.dumps({"state_diff": own["state_diff"]}), "vector")

    segment = build_segment(diff)

    assert segment == felts(own["small"]["segment"])
    assert open_segment(segment).diff == diff
    large = hashlib.sha256(felts_bytes(stateless.compress(large_segment()))).hexdigest()
    assert large == own["large"]["compressed_sha256"]


@pytest.mark.parametrize("name", ["small", "encrypted", "large"])
def test_blobs_and_proofs_are_those_of_the_definition(own: Vectors, name: str) -> None:
    vector = own[name]
    segment = large_segment() if name == "large" else felts(vector["segment"])
    output = parse(felts(vector["output"]))

    proven = prove(segment, output)

    assert output.kzg is not None and hex(output.kzg.z) == vector["z"]
    assert [hashlib.sha256(p.blob).hexdigest() for p in proven] == vector["blobs_sha256"]
    assert [hex(p.y) for p in proven] == vector["y"]
    assert ["0x" + p.commitment.hex() for p in proven] == vector["commitments"]
    assert ["0x" + p.proof.hex() for p in proven] == vector["proofs"]
    assert ["0x" + p.versioned_hash.hex() for p in proven] == vector["versioned_hashes"]


def test_encrypted_segment_is_recognized_and_left_alone(own: Vectors) -> None:
    opened = open_segment(encrypted_segment(own))

    assert opened.kind is Kind.ENCRYPTED
    assert opened.public_keys == (0x111, 0x222)
    assert opened.diff is None


def test_output_gives_messages_and_header(own: Vectors) -> None:
    output = parse(felts(own["small"]["output"]))

    assert (output.previous_number, output.number) == (41, 42)
    assert (output.initial_root, output.final_root) == (0x1001, 0x1002)
    assert (output.previous_hash, output.block_hash, output.config_hash) == (0x2001, 0x2002, 0x3001)
    assert output.messages_to_l1 == (MessageToL1(0xA, 0xB, (7, 8)),)
    assert output.messages_to_l2 == (MessageToL2(0xC, 0xD, 3, 0xE, (9,)),)


def test_calldata_has_the_hash_of_its_pages(own: Vectors) -> None:
    small = parse(felts(own["calldata"]["output"]))
    large = parse([*small.felts[: small.main_words], *large_segment()])

    for output, vector, pages in ((small, own["calldata"], 1), (large, own["large"], 2)):
        data = onchain_data(output)

        assert output.main_words == vector["main_words"]
        assert f"{data.hash:#066x}" == vector["data_hash"]
        assert len(data.pages) == pages
        assert f"{state_transition_fact(output):#066x}" == vector["state_transition_fact"]


def test_sidecar_proofs_verify() -> None:
    blob = build_blob(chunks(large_segment())[0])
    commitment = kzg.commit(blob)

    proof, cells = kzg.blob_proof(blob, commitment), kzg.cell_proofs(blob)

    assert kzg.verify_blob_proof(blob, commitment, proof)
    assert kzg.verify_cell_proofs(blob, commitment, cells)
    assert not kzg.verify_cell_proofs(blob, commitment, [cells[1], cells[0], *cells[2:]])


def test_blob_gives_its_words_back() -> None:
    segment = large_segment()

    parts = [read_blob(build_blob(part)) for part in chunks(segment)]

    assert parts[0] + parts[1] == segment + [0] * (8192 - 6000)
