"""Data availability as part of the program output: its pages, and the hash and size that updateState takes.

The OS places the segment on pages of its own, 3,800 words each; the fact of the run is then that of a tree
whose root has two children: the main page, and a node over the data's pages.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from eth_utils.crypto import keccak

from cairn_pipeline.da.errors import DaError, Reason
from cairn_pipeline.da.felts import felts_bytes
from cairn_pipeline.da.snos_output import SnosOutput

PAGE_WORDS = 3800


@dataclass(frozen=True)
class Page:
    """start counts from the first word of the whole output."""

    start: int
    words: int
    hash: int


@dataclass(frozen=True)
class OnchainData:
    """What updateState takes beside the output's main words."""

    hash: int
    size: int
    pages: tuple[Page, ...]


def keccak_words(words: Sequence[int]) -> int:
    """Keccak-256 of 32-byte big-endian words, as an integer. Words may exceed the field, as hashes do."""
    return int.from_bytes(keccak(felts_bytes(words)), "big")


def onchain_data(output: SnosOutput) -> OnchainData:
    """Of an output without KZG. Raises DaError(mode-mismatch)."""
    if output.use_kzg_da:
        raise DaError(
            Reason.MODE_MISMATCH, "program output: use_kzg_da is 1, its data is not in it; use ethereum-blob"
        )
    start, end = output.main_words, len(output.felts)
    pages = tuple(
        Page(first, min(PAGE_WORDS, end - first), keccak_words(output.felts[first : first + PAGE_WORDS]))
        for first in range(start, end, PAGE_WORDS)
    )
    node = [word for page in pages for word in (page.hash, page.start + page.words)]
    return OnchainData((1 + keccak_words(node)) % (1 << 256), end - start, pages)


def state_transition_fact(output: SnosOutput) -> int:
    """What is hashed with the program hash to the run's fact, as the core contract computes it."""
    main = keccak_words(output.felts[: output.main_words])
    if output.use_kzg_da:
        return main
    data = onchain_data(output)
    node = [main, output.main_words, data.hash, output.main_words + data.size]
    return (1 + keccak_words(node)) % (1 << 256)


def check_pages(output: SnosOutput, pages: dict[int, tuple[int, int]], topology: Sequence[int]) -> None:
    """Holds a PIE's pages (id: start, size) and topology against output's. Raises DaError(pages-mismatch)."""
    data = onchain_data(output)
    wanted = {i + 1: (page.start, page.words) for i, page in enumerate(data.pages)}
    count = len(data.pages)
    # The starts of an aggregator's pages count the input that was taken off.
    shift = pages[1][0] - data.pages[0].start if 1 in pages else 0
    found = {number: (start - shift, size) for number, (start, size) in pages.items()}
    if found != wanted or list(topology) != [1 + count, count, 0, 2]:
        raise DaError(
            Reason.PAGES_MISMATCH,
            f"PIE: pages {pages} of topology {list(topology)}, the output's data wants {wanted}",
        )
