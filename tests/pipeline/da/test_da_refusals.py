"""Every reason has a case here that provokes just it."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cairn_pipeline.contract import ErrorClass
from cairn_pipeline.da import aliases, equivalence, felts, state_files, stateless, store
from cairn_pipeline.da.blob import read_blob, read_blob_file
from cairn_pipeline.da.errors import DaError, Reason
from cairn_pipeline.da.limits import Limits
from cairn_pipeline.da.manifest import Layer, Mode
from cairn_pipeline.da.onchain_data import check_pages
from cairn_pipeline.da.pie_memory import Pie
from cairn_pipeline.da.prepare import DaOptions, plan
from cairn_pipeline.da.segment import open_segment
from cairn_pipeline.da.snos_output import SnosOutput, parse
from cairn_pipeline.da.state_diff import ContractChange, StateDiff, StorageChange
from cairn_pipeline.da.state_update import parse_state_update
from cairn_pipeline.da.state_words import Form, decode, encode

Z, COMMITMENT_LOW, Y_LOW = 10, 12, 14  # words of the small vector's output


class Block:
    """The small vectors, and a run of the da stage's checks over them."""

    def __init__(self, own: dict[str, Any], folder: Path) -> None:
        self.folder = folder
        self.kzg = [int(word, 16) for word in own["small"]["output"]]
        self.segment = [int(word, 16) for word in own["small"]["segment"]]
        self.calldata = [int(word, 16) for word in own["calldata"]["output"]]

    def run(self, output: list[int], segment: list[int], **options: Any) -> None:
        plan(parse(output), segment, DaOptions(**options))

    def with_word(self, index: int, value: int) -> list[int]:
        return [*self.kzg[:index], value, *self.kzg[index + 1 :]]

    def file(self, content: bytes | str, name: str = "file") -> Path:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def pie(self, **members: str) -> Path:
        path = self.folder / "block.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in members.items():
                archive.writestr(name.replace("_json", ".json").replace("_bin", ".bin"), content)
        return path

    def parsed(self) -> SnosOutput:
        return parse(self.calldata)


@pytest.fixture
def block(own: dict[str, Any], tmp_path: Path) -> Block:
    return Block(own, tmp_path)


def huge_diff() -> StateDiff:
    change = StorageChange(1, 1)
    return StateDiff((ContractChange(1, storage=(change,) * 2**19),))


Case = tuple[Reason, str, Callable[[Block], object]]
CASES: list[Case] = [
    (Reason.NOT_FELTS, "is empty", lambda b: felts.read_felts(b.file(""))),
    (Reason.NOT_FELTS, "no JSON", lambda b: felts.read_felts(b.file('["0x1", '))),
    (Reason.NOT_FELTS, "no JSON", lambda b: felts.read_felts(b.file("[" * 100_000))),
    (Reason.NOT_FELTS, "word 1: 'x'", lambda b: felts.read_felts(b.file('["0x1", "x"]'))),
    (
        Reason.NOT_FELTS,
        "is not below the field's prime",
        lambda b: felts.parse_felts(str(felts.PRIME), "file"),
    ),
    (Reason.NOT_FELTS, "is not text", lambda b: felts.read_felts(b.file(b"\xff\x00"))),
    (Reason.NOT_FELTS, "No such file", lambda b: felts.read_felts(b.folder / "absent")),
    (Reason.NOT_FELTS, "'True' is no number", lambda b: felts.parse_felts("[true]", "file")),
    (Reason.OUTPUT_MALFORMED, "ends after 9 words, wanted full_output", lambda b: parse(b.kzg[:9])),
    (Reason.OUTPUT_MALFORMED, "use_kzg_da is 0x2", lambda b: parse(b.with_word(8, 2))),
    (Reason.OUTPUT_MALFORMED, "block number 41 does not follow 41", lambda b: parse(b.with_word(3, 41))),
    (Reason.OUTPUT_MALFORMED, "0 blobs", lambda b: parse(b.with_word(11, 0))),
    (Reason.OUTPUT_MALFORMED, "low word of y", lambda b: parse(b.with_word(Y_LOW, 1 << 128))),
    (
        Reason.OUTPUT_MALFORMED,
        "low word of a commitment",
        lambda b: parse(b.with_word(COMMITMENT_LOW, 1 << 192)),
    ),
    (Reason.OUTPUT_MALFORMED, "the content ends after", lambda b: parse([*b.kzg, 0])),
    (
        Reason.OUTPUT_MALFORMED,
        "L1 to L2 messages wanted, 6 are left",
        lambda b: parse([*b.kzg[:-7], 9, *b.kzg[-6:]]),
    ),
    (
        Reason.OUTPUT_MALFORMED,
        "messages to L1: word 3: 99 words",
        lambda b: parse([*b.kzg[:-10], 99, *b.kzg[-9:]]),
    ),
    (Reason.OUTPUT_MALFORMED, "wanted a DA segment", lambda b: parse(b.calldata[: b.parsed().main_words])),
    (Reason.SEGMENT_MALFORMED, "is empty", lambda b: open_segment([])),
    (Reason.SEGMENT_MALFORMED, "wanted bucket numbers", lambda b: open_segment(b.segment[:-1])),
    (Reason.SEGMENT_MALFORMED, "the content ends after", lambda b: open_segment([*b.segment, 0])),
    (
        Reason.SEGMENT_MALFORMED,
        "unique and",
        lambda b: open_segment([b.segment[0] + (1 << 20), *b.segment[1:]]),
    ),
    (Reason.SEGMENT_MALFORMED, "no compression header", lambda b: stateless.decompress([1, 2])),
    (Reason.SEGMENT_MALFORMED, "more bits", lambda b: open_segment([*b.segment[:-1], felts.PRIME - 1])),
    (
        Reason.SEGMENT_MALFORMED,
        "not those that the header counts",
        lambda b: open_segment([*b.segment[:-1], 0]),
    ),
    (Reason.SEGMENT_MALFORMED, "contract 1 of 70", lambda b: open_segment([70, 5])),
    (Reason.SEGMENT_MALFORMED, "above 64 bits", lambda b: decode([1, 5, 1 << 74 | 2, 0], Form.PACKED)),
    (Reason.STATE_DIFF_MALFORMED, "no state update", lambda b: parse_state_update("{}", "update")),
    (Reason.STATE_DIFF_MALFORMED, "no state update", lambda b: parse_state_update("{", "update")),
    (Reason.STATE_DIFF_MALFORMED, "no state update", lambda b: parse_state_update("[" * 100_000, "update")),
    (
        Reason.STATE_DIFF_MALFORMED,
        "above 64 bits",
        lambda b: encode(StateDiff((ContractChange(5, 1 << 64),)), Form.PACKED),
    ),
    (
        Reason.STATE_DIFF_MALFORMED,
        "needs previous nonce",
        lambda b: encode(StateDiff((ContractChange(5),)), Form.FULL),
    ),
    (
        Reason.STATE_DIFF_MALFORMED,
        "has alias contract changes already",
        lambda b: aliases.allocate(StateDiff((ContractChange(2),)), {}),
    ),
    (
        Reason.STATE_DIFF_MALFORMED,
        "wanted pairs of key and alias",
        lambda b: state_files.read_pairs(b.file("3"), "key", "alias"),
    ),
    (
        Reason.ALIAS_UNKNOWN,
        "no alias for key 0x3e8",
        lambda b: aliases.compress(StateDiff((ContractChange(1000),)), {999: 128}),
    ),
    (
        Reason.ALIAS_UNKNOWN,
        "no key for alias 0x80",
        lambda b: aliases.decompress(StateDiff((ContractChange(128),)), {}),
    ),
    (Reason.BLOB_MALFORMED, "100 bytes", lambda b: read_blob(bytes(100))),
    (Reason.BLOB_MALFORMED, "value 0 is not below", lambda b: read_blob(b"\xff" * 131072)),
    (Reason.BLOB_MALFORMED, "no felt", lambda b: read_blob(bytes(63) + b"\x01" + bytes(131072 - 64))),
    (Reason.BLOB_MALFORMED, "hexadecimal", lambda b: read_blob_file(b.file("0xabc"))),
    (Reason.BLOB_MALFORMED, "No such file", lambda b: read_blob_file(b.folder / "absent")),
    (Reason.PIE_MALFORMED, "not a zip file", lambda b: Pie(b.file("PK"))),
    (Reason.PIE_MALFORMED, "metadata.json", lambda b: Pie(b.pie(memory_bin=""))),
    (
        Reason.PIE_MALFORMED,
        "ends within a cell",
        lambda b: Pie(
            b.pie(
                metadata_json='{"builtin_segments": {"output": {"index": 2, "size": 1}}}',
                additional_data_json="{}",
                memory_bin="x" * 41,
            )
        ).output(),
    ),
    (
        Reason.PIE_MALFORMED,
        "output word 0 of 1 is missing",
        lambda b: Pie(
            b.pie(
                metadata_json='{"builtin_segments": {"output": {"index": 2, "size": 1}}}',
                additional_data_json="{}",
                memory_bin="",
            )
        ).output(),
    ),
    (
        Reason.PIE_MALFORMED,
        "no output pages",
        lambda b: Pie(b.pie(metadata_json="{}", additional_data_json="{}", memory_bin="")).pages(),
    ),
    (
        Reason.SEGMENT_MISMATCH,
        "word 0 is 0x5, the program output holds",
        lambda b: b.run(b.calldata, [5, *b.segment[1:]]),
    ),
    (Reason.SEGMENT_MISMATCH, "words, the program output holds", lambda b: b.run(b.calldata, b.segment[:-1])),
    (
        Reason.SEGMENT_MISMATCH,
        "written in 5 ways",
        lambda b: state_files.segment_of_state_update(
            b.file('{"state_diff": {"storage_diffs": []}}'), parse(b.kzg)
        ),
    ),
    (
        Reason.BLOB_COUNT_MISMATCH,
        "5000 words are 2 blobs, the program output has 1",
        lambda b: b.run(b.kzg, [1] * 5000),
    ),
    (
        Reason.COMMITMENT_MISMATCH,
        "blob 0: the DA segment's commitment",
        lambda b: b.run(b.kzg, [*b.segment[:3], b.segment[3] + 1, *b.segment[4:]]),
    ),
    (
        Reason.COMMITMENT_MISMATCH,
        "the program output has",
        lambda b: b.run(b.with_word(COMMITMENT_LOW, 77), b.segment),
    ),
    # Zeros at the end change neither polynomial nor commitment, but they are other data.
    (Reason.Z_MISMATCH, "its z is", lambda b: b.run(b.kzg, [*b.segment, 0])),
    (Reason.Z_MISMATCH, "the program output has 0x99", lambda b: b.run(b.with_word(Z, 0x99), b.segment)),
    (Reason.Y_MISMATCH, "p(z) is", lambda b: b.run(b.with_word(Y_LOW, 5), b.segment)),
    (Reason.FULL_OUTPUT, "aggregate it first", lambda b: b.run(b.with_word(9, 1), b.segment)),
    (Reason.MODE_MISMATCH, "use calldata", lambda b: b.run(b.calldata, b.segment, mode=Mode.ETHEREUM_BLOB)),
    (Reason.MODE_MISMATCH, "use ethereum-blob", lambda b: b.run(b.kzg, b.segment, mode=Mode.CALLDATA)),
    (Reason.MODE_MISMATCH, "no blobs", lambda b: b.run(b.kzg, b.segment, layer=Layer.STARKNET)),
    (Reason.MODE_MISMATCH, "blobs need 1", lambda b: equivalence.prove(b.segment, b.parsed())),
    (
        Reason.TOO_MANY_BLOBS,
        "2 blobs, one transaction takes 1",
        lambda b: b.run(
            [*b.kzg[:11], 2, *b.kzg[12:14] * 2, *b.kzg[14:16] * 2, *b.kzg[16:]],
            [1] * 5000,
            limits=Limits(max_blobs=1),
        ),
    ),
    (
        Reason.CALLDATA_TOO_BIG,
        "one transaction takes 100",
        lambda b: b.run(b.calldata, b.segment, limits=Limits(max_calldata_bytes=100)),
    ),
    (
        Reason.CALLDATA_TOO_BIG,
        "words of call data, one transaction takes 20",
        lambda b: b.run(b.calldata, b.segment, layer=Layer.STARKNET, limits=Limits(max_calldata_words=20)),
    ),
    (
        Reason.DATA_TOO_BIG,
        "max_data_words is 3",
        lambda b: b.run(b.calldata, b.segment, limits=Limits(max_data_words=3)),
    ),
    (
        Reason.DATA_TOO_BIG,
        "compression takes",
        lambda b: stateless.compress(encode(huge_diff(), Form.PACKED)),
    ),
    (Reason.PAGES_MISMATCH, "pages {} of topology [1, 0]", lambda b: check_pages(b.parsed(), {}, [1, 0])),
    (
        Reason.PAGES_MISMATCH,
        "of topology [2, 1, 0, 2]",
        lambda b: check_pages(b.parsed(), {1: (b.parsed().main_words, 3)}, [2, 1, 0, 2]),
    ),
    (Reason.OPTION_INVALID, "no store given", lambda b: b.run(b.kzg, b.segment, mode=Mode.ALT_DA)),
    (Reason.OPTION_INVALID, "sidecar [4845]", lambda b: b.run(b.kzg, b.segment, sidecar=(4845,))),
    (Reason.OPTION_INVALID, "no such directory", lambda b: store.publish(str(b.folder / "absent"), "n", b"")),
    (Reason.OPTION_INVALID, "http or https", lambda b: store.publish("ftp://host/", "n", b"")),
    (
        Reason.STORE_CONFLICT,
        "holds other bytes (1) than the block's data (2)",
        lambda b: store.publish(str(b.file("1", "0x01").parent), "0x01", b"22"),
    ),
]


IDS = [f"{reason.value}-{i}" for i, (reason, _, _) in enumerate(CASES)]


@pytest.mark.parametrize("reason, sentence, provoke", CASES, ids=IDS)
def test_is_refused_by_name(
    block: Block, reason: Reason, sentence: str, provoke: Callable[[Block], object]
) -> None:
    with pytest.raises(DaError) as refusal:
        provoke(block)

    assert refusal.value.name is reason
    assert refusal.value.reason.startswith(f"{reason.value}: ")
    assert sentence in refusal.value.reason
    assert "\n" not in refusal.value.reason


def test_opening_that_does_not_verify_is_refused(block: Block, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of the library or the machine: our own proof does not hold."""
    monkeypatch.setattr(equivalence.kzg, "verify_opening", lambda *_: False)

    with pytest.raises(DaError) as refusal:
        block.run(block.kzg, block.segment)

    assert refusal.value.name is Reason.PROOF_INVALID


PROVOKED_ELSEWHERE = {
    Reason.PROOF_INVALID,  # above
    Reason.SEGMENT_MISSING,  # test_da_stage.py
    Reason.STORE_UNAVAILABLE,  # test_da_store.py
}


def test_every_reason_is_provoked() -> None:
    assert {reason for reason, _, _ in CASES} | PROVOKED_ELSEWHERE == set(Reason)


@pytest.mark.parametrize(
    "reason", [r for r in Reason if r.value.endswith("mismatch") or r.value.startswith("too")]
)
def test_what_is_not_the_programs_is_refused_for_good(reason: Reason) -> None:
    assert DaError(reason, "").error_class is ErrorClass.REFUSED


def test_good_block_is_taken(block: Block) -> None:
    block.run(block.kzg, block.segment)
    block.run(block.calldata, block.segment)
    assert json.loads(plan(parse(block.kzg), block.segment, DaOptions()).manifest.model_dump_json())["z"]
