"""What travels between dispatchers and collectors, and how it is named.

An id is made from what a message was made of, never from time or chance: whoever does a piece of work a
second time publishes under the same name, and the queue keeps the first.
"""

import hashlib
import re
from typing import Any

from pydantic import ConfigDict, Field

from cairn_pipeline.contract import SCHEMA, Artifact, Fact, Strict

LONGEST_ID = 180  # file names hold 255 bytes; claims and temporary names add to an id


class Part(Strict):
    """One place in a split: which message was split, which part this is, of how many."""

    group: str
    number: int
    of: int


class Message(Strict):
    """One unit of work or its result."""

    schema_: int = Field(SCHEMA, alias="schema")
    id: str = Field(pattern=r"^[A-Za-z0-9_.-]+$", max_length=LONGEST_ID)
    block: int = Field(ge=0)  # the last one it covers
    producer: str  # group of the dispatcher, or name of the collector
    lineage: list[Part] = []  # the splits it came through and was not gathered from, outermost first
    data: Any = None  # what programs of the plain format read and write
    outputs: dict[str, Artifact] = {}  # files of all stages before, by name
    facts: dict[str, Fact] = {}  # merged from all stages before
    children: list["Message"] = []  # what a collector gathered, in order
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    @property
    def first_block(self) -> int:
        """The first block it covers."""
        first = self.facts.get("first_block", self.block)
        return first if isinstance(first, int) else self.block

    def field(self, path: str) -> str | None:
        """The value that a collector compares: block, group (of the innermost split), data.X or facts.X."""
        head, _, rest = path.partition(".")
        if head == "group":
            return self.lineage[-1].group if self.lineage else None
        value: Any = {"block": self.block, "data": self.data, "facts": self.facts}.get(head)
        for key in rest.split(".") if rest else ():
            value = value.get(key) if isinstance(value, dict) else None
        return None if value is None else str(value)


def block_id(block: int) -> str:
    """The id of a block's first message. Ids sort by block."""
    return f"b{block:012d}"


def child_id(parent: str, producer: str, part: int | None = None) -> str:
    """The id of what producer makes of parent. Long ones keep their ends and a digest of the middle."""
    whole = f"{parent}.{safe(producer)}" + ("" if part is None else f".{part:06d}")
    if len(whole) <= LONGEST_ID:
        return whole
    digest = hashlib.sha256(whole.encode()).hexdigest()[:16]
    return f"{whole[:60]}.{digest}.{whole[-60:]}"


def safe(text: str) -> str:
    """text as a part of a file name."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", text)
