"""Reading PIEs: whole ones, one made to hold a segment, and damaged ones."""

import json
import random
import struct
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from cairn_pipeline.da.errors import DaError, Reason
from cairn_pipeline.da.pie_memory import Pie
from cairn_pipeline.da.snos_output import parse
from cairn_pipeline.da.stateless import parse_header

PIES = Path(__file__).resolve().parents[2] / "data" / "pie"


def cell(segment: int, offset: int, value: int) -> bytes:
    return struct.pack("<Q", 1 << 63 | segment << 47 | offset) + value.to_bytes(32, "little")


def make_pie(path: Path, cells: Iterable[tuple[int, int, int]], output_size: int) -> Pie:
    metadata = {"builtin_segments": {"output": {"index": 2, "size": output_size}}}
    metadata["extra_segments"] = [{"index": 5, "size": 99}]  # type: ignore[assignment]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", json.dumps(metadata))
        archive.writestr("additional_data.json", "{}")
        archive.writestr("memory.bin", b"".join(cell(*c) for c in cells))
    return Pie(path)


@pytest.fixture
def words(own: dict[str, Any]) -> tuple[list[int], list[int]]:
    """The small vector's output and segment."""
    return [int(w, 16) for w in own["small"]["output"]], [int(w, 16) for w in own["small"]["segment"]]


def test_output_is_read_in_any_order(tmp_path: Path, words: tuple[list[int], list[int]]) -> None:
    cells = [(2, i, word) for i, word in enumerate(words[0])] + [(3, 0, 7), (1, 0, 1 << 255)]
    random.Random(1).shuffle(cells)

    assert make_pie(tmp_path / "pie.zip", cells, len(words[0])).output() == words[0]


def test_segment_is_found_among_other_memory(tmp_path: Path, words: tuple[list[int], list[int]]) -> None:
    output, segment = words
    other = [segment[0], 3, *segment[:5], 1 << 255]  # the header alone, a torn copy, a pointer
    memory = [*other, *segment, 4]
    cells = [(5, i, word) for i, word in enumerate(memory)]

    found = make_pie(tmp_path / "pie.zip", cells, 0).find_segment(parse(output))

    assert found == segment


def test_absent_segment_is_not_found(tmp_path: Path, words: tuple[list[int], list[int]]) -> None:
    output, segment = words
    changed = [*segment[:2], segment[2] ^ 1, *segment[3:]]
    elsewhere = [(4, i, word) for i, word in enumerate(segment)]  # not in an extra segment

    pie = make_pie(tmp_path / "pie.zip", [(5, i, w) for i, w in enumerate(changed)] + elsewhere, 0)

    assert pie.find_segment(parse(output)) is None


def test_many_headers_that_promise_much_cost_little(
    tmp_path: Path, words: tuple[list[int], list[int]]
) -> None:
    """Whoever may store values may store such: each promises 4,049 words, and one is there."""
    output, segment = words
    header = (3999 << 20) | (3999 << 40)
    found = parse_header(header)
    assert found is not None and found.consistent() and found.compressed_words == 4049
    cells = [(5, 2 * i, header) for i in range(5000)] + [(5, 20_000 + i, w) for i, w in enumerate(segment)]

    assert make_pie(tmp_path / "pie.zip", cells, 0).find_segment(parse(output)) == segment


@pytest.mark.parametrize("segments", [None, 5, [5], [{}], [{"index": None}], [{"index": "x"}], {"a": 1}])
def test_extra_segments_of_another_shape_are_refused(
    tmp_path: Path, words: tuple[list[int], list[int]], segments: object
) -> None:
    pie = make_pie(tmp_path / "pie.zip", [], 0)
    pie.metadata["extra_segments"] = segments

    with pytest.raises(DaError, match="pie-malformed: .*extra_segments"):
        pie.find_segment(parse(words[0]))


def test_pages_are_read() -> None:
    pages, topology = Pie(PIES / "pages.pie.zip").pages()

    assert pages == {1: (3, 2), 2: (5, 1)}
    assert topology == [3, 2, 0, 2]


@pytest.mark.parametrize("seed", range(8))
def test_damaged_pie_is_refused_or_read_right(tmp_path: Path, seed: int) -> None:
    """Cut off, or with changed bytes: one line, or (where the change is of no matter) the same output."""
    whole = (PIES / "pages.pie.zip").read_bytes()
    wanted = Pie(PIES / "pages.pie.zip").output()
    generator = random.Random(seed)
    path = tmp_path / "pie.zip"
    refused = 0
    for _ in range(40):
        damaged = bytearray(whole)
        if generator.random() < 0.3:
            del damaged[generator.randrange(len(whole)) :]
        for _ in range(generator.randrange(1, 4)):
            if damaged:
                damaged[generator.randrange(len(damaged))] = generator.randrange(256)
        path.write_bytes(damaged)
        try:
            assert Pie(path).output() == wanted
        except DaError as error:
            assert error.name is Reason.PIE_MALFORMED and "\n" not in error.reason
            refused += 1
    assert refused
