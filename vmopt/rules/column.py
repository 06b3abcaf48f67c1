"""Columns: the group of each VM (or host), by place, or by the names that label the rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from vmopt import checks
from vmopt.arrays import IntArray
from vmopt.errors import InstanceError
from vmopt.model.index_labels import has_index
from vmopt.model.named_table import MISSING_TYPES, plain_column

NONE = -1
"""The group of those that are in none."""


@dataclass(frozen=True, eq=False)
class Column:
    """Whose group is which.

    Attributes
    ----------
    of : (n,) int64 array
        The number of each group, -1 for none.
    rows : tuple of str or None
        Whose row each is, by name; None where rows are in the order of the instance.
    called : tuple of str or None
        What the groups are called, by number; None where they are only numbered.
    """

    of: IntArray
    rows: tuple[str, ...] | None = None
    called: tuple[str, ...] | None = None


def is_column(given: Any) -> bool:
    """Whether something says for each VM (or host) which group it is in: it is no list of names."""
    if isinstance(given, np.ndarray):
        return given.ndim == 1 and (given.dtype.kind in "iubf" or not any(isinstance(entry, str) for entry in given))
    series = hasattr(given, "to_numpy") and not hasattr(given, "get_indexer")  # an Index of pandas is a list of names
    return isinstance(given, Mapping) or hasattr(given, "columns") or (series and not _is_array_of_pandas(given))


def read_column(given: Any) -> Column:
    """Read a Series, a column of Arrow, an array, or a dict by name.

    Numbers tell groups, -1 and what is missing none; True and False tell who is in one group; each string is a group.

    Raises
    ------
    InstanceError
        If it holds anything else, is a table, or is labelled by anything but names.

    Examples
    --------
    >>> column = read_column({"vm-1": "web", "vm-0": "db", "vm-2": None})
    >>> column.of.tolist(), column.rows, column.called
    ([1, 0, -1], ('vm-1', 'vm-0', 'vm-2'), ('db', 'web'))
    >>> read_column(np.array([True, False])).of.tolist()
    [0, -1]
    """
    if isinstance(given, Mapping):
        return _read(list(given.values()), _rows(list(given)))
    if hasattr(given, "columns") or getattr(given, "ndim", 1) != 1:
        raise InstanceError("a rule speaks of a table: give one column of it, with the group of each row.")
    entries = plain_column(given)
    if getattr(getattr(entries, "dtype", None), "kind", "O") not in tuple("iub"):
        entries = next(getattr(given, name)() for name in ("to_pylist", "to_list", "tolist") if hasattr(given, name))
    return _read(entries, _rows_of_index(given.index) if has_index(given) else None)


def _read(entries: Any, rows: tuple[str, ...] | None) -> Column:
    if not isinstance(entries, np.ndarray):
        there = [entry for entry in entries if not _is_missing(entry)]
        if there and all(isinstance(entry, str) for entry in there):
            called = sorted(set(there))
            number = {name: position for position, name in enumerate(called)}
            of = [NONE if _is_missing(entry) else number[entry] for entry in entries]
            return Column(np.array(of, dtype=np.int64), rows, tuple(called))
        flags = bool(there) and all(isinstance(entry, bool | np.bool_) for entry in there)
        if not flags and not all(checks.is_integer(entry) for entry in there):
            _refuse_entries(there)
        missing = False if flags else NONE
        entries = _as_array([missing if _is_missing(entry) else entry for entry in entries])
    if entries.dtype.kind == "u" and entries.size and entries.max() > np.iinfo(np.int64).max:
        _refuse_entries([entries.max()])
    return Column(entries.astype(np.int64) - (entries.dtype.kind == "b"), rows)


def _as_array(entries: list[Any]) -> Any:
    try:
        return np.array(entries, dtype=None if entries and isinstance(entries[0], bool | np.bool_) else np.int64)
    except OverflowError:
        _refuse_entries(entries)


def _refuse_entries(entries: list[Any]) -> NoReturn:
    odd = next((entry for entry in entries if not checks.is_integer(entry) or abs(int(entry)) >= 2**63), None)
    hint = "; where missing entries made floats of them: .fillna(-1).astype(int)" if isinstance(odd, float) else ""
    raise InstanceError(
        f"a column of groups holds {checks.shown(odd)}: give integers, -1 for none{hint}; or True and False; or a "
        "string for each, the name of its group."
    )


def _rows_of_index(index: Any) -> tuple[str, ...] | None:
    """Names that label rows; None where they are only counted."""
    plain = np.asarray(index)
    if plain.dtype.kind in "iu" and np.array_equal(plain, np.arange(len(plain))):
        return None
    return _rows(index.tolist())


def _rows(labels: list[Any]) -> tuple[str, ...]:
    odd = [label for label in labels if not isinstance(label, str)]
    if odd:
        raise InstanceError(
            f"a column of groups labels a row {checks.shown(odd[0])}: label rows by the names of their VMs (or hosts), "
            "or give an array in their order (.to_numpy()); where it holds names, give a list of them (.tolist())."
        )
    if len(set(labels)) < len(labels):
        twice = next(label for k, label in enumerate(labels) if label in labels[:k])
        raise InstanceError(f"a column of groups has two rows labelled {twice!r}: label each once.")
    return tuple(labels)


def _is_missing(entry: Any) -> bool:
    return entry is None or type(entry).__name__ in MISSING_TYPES or (isinstance(entry, float) and entry != entry)


def _is_array_of_pandas(given: Any) -> bool:
    """Whether it is an array without an index that holds no categories: of strings, it is a list of names."""
    bare = hasattr(given, "take") and hasattr(given, "isna") and not has_index(given)
    return bare and getattr(given, "categories", None) is None
