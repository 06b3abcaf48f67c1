"""One grid per resource: the integers that stand for the amounts of all tables of a resource.

The scale is the smallest that makes an integer of whatever the amounts mean (see `vmopt.model.readings`). Where there
is none within bounds, it is a power of ten times a small denominator, demand rounds up and capacity rounds down, so
that a placement that fits the integers fits the floats; but a capacity is never below a demand that it equals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import floor, gcd, lcm, log10
from typing import Any

import numpy as np

from vmopt.arrays import IntArray
from vmopt.model import readings
from vmopt.model.amount_column import AmountColumn, is_whole
from vmopt.model.readings import Readings

MAX_SCALED = 2**50
"""Scaled amounts stay below this, so that dividing by the scale and multiplying again gives the same integer."""
MAX_SCALE = 10**15
MAX_TOTAL = 2**62
MAX_ROUNDED_TOTAL = 2**53
FINE_SCALE = 10**6
FINE_AMOUNT = 2**30
"""Amounts that must be rounded are rounded to parts of 10^6, or finer: as long as rows of programs stay below 2^31."""
MOST_ODD = 1000
"""Such a scale is a power of ten times at most this, so that small denominators stay exact."""
SURE = 2.0**-9
"""Multiples of a step are known as such where rounding moves them by at most this part of it."""
CAPACITY = "capacity"


@dataclass(frozen=True)
class Grid:
    """The integers of one resource.

    Attributes
    ----------
    scale : int
    units : dict of str to (n_rows,) int64 array
        The amounts of each table, times the scale.
    off : float
        By how much an integer is off its amount at most, in the user's own unit; 0 where all are exact.
    """

    scale: int
    units: dict[str, IntArray]
    off: float = 0.0


def fit(tables: Mapping[str, Any]) -> Grid:
    """Bring one resource of all tables to integers.

    Parameters
    ----------
    tables : mapping of "demand", "capacity", "reservation" to (n_rows,) arrays
        Int64 or floats, at least 0, each table adding up to less than 2^62.

    Examples
    --------
    >>> grid = fit({"demand": np.array([1 / 3, 0.25]), "capacity": np.array([2])})
    >>> grid.scale, grid.units["demand"].tolist(), grid.units["capacity"].tolist()
    (12, [4, 3], [24])
    """
    if all(map(is_whole, tables.values())):
        return Grid(1, {what: column.astype(np.int64) for what, column in tables.items()})
    columns = {what: AmountColumn.of_numbers(column) for what, column in tables.items()}
    peak = max(float(column.max(initial=0)) for column in tables.values())
    total = max(float(column.sum(dtype=np.float64)) for column in tables.values())
    for scale, kind in _common_scales(columns.values()):
        if scale <= MAX_SCALE and scale * peak < MAX_SCALED and scale * total < MAX_TOTAL / 2:
            exact = {what: _exact_units(column, kind, scale) for what, column in columns.items()}
            return _reduced(scale, columns, exact, 0.0)
    step = _step_scale(list(columns.values()))
    if 0 < step <= MAX_SCALE and step * peak < MAX_SCALED and step * total < MAX_TOTAL / 2:
        multiples = {what: _rounded_units(column, step, up=None)[0] for what, column in columns.items()}
        return _reduced(step, columns, multiples, 0.0)
    return _rounded(columns, peak, total)


def _common_scales(columns: Iterable[AmountColumn]) -> list[tuple[int, str]]:
    """Common denominators, smallest first, of the kinds of readings in which all amounts have a meaning."""
    columns = list(columns)
    scales = []
    for kind in Readings._fields:
        used = np.unique(np.concatenate([np.unique(getattr(column.reading, kind)) for column in columns]))
        if used.all():
            scales.append((_least_common(used.tolist()), kind))
    return sorted(scales)


def _least_common(denominators: Iterable[int]) -> int:
    """Least common multiple, or some number beyond all bounds."""
    scale = 1
    for q in denominators:
        scale = lcm(scale, q)
        if scale >= MAX_TOTAL:
            break
    return scale


def _exact_units(column: AmountColumn, kind: str, scale: int) -> IntArray:
    if column.whole is not None:
        return column.whole * scale
    q = getattr(column.reading, kind)
    units: IntArray = np.rint(column.amount * q).astype(np.int64) * (scale // q)
    return units


def _step_scale(columns: Sequence[AmountColumn]) -> int:
    """Scale by which all amounts are integers because what means nothing simple is a multiple of one step, else 0."""
    unread = [column.amount[column.reading.best == 0] for column in columns]
    step = min((float(amounts.min()) for amounts in unread if amounts.size), default=0.0)
    if not step:
        return 0
    known = {q for column in columns for q in np.unique(column.reading.best).tolist() if q}
    scale = _least_common({readings.simplest(step), *known})
    if not scale:
        return 0
    for column, amounts in zip(columns, unread, strict=True):
        tolerance = 2.0 ** (column.precision.slack - column.precision.bits)
        if scale * amounts.max(initial=0.0) * tolerance > SURE:
            return 0
        if (np.abs(np.rint(amounts * scale) / scale - amounts) > tolerance * amounts).any():
            return 0
    return scale


def _rounded(columns: Mapping[str, AmountColumn], peak: float, total: float) -> Grid:
    """Round what has no common denominator to the grid of a power of ten times what small denominators ask for."""
    scale = _rounding_scale(columns.values(), peak, total)
    units, off = {}, 0.0
    for what, column in columns.items():
        units[what], error = _rounded_units(column, scale, up=what != CAPACITY)
        off = max(off, error)
    raised = _raised(columns, units)
    if (raised > units[CAPACITY]).any():
        off, units[CAPACITY] = max(off, 1 / scale), raised
    return _reduced(scale, columns, units, off)


def _rounding_scale(columns: Iterable[AmountColumn], peak: float, total: float) -> int:
    most = min(MAX_SCALE, MAX_SCALED / peak, MAX_ROUNDED_TOTAL / total)
    power = 10 ** max(0, floor(log10(max(1.0, min(most, max(FINE_SCALE, FINE_AMOUNT / peak))))))
    odd = 1
    for q in np.unique(np.concatenate([column.reading.best for column in columns])).tolist():
        more = lcm(odd, q // gcd(q, power)) if q else odd
        if more <= MOST_ODD and more * power <= most:
            odd = more
    return int(power * odd)


def _rounded_units(column: AmountColumn, scale: int, *, up: bool | None) -> tuple[IntArray, float]:
    """Return the integers of the different amounts, rounded up, down or to the nearest, and how far off they are."""
    if column.whole is not None:
        return column.whole * scale, 0.0
    q = column.reading.best
    exact = (q > 0) & (scale % np.maximum(q, 1) == 0)
    nearest = np.rint(column.amount * scale)
    if up is True:
        nearest += nearest / scale < column.amount
    elif up is False:
        nearest -= nearest / scale > column.amount
    units = np.where(exact, np.rint(column.amount * q) * (scale // np.maximum(q, 1)), nearest)
    off = np.abs(nearest / scale - column.amount)[~exact]
    return units.astype(np.int64), float(off.max(initial=0.0))


def _raised(columns: Mapping[str, AmountColumn], units: Mapping[str, IntArray]) -> IntArray:
    """Return the units of the capacities, those that equal a demand at least as high as that."""
    offered, raised = columns[CAPACITY], units[CAPACITY].copy()
    for what, asked in columns.items():
        coarser = min(offered.precision, asked.precision, key=lambda precision: precision.bits)
        tolerance = 2.0 ** (coarser.slack - coarser.bits)
        nearest = np.searchsorted(asked.amount, offered.amount * (1 + tolerance), side="right") - 1
        equal = (nearest >= 0) & (asked.amount[nearest] >= offered.amount * (1 - tolerance))
        raised[equal] = np.maximum(raised, units[what][nearest])[equal]
    return raised


def _reduced(scale: int, columns: Mapping[str, AmountColumn], units: Mapping[str, IntArray], off: float) -> Grid:
    """Divide by what scale and amounts have in common, and go back from different amounts to rows."""
    common = scale
    for table in units.values():
        common = gcd(common, int(np.gcd.reduce(table)))
    rows = {what: (table // common)[columns[what].of] for what, table in units.items()}
    return Grid(scale // common, rows, off)
