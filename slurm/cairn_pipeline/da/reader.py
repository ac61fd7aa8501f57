"""Takes words one after another and says what was wanted where they end."""

from collections.abc import Sequence

from cairn_pipeline.da.errors import DaError, Reason


class Reader:
    """A cursor over words. Every refusal names the word and what it should have been."""

    def __init__(self, words: Sequence[int], name: str, reason: Reason) -> None:
        self.words = words
        self.name = name
        self.reason = reason
        self.position = 0

    def error(self, sentence: str) -> DaError:
        return DaError(self.reason, f"{self.name}: {sentence}")

    def next(self, what: str, bound: int | None = None) -> int:
        """The next word. Raises if there is none or it is not below bound."""
        if self.position >= len(self.words):
            raise self.error(f"ends after {len(self.words)} words, wanted {what}")
        value = self.words[self.position]
        if bound is not None and value >= bound:
            raise self.error(f"word {self.position}: {what} is {value:#x}, wanted less than {bound:#x}")
        self.position += 1
        return value

    def take(self, count: int, what: str) -> list[int]:
        """The next count words."""
        if count > len(self.words) - self.position:
            left = len(self.words) - self.position
            raise self.error(f"word {self.position}: {count} words of {what} wanted, {left} are left")
        self.position += count
        return list(self.words[self.position - count : self.position])

    def finish(self) -> None:
        """Raises if words are left."""
        if self.position != len(self.words):
            raise self.error(f"{len(self.words)} words, the content ends after {self.position}")
