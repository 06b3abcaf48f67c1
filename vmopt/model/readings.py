"""What people mean by a float: the fraction with a small denominator that it is the nearest float of.

A float x of b bits stands for every number within half a unit in its last place, and for a little more where it was
added up from others. Among those are decimals, fractions of a power of two, and other fractions p/q. One of them is
what was meant if so simple a number lies so close by chance only once in a thousand times: of numbers no more complex
than n, a random x has one within its rounding with probability about ``n / 2^b``. (Fractions as close as this are
convergents of the continued fraction of x: Legendre, Essai sur la theorie des nombres, 1798.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray

MOST_DIGITS = 15
LARGEST_DENOMINATOR = 2.0**60
MOST_STEPS = 45
"""Denominators of convergents grow at least as Fibonacci's numbers."""
MOST_BITS = 60
EVIDENT = 24
"""A reading as unlikely as 2^-24 by chance is not compared with others."""


@dataclass(frozen=True)
class Precision:
    """How floats of so many bits are read.

    Attributes
    ----------
    bits : int
    slack : int
        Sums of such floats are off by up to 2^slack times half a unit in the last place.
    decimal, loose_decimal : float
        Largest decimal, its point left out, that a float is taken for whose nearest float it is, and which is off it by
        no more than sums are.
    fraction, loose_fraction : float
        The same for other fractions, by numerator times denominator.
    """

    bits: int
    slack: int
    decimal: float
    loose_decimal: float
    fraction: float
    loose_fraction: float


DOUBLE = Precision(53, 8, 1e13, 1e10, 2.0**43, 2.0**25)
SINGLE = Precision(24, 2, 1e6, 1e3, 2.0**14, 2.0**10)
HALF = Precision(11, 1, 1e3, 1e2, 2.0**6, 2.0**5)
PRECISIONS = {8: DOUBLE, 4: SINGLE, 2: HALF}


class Readings(NamedTuple):
    """Denominators of what each number means, 0 where nothing simple is near: of any kind, as decimals, in binary."""

    best: IntArray
    decimal: IntArray
    binary: IntArray

    def of(self, chosen: IntArray | slice) -> Readings:
        """The same for some of the numbers."""
        return Readings(*(kind[chosen] for kind in self))


def precision_of(dtype: Any) -> Precision:
    """How floats of this type are read."""
    return PRECISIONS.get(np.dtype(dtype).itemsize, DOUBLE)


def read(x: FloatArray, precision: Precision = DOUBLE) -> Readings:
    """Find what each number means.

    Parameters
    ----------
    x : (n,) float64 array
        At least 0.
    precision : Precision
        Of the type that they came in.

    Examples
    --------
    >>> read(np.array([0.1, 1 / 3, 0.1 + 0.2, 100 / 1024, np.pi])).best.tolist()
    [10, 3, 10, 256, 0]
    >>> read(np.float32([0.1, 1 / 3]).astype(float), SINGLE).best.tolist()
    [10, 3]
    """
    readings = _read(x, precision)
    if precision is DOUBLE:
        readings = _as_singles(x, readings)
    return readings


def simplest(x: float) -> int:
    """Denominator of the simplest fraction whose nearest float is x, which is above 0; 0 where it is beyond 2^60.

    Examples
    --------
    >>> simplest(np.pi), simplest(1e-30)
    (78256779, 0)
    """
    return int(_fractions(np.array([x]), np.array([np.spacing(x) / 2]), np.inf)[0][0])


def _read(x: FloatArray, precision: Precision) -> Readings:
    half = np.spacing(x) * 2.0 ** (52 - precision.bits)
    binary, significant = _binary(x, precision.bits)
    decimal, digits = _decimals(x, half, precision.decimal)
    loose = half * 2.0**precision.slack
    missing = np.flatnonzero(decimal == 0)
    decimal[missing], digits[missing] = _decimals(x[missing], loose[missing], precision.loose_decimal)
    exact_decimal = np.ones(len(x), dtype=bool)
    exact_decimal[missing] = False
    best, complexity = binary.copy(), np.where(binary > 0, significant, np.inf)
    _improve(best, complexity, decimal, np.where(exact_decimal, digits, np.inf))
    unsure = np.flatnonzero(complexity > 2.0 ** (precision.bits - EVIDENT))
    _improve_some(best, complexity, unsure, *_fractions(x[unsure], half[unsure], precision.fraction))
    unread = np.flatnonzero(best == 0)
    _improve_some(best, complexity, unread, decimal[unread], np.where(decimal[unread] > 0, digits[unread], np.inf))
    _improve_some(best, complexity, unread, *_fractions(x[unread], loose[unread], precision.loose_fraction))
    return Readings(best, decimal, binary)


def _as_singles(x: FloatArray, readings: Readings) -> Readings:
    """Read numbers that came from single precision as such, if all that look like it mean something simple there."""
    with np.errstate(over="ignore"):
        exact = x.astype(np.float32) == x
    single = exact & (readings.best > 0) & (readings.best == readings.binary)
    suspects = np.flatnonzero(single & (_binary(x, SINGLE.bits)[0] == 0))
    if not suspects.size:
        return readings
    closer = _read(x[suspects], SINGLE)
    if not closer.best.all():
        return readings
    for kind, found in zip(readings, closer, strict=True):
        kind[suspects] = found
    return readings


def _binary(x: FloatArray, bits: int) -> tuple[IntArray, FloatArray]:
    """Denominators of numbers with at least ten zeros at the end of their bits, and the numbers without these."""
    mantissa, exponent = np.frexp(x)
    whole = np.ldexp(mantissa, bits).astype(np.int64)
    last = np.maximum(whole & -whole, 1)
    places = np.rint(bits - np.log2(last.astype(np.float64)) - exponent).astype(np.int64)
    simple = ((last >= 2**10) | (whole == 0)) & (places <= MOST_BITS) & (np.ldexp(whole, -bits) == mantissa)
    denominator = np.where(simple, np.left_shift(1, np.clip(np.where(whole == 0, 0, places), 0, MOST_BITS)), 0)
    return denominator.astype(np.int64), whole / last


def _decimals(x: FloatArray, tolerance: FloatArray, most: float) -> tuple[IntArray, FloatArray]:
    """Denominators of the shortest decimals within the tolerance, and these decimals without their point."""
    denominator, numerator = np.zeros(len(x), dtype=np.int64), np.zeros(len(x))
    left = np.arange(len(x))
    for digits in range(MOST_DIGITS + 1):
        power = 10**digits
        nearest = np.rint(x[left] * power)
        possible = nearest <= most
        hit = possible & (np.abs(nearest / power - x[left]) <= tolerance[left]) & ((nearest > 0) | (x[left] == 0))
        found = left[hit]
        numerator[found] = nearest[hit]
        denominator[found] = power // np.gcd(nearest[hit].astype(np.int64), power)
        left = left[possible & ~hit]
        if not left.size:
            break
    return denominator, numerator


def _fractions(x: FloatArray, tolerance: FloatArray, most: float) -> tuple[IntArray, FloatArray]:
    """Denominators of the first convergents within the tolerance, and their complexity; 0 beyond `most`."""
    denominator, complexity = np.zeros(len(x), dtype=np.int64), np.full(len(x), np.inf)
    left, x, tolerance = np.arange(len(x)), x.copy(), tolerance.copy()
    p, q, before_p, before_q = np.floor(x), np.ones(len(x)), np.ones(len(x)), np.zeros(len(x))
    rest = x - p
    for _ in range(MOST_STEPS):
        product = np.maximum(p, 1.0) * q
        within = (product <= most) & (q < LARGEST_DENOMINATOR)
        hit = (np.abs(p / q - x) <= tolerance) & within & ((p > 0) | (x == 0))
        denominator[left[hit]], complexity[left[hit]] = q[hit].astype(np.int64), product[hit]
        go: BoolArray = ~hit & within & (rest > 2.0**-MOST_BITS)
        if not go.any():
            break
        left = left[go]
        x, tolerance, p, q, before_p, before_q, rest = (
            column[go] for column in (x, tolerance, p, q, before_p, before_q, rest)
        )
        inverse = 1.0 / rest
        step = np.floor(inverse)
        rest = inverse - step
        p, before_p = step * p + before_p, p
        q, before_q = step * q + before_q, q
    return denominator, complexity


def _improve(best: IntArray, complexity: FloatArray, other: IntArray, others: FloatArray) -> None:
    better = (other > 0) & (others < complexity)
    best[better], complexity[better] = other[better], others[better]


def _improve_some(best: IntArray, complexity: FloatArray, rows: IntArray, other: IntArray, others: FloatArray) -> None:
    part, parts = best[rows], complexity[rows]
    _improve(part, parts, other, others)
    best[rows], complexity[rows] = part, parts
