"""IndexLabels of rows: what pandas, or the keys of a dict, say of who is in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from vmopt import checks
from vmopt.arrays import IntArray
from vmopt.errors import InstanceError, VmoptError
from vmopt.model.named_table import NamedTable, is_missing
from vmopt.model.names import Names


@dataclass(frozen=True, eq=False)
class IndexLabels:
    """The labels of some rows, such as the index of a pandas Series or the keys of a dict.

    Attributes
    ----------
    of : str
        What is labelled, as errors call it.
    entries : sequence
        A `range` where pandas only counts the rows.
    placed : bool
        Whether the rows of the instance are in this order, so that others can be brought into it.
    """

    of: str
    entries: Sequence[Any]
    placed: bool = False

    @property
    def are_counted(self) -> bool:
        """Whether they are 0, 1, 2, ..., as nobody chose them."""
        return isinstance(self.entries, range)

    @cached_property
    def are_names(self) -> bool:
        """Whether all are strings."""
        return not self.are_counted and all(isinstance(entry, str) for entry in self.entries)

    @property
    def are_in_order(self) -> bool:
        """Whether nothing says that rows were put in another order: labels ascend, or cannot be compared."""
        if self.are_counted or self.are_names:
            return True
        there = [entry for entry in self.entries if entry is not None]
        try:
            return all(one <= other for one, other in pairwise(there))
        except TypeError:
            return True

    @cached_property
    def position(self) -> dict[Any, int]:
        """Where each label is; the last place of one that is there twice."""
        return {entry: k for k, entry in enumerate(self.entries)}

    def order_in(self, other: IndexLabels) -> IntArray | None:
        """Where each of these labels is among others; None where the labels are not the same, each there once."""
        if len(self.entries) != len(other.entries) or len(self.position) < len(self.entries):
            return None
        if any(entry not in self.position for entry in other.entries) or len(other.position) < len(other.entries):
            return None
        return np.array([other.position[entry] for entry in self.entries], dtype=np.int64)

    def differ_from(self, other: IndexLabels) -> bool:
        """Whether both say who their rows are, and not of the same rows."""
        if self.are_counted or other.are_counted:
            return False
        return self.are_names or not isinstance(other.entries, Names)


def labels_of(given: Any, what: str, *, placed: bool = False) -> IndexLabels | None:
    """Return the labels of the rows of a table, a column or a dict; None where it has none."""
    if isinstance(given, NamedTable):
        index = given.index
    elif isinstance(given, Mapping):
        if not all(isinstance(name, str) for name in given):
            raise InstanceError(f"{what} is {checks.shown(given)}: give one value a row, or a dict by name.")
        return IndexLabels(what, tuple(given), placed)
    else:
        index = given.index if has_index(given) else None
    return None if index is None or not len(index) else IndexLabels(what, _entries(index), placed)


def has_index(given: Any) -> bool:
    """Whether something is of pandas, and its rows labelled."""
    return hasattr(given, "iloc") and hasattr(given, "index")


def by_place(
    given: Any,
    name: str,
    order: str,
    error: type[VmoptError] = InstanceError,
    axes: Sequence[str] = ("index", "columns"),
) -> Any:
    """Return what is read by place; rows or columns of pandas that have labels of their own are refused.

    Raises
    ------
    VmoptError
        Of the kind `error`, with the order that is meant.
    """
    for axis in axes if hasattr(given, "iloc") else ():
        labels = getattr(given, axis, None)
        if labels is not None and len(labels) and not isinstance(_entries(labels), range):
            raise error(
                f"{name} has labels ({checks.shown(labels[0])}, ...), and is read by place: put it in the order of "
                f"{order}, and give .to_numpy()."
            )
    return given


def _entries(index: Any) -> Sequence[Any]:
    """The labels of an index of pandas; what is missing is None, which equals itself."""
    plain = np.asarray(index)
    if plain.dtype.kind in "iu" and np.array_equal(plain, np.arange(len(plain))):
        return range(len(plain))
    entries = index.tolist()
    if isinstance(entries[0], tuple) or bool(index.hasnans):
        return tuple(_without_missing(entry) for entry in entries)
    return tuple(entries)


def _without_missing(entry: Any) -> Any:
    if isinstance(entry, tuple):
        return tuple(_without_missing(part) for part in entry)
    return None if is_missing(entry) else entry
