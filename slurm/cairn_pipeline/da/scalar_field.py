"""Polynomials over the scalar field of BLS12-381: evaluation on a blob's points in O(n log n), and back."""

from collections.abc import Sequence
from functools import cache

MODULUS = 0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001
SIZE = 4096
_GENERATOR = 7  # of the whole group; its power (MODULUS - 1) / 4096 is EIP-4844's root of unity


@cache
def _powers(inverse: bool) -> list[int]:
    """The first half of the powers of the 4096th root of unity, or of its inverse."""
    root = pow(_GENERATOR, (MODULUS - 1) // SIZE, MODULUS)
    if inverse:
        root = pow(root, -1, MODULUS)
    powers = [1]
    for _ in range(SIZE // 2 - 1):
        powers.append(powers[-1] * root % MODULUS)
    return powers


def evaluate(coefficients: Sequence[int]) -> list[int]:
    """Values of a polynomial (at most 4096 coefficients, lowest first) at a blob's points, in its order.

    Decimation in frequency: natural order in, bit-reversed order out, so nothing is permuted.
    """
    values = list(coefficients) + [0] * (SIZE - len(coefficients))
    if len(values) != SIZE:
        raise ValueError(f"{len(coefficients)} coefficients, at most {SIZE} wanted")
    powers = _powers(False)
    half = SIZE // 2
    while half:
        step = SIZE // 2 // half
        for j in range(half):
            power = powers[j * step]
            for i in range(j, SIZE, 2 * half):
                low, high = values[i], values[i + half]
                values[i] = (low + high) % MODULUS
                values[i + half] = (low - high) * power % MODULUS
        half //= 2
    return values


def interpolate(values: Sequence[int]) -> list[int]:
    """The 4096 coefficients of values in a blob's order: the inverse of evaluate."""
    if len(values) != SIZE:
        raise ValueError(f"{len(values)} values, {SIZE} wanted")
    coefficients = list(values)
    powers = _powers(True)
    half = 1
    while half < SIZE:
        step = SIZE // 2 // half
        for j in range(half):
            power = powers[j * step]
            for i in range(j, SIZE, 2 * half):
                low, high = coefficients[i], coefficients[i + half] * power
                coefficients[i] = (low + high) % MODULUS
                coefficients[i + half] = (low - high) % MODULUS
        half *= 2
    scale = pow(SIZE, -1, MODULUS)
    return [c * scale % MODULUS for c in coefficients]


def evaluate_at(coefficients: Sequence[int], point: int) -> int:
    """The polynomial's value at one point, by Horner's rule."""
    value = 0
    for coefficient in reversed(coefficients):
        value = (value * point + coefficient) % MODULUS
    return value
