"""Stateless compression of a state diff (version 0): unique values by size, pointers to repeated ones.

Layout: header (nine 20-bit fields), unique values in six buckets by bits, pointers of the repeated values
into them, and for each word of the data the bucket it comes from. Words keep their order within a bucket.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cairn_pipeline.da.errors import DaError, Reason
from cairn_pipeline.da.packing import pack, packed_length, unpack
from cairn_pipeline.da.reader import Reader

VERSION = 0
FIELD_BOUND = 1 << 20
BUCKET_BITS = (252, 125, 83, 62, 31, 15)
REPEATED = len(BUCKET_BITS)
BUCKETS = REPEATED + 1
MAX_WORDS = FIELD_BOUND - 1


@dataclass(frozen=True)
class Header:
    """words: the length of the data; unique: values in each bucket."""

    version: int
    words: int
    unique: tuple[int, ...]
    repeated: int

    @property
    def compressed_words(self) -> int:
        """The length of the compressed form, header included."""
        buckets = sum(
            packed_length(n, 1 << bits) if bits < 252 else n
            for n, bits in zip(self.unique, BUCKET_BITS, strict=True)
        )
        pointers = packed_length(self.repeated, max(sum(self.unique), 1))
        return 1 + buckets + pointers + packed_length(self.words, BUCKETS)

    def consistent(self) -> bool:
        """Every word of the data is in just one bucket."""
        return self.version == VERSION and self.words == sum(self.unique) + self.repeated


def parse_header(felt: int) -> Header | None:
    """None if more than nine fields are set."""
    fields = []
    for _ in range(3 + len(BUCKET_BITS)):
        felt, field = divmod(felt, FIELD_BOUND)
        fields.append(field)
    return None if felt else Header(fields[0], fields[1], tuple(fields[2:-1]), fields[-1])


def compress(words: Sequence[int]) -> list[int]:
    """The canonical compression. Raises DaError(data-too-big) above 2^20 - 1 words."""
    if len(words) > MAX_WORDS:
        raise DaError(Reason.DATA_TOO_BIG, f"state diff: {len(words)} words, compression takes {MAX_WORDS}")
    buckets: list[list[int]] = [[] for _ in BUCKET_BITS]
    places: dict[int, tuple[int, int]] = {}  # value -> bucket and index in it
    repeated: list[tuple[int, int]] = []
    sources = []
    for word in words:
        if word in places:
            repeated.append(places[word])
            sources.append(REPEATED)
            continue
        bucket = max(i for i, bits in enumerate(BUCKET_BITS) if word < 1 << bits)
        places[word] = (bucket, len(buckets[bucket]))
        buckets[bucket].append(word)
        sources.append(bucket)
    starts = [sum(len(b) for b in buckets[:i]) for i in range(len(buckets))]
    pointers = [starts[bucket] + index for bucket, index in repeated]
    header = [VERSION, len(words), *(len(b) for b in buckets), len(repeated)]
    felts = pack(header, FIELD_BOUND) + buckets[0]
    for bucket_words, bits in zip(buckets[1:], BUCKET_BITS[1:], strict=True):
        felts += pack(bucket_words, 1 << bits)
    return felts + pack(pointers, max(len(places), 1)) + pack(sources, BUCKETS)


def decompress(felts: Sequence[int], name: str = "DA segment") -> list[int]:
    """The data, strictly: each count and each pointer must fit. Raises DaError(segment-malformed)."""
    reader = Reader(felts, name, Reason.SEGMENT_MALFORMED)
    header = parse_header(reader.next("a compression header"))
    if header is None or header.version != VERSION:
        raise reader.error(f"word 0: {felts[0]:#x} is no compression header of version {VERSION}")
    if not header.consistent():
        raise reader.error(
            f"word 0: {sum(header.unique)} unique and {header.repeated} repeated values for {header.words}"
        )
    values = reader.take(header.unique[0], "252-bit values")
    for count, bits in zip(header.unique[1:], BUCKET_BITS[1:], strict=True):
        values += unpack(reader, count, 1 << bits, f"{bits}-bit values")
    pointers = unpack(reader, header.repeated, max(len(values), 1), "pointers")
    sources = unpack(reader, header.words, BUCKETS, "bucket numbers")
    reader.finish()
    if pointers and not values:
        raise reader.error("repeated values without a unique one")
    counts = (*header.unique, header.repeated)
    if any(sources.count(bucket) != count for bucket, count in enumerate(counts)):
        raise reader.error("the bucket numbers are not those that the header counts")
    queues: list[Iterator[int]] = [iter(())] * BUCKETS
    start = 0
    for bucket, count in enumerate(header.unique):
        queues[bucket] = iter(values[start : start + count])
        start += count
    queues[REPEATED] = iter([values[p] for p in pointers])
    return [next(queues[source]) for source in sources]
