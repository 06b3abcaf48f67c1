"""Checks of the columns of an instance, one function a column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.errors import InstanceError
from vmopt.model import amounts, grid
from vmopt.model.indexed_rows import IndexedRows
from vmopt.model.label_rows import LabelRows
from vmopt.model.named_table import is_missing
from vmopt.model.names import Names
from vmopt.model.objective import Objective, Weighting
from vmopt.model.rounding import warn_of_rounding
from vmopt.model.rule import Rule
from vmopt.model.tables import read_table

Columns = Sequence[FloatArray | IntArray]
Labels = tuple[Mapping[str, str], ...]
Column = TypeVar("Column", bound=np.ndarray[Any, Any])


def length(table: Any, what: str) -> int:
    """Return the number of rows of a table, at least one."""
    try:
        count = len(table)
    except TypeError:
        raise InstanceError(f"the table of {what}s is {table!r}: give one row per {what}.") from None
    if count == 0:
        raise InstanceError(f"there is no {what}: an instance needs at least one {what}.")
    return count


def amounts_of(rows: IndexedRows, table: Any, resources: tuple[str, ...], what: str) -> Columns:
    """Check a table of amounts and return its columns, the rows in order."""
    return amounts.as_numbers(rows.column(read_table(table), what), rows.names, resources, what)


def integers(
    demand: Columns, capacity: Columns, resources: tuple[str, ...], reservation: Columns | None = None
) -> tuple[IntArray, IntArray, IntArray, IntArray | None]:
    """Bring the amounts to integers, each resource by the smallest scale that holds what its amounts mean.

    Where amounts had to be rounded, one warning tells of all of them.

    Returns
    -------
    demand, capacity, scales, reservation : arrays
        The reservation, rounded up as the demand is, only if one is given.
    """
    given = {"demand": demand, "capacity": capacity, "reservation": reservation}
    tables = {what: table for what, table in given.items() if table is not None}
    whole: dict[str, IntArray] = {
        what: np.empty((len(table[0]), len(resources)), dtype=np.int64) for what, table in tables.items()
    }
    scales = np.ones(len(resources), dtype=np.int64)
    off = dict.fromkeys(resources, 0.0)
    for k, resource in enumerate(resources):
        for what, table in tables.items():
            amounts.check_total(table[k], resource, what)
        fitted = grid.fit({what: table[k] for what, table in tables.items()})
        scales[k], off[resource] = fitted.scale, fitted.off
        for what, units in fitted.units.items():
            whole[what][:, k] = units
    warn_of_rounding(off)
    return whole["demand"], whole["capacity"], scales, whole.get("reservation")


def priorities(given: Any, names: Names, weighting: Weighting = "priority", called: str = "priority") -> FloatArray:
    """Check priorities, one per VM: weights are finite and positive, tiers integers, others finite."""
    if given is None:
        return np.ones(len(names))
    column = _floats(given, names, called)
    finite = np.isfinite(column)
    if weighting == "priority":
        other = " (as a tier it may be any integer: weighting='tiers')" if called == "priority" else ""
        why = f"it must be a finite number above 0{other}"
        _refuse(~(finite & (column > 0)), column, names, called, why)
    elif weighting == "tiers":
        whole = finite & (np.abs(column) < amounts.MAX_FLOAT) & (column == np.floor(column))
        _refuse(~whole, column, names, called, "a tier must be an integer between -2^53 and 2^53")
    else:
        _refuse(~finite, column, names, called, "it must be a finite number")
    return column


def own_values(given: Any, names: Names) -> FloatArray | None:
    """Check values of the VMs' own: finite and at least 0, NaN where a VM has none."""
    if given is None:
        return None
    column = _floats(_without_missing(given), names, "value")
    _refuse((column < 0) | np.isinf(column), column, names, "value", "it must be a finite number of at least 0")
    return None if np.isnan(column).all() else frozen(column)


def elastic(reservation: IntArray | None, demand: IntArray, names: Names, resources: Sequence[str]) -> IntArray | None:
    """Check that reservations are within the demands; None where all of them are the demands."""
    if reservation is None or np.array_equal(reservation, demand):
        return None
    above = reservation > demand
    if above.any():
        vm, k = (int(n) for n in np.argwhere(above)[0])
        raise InstanceError(
            f"reservation of VM {names[vm]!r} for {resources[k]!r} is above its demand: lower it or raise the demand."
        )
    return frozen(reservation)


def container_flags(given: Any, count: int) -> BoolArray | None:
    """Check the flags that tell containers from virtual machines."""
    if given is None:
        return None
    try:
        flags = np.asarray(given)
    except ValueError:
        raise InstanceError(f"is_container is ragged: give {count} booleans.") from None
    if flags.shape != (count,) or flags.dtype != np.bool_:
        raise InstanceError(f"is_container has shape {flags.shape} and type {flags.dtype}: give {count} booleans.")
    return frozen(flags.copy()) if flags.any() else None


def rules(given: Any) -> tuple[Rule, ...]:
    """Check that these are rules."""
    kept = tuple(given) if isinstance(given, list | tuple) else (given,)
    for rule in kept:
        if not isinstance(rule, Rule) or isinstance(rule, type):
            raise InstanceError(f"a rule is {rule!r}: give rules such as vmopt.Spread(...), in a list.")
    return kept


def labels(given: Sequence[Mapping[str, str]] | None, names: Names, what: str) -> Labels | None:
    """Check labels: one mapping of strings to strings per row; None where no row has any."""
    if given is None:
        return None
    given = list(given) if isinstance(given, np.ndarray) else given
    if not isinstance(given, Sequence) or len(given) != len(names):
        raise InstanceError(f"the labels of the {what}s are not {len(names)} mappings: give one mapping each.")
    if isinstance(given, LabelRows):
        return given
    for position, row in enumerate(given):
        if not isinstance(row, Mapping) or not all(isinstance(x, str) for pair in row.items() for x in pair):
            raise InstanceError(f"labels of {what} {names[position]!r} are {row!r}: give a mapping of str to str.")
    return LabelRows.of(given) if any(given) else None


def objective(given: Objective | None, resources: tuple[str, ...]) -> Objective:
    """Check that an objective speaks of these resources only."""
    if given is None:
        return Objective()
    if not isinstance(given, Objective):
        raise InstanceError(f"objective is {given!r}: give a vmopt.Objective, such as Objective('demand').")
    given.weights_of(resources)
    return given


def check_values(value: FloatArray, names: Names) -> None:
    """Refuse values whose sum overflows."""
    with np.errstate(over="ignore", invalid="ignore"):
        finite = bool(np.isfinite(value.sum()))
    if not finite:
        worst = int(np.argmax(np.where(np.isfinite(value), value, np.inf)))
        raise InstanceError(
            f"the values add up to infinity (VM {names[worst]!r} has {value[worst]:g}): "
            "use smaller values or priorities."
        )


def seconds(given: Any, names: Names, what: str, *, positive: bool = True) -> FloatArray:
    """Check times: finite ones, or positive durations, which may be infinite."""
    column = _floats(given, names, what)
    wrong = ~(column > 0) if positive else ~np.isfinite(column)
    why = "it must be above 0 (infinite: until the end)" if positive else "it must be finite"
    _refuse(wrong, column, names, what, why)
    return column if column is not given else column.copy()


def frozen(array: Column) -> Column:
    """Return the array, no longer writeable."""
    array.setflags(write=False)
    return array


def picklable(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of `from_arrays` with labels as plain dicts: read-only mappings cannot be pickled."""
    labels = {key: [dict(row) for row in arguments[key]] for key in ("vm_labels", "host_labels") if arguments[key]}
    return {**arguments, **labels}


def remake(cls: Any, arguments: dict[str, Any]) -> Any:
    """Make an instance from what `picklable` returned: how instances are copied and unpickled."""
    return cls.from_arrays(**arguments)


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two sets of arguments of `from_arrays` hold the same."""
    return all(_same(one[key], other[key]) for key in one)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return np.array_equal(one, other, equal_nan=one.dtype.kind == "f" and other.dtype.kind == "f")
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return False
    return bool(one == other)


def _without_missing(given: Any) -> Any:
    """The entries, NaN where there is none."""
    if isinstance(given, np.ndarray) and given.dtype != object:
        return given
    if not isinstance(given, Sequence | np.ndarray) or isinstance(given, str):
        return given
    return [np.nan if is_missing(entry) else entry for entry in given]


def _floats(given: Any, names: Names, what: str) -> FloatArray:
    try:
        array = np.asarray(given)
    except (TypeError, ValueError, OverflowError) as error:
        raise InstanceError(f"the {what} column is not one finite number per VM: {error}.") from None
    if array.shape != (len(names),):
        raise InstanceError(f"the {what} column has shape {array.shape}: give one number for each of {len(names)} VMs.")
    if array.dtype.kind not in "iuf" or amounts.may_have_lost_digits(array, given):
        array = np.array(given, dtype=object)
        _refuse(~amounts.are_real(array), array, names, what, "it must be a number")
    try:
        column = array.astype(np.float64)
    except (ValueError, OverflowError) as error:
        raise InstanceError(f"the {what} column is not all finite numbers: {error}.") from None
    if array.dtype.kind != "f":
        _refuse(amounts.are_rounded(array, column), array, names, what, "no float holds this integer: stay within 2^53")
    return column


def _refuse(bad: Any, column: FloatArray, names: Names, what: str, why: str) -> None:
    if bad.any():
        row = int(np.argmax(bad))
        entry = column[row].item() if isinstance(column[row], np.generic) else column[row]
        raise InstanceError(f"{what} of VM {names[row]!r} is {entry!r}: {why}.")
