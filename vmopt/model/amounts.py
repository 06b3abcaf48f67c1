"""Amounts are exact integers: int64 in a unit fixed per resource.

Here the tables that users give are checked, column by column; `vmopt.model.grid` brings floats to integers.
"""

from __future__ import annotations

import numbers
from collections.abc import Callable, Sequence
from decimal import Decimal
from math import fsum
from typing import Any

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.errors import InstanceError
from vmopt.model.grid import MAX_TOTAL
from vmopt.model.named_table import NamedTable
from vmopt.model.names import Names
from vmopt.model.tables import read_table

MAX_FLOAT = 2**53
"""From here on, not every integer is a float."""
OWNERS = {"demand": "VM", "reservation": "VM", "capacity": "host"}


def as_numbers(table: Any, names: Names, resources: tuple[str, ...], what: str) -> list[FloatArray | IntArray]:
    """Check a table of amounts and return its columns, one per resource, each int64 or a float as precise as given.

    Parameters
    ----------
    table : (n_rows, n_resources) array-like
    what : {"demand", "reservation", "capacity"}

    Raises
    ------
    InstanceError
        If an entry is not a number, negative, NaN or infinite; the row is named.
    """
    table = read_table(table)
    if isinstance(table, NamedTable):
        ordered = table.in_order(resources, len(names), what)
        return [_column(_plain(column), names, name, what) for name, column in zip(resources, ordered, strict=True)]
    try:
        array = np.asarray(table)
    except (TypeError, ValueError, OverflowError) as error:
        raise InstanceError(f"the {what} table is ragged: give each row one amount per resource ({error}).") from None
    if array.shape != (len(names), len(resources)):
        raise InstanceError(
            f"the {what} table has shape {array.shape}, expected ({len(names)}, {len(resources)}): "
            "one row each and one column per resource."
        )
    if array.dtype.kind not in "iuf" or may_have_lost_digits(array, table):
        array = np.array(table, dtype=object)
    return [_column(array[:, k], names, resource, what) for k, resource in enumerate(resources)]


def _plain(column: Any) -> Any:
    return column if column.dtype.kind in "iufO" else column.astype(object)


def check_total(column: FloatArray | IntArray, resource: str, what: str) -> None:
    """Refuse a column whose sum could overflow 64-bit arithmetic."""
    with np.errstate(over="ignore"):
        total = float(column.sum(dtype=np.float64))
    if total >= MAX_TOTAL:
        raise InstanceError(
            f"the {what} of resource {resource!r} adds up to more than 2^62 units: give it in a larger unit."
        )


def in_user_units(amounts: IntArray, scales: IntArray) -> list[FloatArray | IntArray]:
    """Columns in the user's own units; still integers where a resource was not scaled."""
    return [amounts[:, k] if scale == 1 else amounts[:, k] / scale for k, scale in enumerate(scales.tolist())]


def in_own_unit(units: int, scale: int) -> float:
    """One amount in the user's own unit; still an integer where the resource was not scaled."""
    return units if scale == 1 else units / scale


def sums(table: FloatArray) -> FloatArray:
    """Correctly rounded sum of each column; of a column by itself, its sum.

    Examples
    --------
    >>> sums(np.array([[0.1, 1e16], [0.2, 1.0], [0.3, -1e16]])).tolist()
    [0.6, 1.0]
    """
    if table.ndim == 1:
        return np.asarray(fsum(table.tolist()))
    return np.array([fsum(column) for column in table.T.tolist()])


def as_column(entries: list[Any]) -> Any:
    """Make an array of Python numbers: int64 if that holds them all, else float64, else objects, so that none changes.

    Examples
    --------
    >>> as_column([1, 0.5]).dtype, as_column([2**53 + 1, 0.5]).dtype
    (dtype('float64'), dtype('O'))
    """
    if set(map(type, entries)) <= {int}:
        try:
            return np.array(entries, dtype=np.int64)
        except OverflowError:
            return np.array(entries, dtype=object)
    large = any(isinstance(x, int) and abs(x) > MAX_FLOAT for x in entries)
    return np.array(entries, dtype=object if large else np.float64)


def as_table(columns: Sequence[FloatArray | IntArray]) -> Any:
    """Join columns into one table that loses no digit; a table of objects only where neither int64 nor float64 can.

    Examples
    --------
    >>> as_table([np.array([1, 2]), np.array([0.5, 2.0])]).tolist()
    [[1.0, 0.5], [2.0, 2.0]]
    """
    kinds = {column.dtype.kind for column in columns}
    if kinds == {"i", "f"} and any(c.dtype.kind == "i" and c.max(initial=0) > MAX_FLOAT for c in columns):
        return np.column_stack([column.astype(object) for column in columns])
    return np.column_stack(columns)


def are_real(array: Any) -> BoolArray:
    """Whether each entry of an object array is a real number."""
    return _each(lambda x: isinstance(x, numbers.Real | Decimal) and not isinstance(x, bool), array)


def are_rounded(given: Any, floats: FloatArray) -> BoolArray:
    """Whether each entry is an integer that its float is not.

    Examples
    --------
    >>> given = np.array([2**53, 2**53 + 1])
    >>> are_rounded(given, given.astype(float)).tolist()
    [False, True]
    """
    found = np.zeros(len(floats), dtype=bool)
    for row in np.flatnonzero(np.isfinite(floats) & (np.abs(floats) >= MAX_FLOAT)).tolist():
        found[row] = isinstance(given[row], numbers.Integral) and int(given[row]) != int(floats[row])
    return found


def may_have_lost_digits(array: Any, table: Any) -> bool:
    """Whether `array`, made of Python numbers, may have rounded a large integer to a float."""
    if array is table or array.dtype.kind != "f":
        return False
    return bool(np.fmax.reduce(np.abs(array), axis=None, initial=0) >= MAX_FLOAT)


def _column(column: Any, names: Names, resource: str, what: str) -> FloatArray | IntArray:
    if column.dtype.kind == "O":
        column = _from_objects(column, names, resource, what)
    if column.dtype.kind == "f":
        column = column if column.dtype.itemsize < 8 else column.astype(np.float64)
        _refuse(~np.isfinite(column), column, names, resource, what, "amounts must be finite numbers")
    _refuse(column < 0, column, names, resource, what, "amounts cannot be negative")
    if column.dtype.kind == "u":
        _refuse(column > np.uint64(MAX_TOTAL), column, names, resource, what, "it is too large; use a larger unit")
    checked: FloatArray | IntArray = column if column.dtype.kind == "f" else column.astype(np.int64)
    return checked


def _from_objects(column: Any, names: Names, resource: str, what: str) -> Any:
    _refuse(~are_real(column), column, names, resource, what, "amounts must be numbers")
    integers = _each(lambda x: isinstance(x, numbers.Integral), column)
    limit = MAX_TOTAL if integers.all() else MAX_FLOAT
    large = _each(lambda x: isinstance(x, numbers.Integral) and abs(int(x)) > limit, column)
    _refuse(large, column, names, resource, what, "it is too large; use a larger unit")
    if integers.all():
        return column.astype(np.int64)
    try:
        return column.astype(np.float64)
    except (ValueError, OverflowError) as error:
        raise InstanceError(f"the {what} of resource {resource!r} is not all finite numbers: {error}.") from None


def _each(test: Callable[[Any], bool], array: Any) -> BoolArray:
    found: BoolArray = np.frompyfunc(test, 1, 1)(array).astype(bool)
    return found


def _refuse(bad: Any, column: Any, names: Names, resource: str, what: str, why: str) -> None:
    if bad.any():
        row = int(np.argmax(bad))
        entry = column[row].item() if isinstance(column[row], np.generic) else column[row]
        raise InstanceError(f"{what} of {OWNERS[what]} {names[row]!r} for {resource!r} is {entry!r}: {why}.")
