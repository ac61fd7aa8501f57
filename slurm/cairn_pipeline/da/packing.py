"""Several small numbers in one felt, as the stateless compression packs them: least significant first."""

from collections.abc import Sequence

from cairn_pipeline.da.reader import Reader

FELT_BITS = 251


def per_felt(bound: int) -> int:
    """How many numbers below bound one felt takes."""
    return FELT_BITS // max((bound - 1).bit_length(), 1) if bound > 1 else FELT_BITS


def packed_length(count: int, bound: int) -> int:
    """Felts for count numbers below bound."""
    return -(-count // per_felt(bound))


def pack(numbers: Sequence[int], bound: int) -> list[int]:
    """The felts that hold numbers below bound."""
    step = per_felt(bound)
    felts = []
    for start in range(0, len(numbers), step):
        felt = 0
        for number in reversed(numbers[start : start + step]):
            felt = felt * bound + number
        felts.append(felt)
    return felts


def unpack(reader: Reader, count: int, bound: int, what: str) -> list[int]:
    """The count numbers below bound in the reader's next felts; a felt may hold nothing beyond them."""
    step = per_felt(bound)
    numbers: list[int] = []
    while len(numbers) < count:
        position = reader.position
        felt = reader.next(what)
        for _ in range(min(step, count - len(numbers))):
            felt, number = divmod(felt, bound)
            numbers.append(number)
        if felt:
            raise reader.error(f"word {position}: more bits than its {what} need")
    return numbers
