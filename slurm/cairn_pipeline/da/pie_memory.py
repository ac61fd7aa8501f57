"""What a Cairo PIE says of data availability: its output, its pages, and the segment that its run compressed.

With KZG the segment is not in the output, but it is in the run's memory. It is found by its header (whose
counts must agree) and recognized by z, which no other data hashes to.
"""

import struct
import zipfile
import zlib
from collections.abc import Container, Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from cairn_pipeline.da import stateless
from cairn_pipeline.da.equivalence import matches
from cairn_pipeline.da.errors import DaError, Reason
from cairn_pipeline.da.scalar_field import SIZE
from cairn_pipeline.da.snos_output import SnosOutput

CELL = struct.Struct("<Q32s")
CHUNK_CELLS = 1 << 16
SEGMENT_SHIFT = 47
OFFSET_MASK = (1 << SEGMENT_SHIFT) - 1
SEGMENT_MASK = (1 << 16) - 1
HEADER_BITS = 180
MAX_JSON_BYTES = 1 << 28
# What zipfile raises for archives torn, damaged, encrypted or packed in ways it does not know.
DAMAGED = (OSError, KeyError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error)


class Pie:
    """A PIE's members. Every method raises DaError(pie-malformed) where the file is none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.metadata = self._json("metadata.json")
        self.additional = self._json("additional_data.json")

    def output(self) -> list[int]:
        """The words of the output segment."""
        try:
            segment = self.metadata["builtin_segments"]["output"]
            index, size = int(segment["index"]), int(segment["size"])
        except (KeyError, TypeError, ValueError):
            raise self._error("metadata.json: no output segment") from None
        words = {offset: value for _, offset, value in self._cells({index}) if offset < size}
        for offset in range(size):
            if words.get(offset, 1 << 255) >> 255:
                raise self._error(f"memory.bin: output word {offset} of {size} is missing or no felt")
        return [words[offset] for offset in range(size)]

    def pages(self) -> tuple[dict[int, tuple[int, int]], list[int]]:
        """Output pages (id: start, size) and the fact topology."""
        try:
            data = self.additional["output_builtin"]
            pages = {int(number): (int(start), int(size)) for number, (start, size) in data["pages"].items()}
            return pages, [int(n) for n in data["attributes"].get("gps_fact_topology", [1, 0])]
        except (KeyError, TypeError, ValueError, AttributeError):
            raise self._error("additional_data.json: no output pages") from None

    def find_segment(self, output: SnosOutput) -> list[int] | None:
        """The compressed segment behind output's z; None if memory has none (one encrypted is not found)."""
        try:
            extra = {int(segment["index"]) for segment in self.metadata.get("extra_segments", [])}
        except (KeyError, TypeError, ValueError, AttributeError):
            raise self._error("metadata.json: extra_segments is no list of segments") from None
        blobs = len(output.kzg.commitments) if output.kzg else 0
        # What a header promises is looked up and not set apart: anybody can store many that look like one.
        memory = {(index, offset): value for index, offset, value in self._cells(extra)}
        for (index, offset), value in memory.items():
            header = stateless.parse_header(value) if value < 1 << HEADER_BITS else None
            if header is None or header.words == 0 or not header.consistent():
                continue
            if -(-header.compressed_words // SIZE) != blobs:
                continue
            places = ((index, offset + i) for i in range(header.compressed_words))
            there = (memory.get(place, 1 << 255) for place in places)
            words = list(takewhile(lambda word: word >> 255 == 0, there))
            if len(words) == header.compressed_words and matches(words, output):
                return words
        return None

    def _cells(self, segments: Container[int]) -> Iterator[tuple[int, int, int]]:
        """Segment, offset and value (256 bits, the top one for a pointer) of every cell of some segments."""
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open("memory.bin") as member:
                while chunk := member.read(CHUNK_CELLS * CELL.size):
                    if len(chunk) % CELL.size:
                        raise self._error("memory.bin: ends within a cell")
                    for address, value in CELL.iter_unpack(chunk):
                        index = address >> SEGMENT_SHIFT & SEGMENT_MASK
                        if index in segments:
                            yield index, address & OFFSET_MASK, int.from_bytes(value, "little")
        except DAMAGED as error:
            raise self._error(f"memory.bin: {error}") from None

    def _json(self, member: str) -> dict[str, Any]:
        try:
            with zipfile.ZipFile(self.path) as archive:
                size = archive.getinfo(member).file_size
                if size > MAX_JSON_BYTES:
                    raise self._error(f"{member}: {size} bytes, at most {MAX_JSON_BYTES} wanted")
                value = from_json(archive.read(member))
        except (*DAMAGED, ValueError) as error:
            raise self._error(f"{member}: {error}") from None
        if not isinstance(value, dict):
            raise self._error(f"{member}: is no JSON object")
        return value

    def _error(self, sentence: str) -> DaError:
        return DaError(Reason.PIE_MALFORMED, f"{self.path}: {sentence}")
