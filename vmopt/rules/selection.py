"""Whom a rule speaks of: VMs or hosts by name, by pattern, by label, or by a column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from vmopt import checks
from vmopt.arrays import BoolArray, IntArray
from vmopt.errors import InstanceError
from vmopt.model.label_rows import LabelRows
from vmopt.model.names import Names
from vmopt.rules.column import is_column, read_column
from vmopt.rules.known import few, matching, positions, refuse_label

MOST_SHOWN = 10
Selected = Any
"""Whom a parameter of a rule speaks of: whatever `Groups.of` reads."""


@dataclass(frozen=True, eq=False)
class Groups:
    """A group of VMs (or hosts), or many of them that do not overlap.

    Attributes
    ----------
    names : tuple of tuples of str, optional
        The groups, each by names or patterns such as ``web-*``.
    label : str, optional
        All that have equal values of this label are one group.
    value : str, optional
        With `label`: only the group of this value.
    column : (n,) int array, optional
        The number of each one's group; -1 for none.
    rows : tuple of str, optional
        With `column`: whose row each is, by name; who is not named is in no group. Default: the order of the instance.
    called : tuple of str, optional
        With `column`: what the groups are called, by number.

    Examples
    --------
    >>> Groups.of(["web-*", "db"])
    Groups(['web-*', 'db'])
    >>> Groups.labelled("app"), Groups.labelled("app", "web"), Groups.of(np.array([0, 0, -1]))
    (Groups(label app), Groups(label app=web), Groups(2 of 3))
    """

    names: tuple[tuple[str, ...], ...] | None = None
    label: str | None = None
    value: str | None = None
    column: IntArray | None = None
    rows: tuple[str, ...] | None = None
    called: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if (self.names is None) + (self.label is None) + (self.column is None) != 2:
            raise InstanceError("groups of a rule are told by names, by a label or by a column: give one of these.")
        if self.column is not None:
            _check_column(self.column, self.rows, self.called)

    @classmethod
    def of(cls, given: Any) -> Groups:
        """Read a name, names, groups of names, or a column of integers, truth values or strings.

        Raises
        ------
        InstanceError
            If it is none of these.
        """
        if isinstance(given, Groups):
            return given
        if isinstance(given, str):
            return cls(names=((given,),))
        if is_column(given):
            read = read_column(given)
            return cls(column=read.of, rows=read.rows, called=read.called) if len(read.of) else cls(names=((),))
        try:
            rows = sorted(given) if isinstance(given, set | frozenset) else list(given)
        except TypeError:
            rows = [given]
        if all(isinstance(row, str) for row in rows):
            return cls(names=(tuple(map(str, rows)),))
        if all(isinstance(row, list | tuple) and all(isinstance(name, str) for name in row) for row in rows):
            return cls(names=tuple(tuple(map(str, row)) for row in rows))
        raise InstanceError(
            f"a rule speaks of {checks.shown(given)}: give names or patterns, a list of such lists, "
            "Groups.labelled(...), or an array with the number of each VM's group (-1 = none)."
        )

    @classmethod
    def labelled(cls, label: str, value: str | None = None) -> Groups:
        """All with this label: a group for each of its values, or only the group of one value."""
        if not isinstance(label, str) or not (value is None or isinstance(value, str)):
            raise InstanceError(f"a label is {label!r} with value {value!r}: give strings.")
        return cls(label=label, value=value)

    def among(self, names: Names, labels: Sequence[Mapping[str, str]] | None, what: str) -> Grouping:
        """Find the members.

        Raises
        ------
        InstanceError
            If a name, or a label, is not there; if one is named twice; if the column has another length.
        """
        if self.column is not None:
            return self._by_column(self.column, names, what)
        if self.label is not None:
            return self._by_label(labels, names, what)
        return self._by_name(names, what)

    def one_by_name(self, names: Names, what: str) -> IntArray | None:
        """Find the members of the only group, in ascending order; None unless it is told by names.

        Raises
        ------
        InstanceError
            If a name is not there.
        """
        if self.names is None or len(self.names) != 1:
            return None
        found = [matching(name, names, what) for name in self.names[0]]
        return np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)

    def _by_column(self, column: IntArray, names: Names, what: str) -> Grouping:
        if self.rows is None and column.shape != (len(names),):
            raise InstanceError(
                f"the groups of a rule are a column of {len(column)} for {len(names)} {what}s: give one entry for "
                f"each, or label the rows by the names of their {what}s; where it holds names, give a list (.tolist())."
            )
        used, of = np.unique(column, return_inverse=True)
        of = of.ravel() - int(used[:1].tolist() == [-1])
        numbers = used[used >= 0].tolist()
        titles = tuple(str(number) if self.called is None else self.called[number] for number in numbers)
        if self.called is not None and titles and all(title in names.index_of for title in titles):
            raise InstanceError(
                f"the groups of a rule are a column of strings, {few(titles)}, which are names of {what}s: to speak of "
                "these, give a list of them (.tolist()); to make each a group of its own, number the groups."
            )
        if self.rows is None:
            return Grouping(of.astype(np.int64), titles)
        placed = np.full(len(names), -1, dtype=np.int64)
        placed[positions(self.rows, names, what)] = of
        return Grouping(placed, titles)

    def _by_label(self, labels: Sequence[Mapping[str, str]] | None, names: Names, what: str) -> Grouping:
        rows, label = LabelRows.of(labels or ()), str(self.label)
        if self.value is not None:
            mine = rows.rows_with(label, self.value)
            if mine is None:
                refuse_label(label, self.value, labels, names, what)
            return Grouping(mine, (self.value,))
        values, of = rows.column(label)
        if not values:
            refuse_label(label, None, labels, names, what)
        return Grouping(of, values)

    def _by_name(self, names: Names, what: str) -> Grouping:
        of = np.full(len(names), -1, dtype=np.int64)
        for number, wanted in enumerate(self.names or ()):
            for name in wanted:
                members = matching(name, names, what)
                taken = members[(of[members] >= 0) & (of[members] != number)]
                if taken.size:
                    raise InstanceError(
                        f"{what} {names[int(taken[0])]!r} is in two groups of one rule: give two rules, one for each."
                    )
                of[members] = number
        return Grouping(of, self.titles)

    @property
    def titles(self) -> tuple[str, ...]:
        """What groups that are told by names are called."""
        return tuple(_title(wanted) for wanted in self.names or ())

    def __repr__(self) -> str:
        if self.column is not None:
            inside = self.column[self.column >= 0]
            n_groups = len(np.unique(inside))
            return f"Groups({len(inside):,} of {len(self.column):,}{f' in {n_groups:,}' if n_groups > 1 else ''})"
        if self.label is not None:
            return f"Groups(label {self.label if self.value is None else f'{self.label}={self.value}'})"
        groups = [_few([repr(name) for name in group]) for group in self.names or ()]
        return f"Groups({groups[0] if len(groups) == 1 else _few(groups)})"


@dataclass(frozen=True, eq=False)
class Grouping:
    """Groups on an instance.

    Attributes
    ----------
    of : (n,) int64 array
        Group of each VM (or host), -1 for none.
    names : tuple of str
        What each group is called.
    """

    of: IntArray
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.names)

    @property
    def inside(self) -> Any:
        """Who is in any group."""
        return self.of >= 0

    @cached_property
    def anybody(self) -> IntArray:
        """Those in any group, by number: often few of many."""
        return np.flatnonzero(self.of >= 0)

    def holds(self, rows: IntArray) -> BoolArray:
        """Tell which of these are in any group."""
        return np.asarray(self.of[rows] >= 0)


def _check_column(column: Any, rows: Any, called: Any) -> None:
    plain = isinstance(column, np.ndarray) and column.ndim == 1 and column.dtype == np.int64
    if not plain or column.min(initial=-1) < -1:
        raise InstanceError(
            f"the column of groups is {checks.shown(column)}: give integers of at least -1, by Groups.of(...)."
        )
    if (rows is not None and len(rows) != len(column)) or (
        called is not None and column.max(initial=-1) >= len(called)
    ):
        raise InstanceError("a column of groups has a name for each row, and for each group, where it has any.")


def _few(items: Sequence[str]) -> str:
    """Show a list, the first of many."""
    more = [f"... {len(items):,} in all"] if len(items) > MOST_SHOWN else []
    return f"[{', '.join([*items[:MOST_SHOWN], *more])}]"


def _title(wanted: Sequence[str]) -> str:
    return ", ".join(wanted[:3]) + (", ..." if len(wanted) > 3 else "")
