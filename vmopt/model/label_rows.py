"""Labels of VMs or hosts, row by row, and what each label says of all rows, read once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from vmopt.arrays import IntArray


class LabelRows(tuple[Mapping[str, str], ...]):
    """A mapping of labels to values for each row; frozen.

    Examples
    --------
    >>> rows = LabelRows.of([{"app": "web"}, {}, {"app": "db"}])
    >>> values, number = rows.column("app")
    >>> values, number.tolist()
    (('db', 'web'), [1, -1, 0])
    """

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, str]]) -> LabelRows:
        """Copy rows; those that are frozen already are taken as they are."""
        return rows if isinstance(rows, cls) else cls(MappingProxyType(dict(row)) for row in rows)

    def column(self, label: str) -> tuple[tuple[str, ...], IntArray]:
        """Return the values of a label, sorted, and the number of each row's value, -1 where it has no such label.

        Hundreds of rules speak of one label, each of another value of it: the rows are read for the first of them.
        """
        known: dict[str, tuple[tuple[str, ...], IntArray]] = self.__dict__.setdefault("_columns", {})
        if label not in known:
            found = [row.get(label) for row in self]
            values = tuple(sorted({value for value in found if value is not None}))
            number = {value: position for position, value in enumerate(values)}
            of = np.array([-1 if value is None else number[value] for value in found], dtype=np.int64)
            of.flags.writeable = False
            known[label] = values, of
        return known[label]

    def rows_with(self, label: str, value: str) -> IntArray | None:
        """Return 0 for rows with this value of a label and -1 for others, kept for the next rule; None for no such row.

        Examples
        --------
        >>> LabelRows.of([{"app": "web"}, {}, {"app": "db"}]).rows_with("app", "db").tolist()
        [-1, -1, 0]
        """
        known: dict[tuple[str, str], IntArray] = self.__dict__.setdefault("_rows_with", {})
        if (label, value) not in known:
            values, of = self.column(label)
            place = bisect_left(values, value)
            if place == len(values) or values[place] != value:
                return None
            found = np.where(of == place, 0, -1).astype(np.int64)
            found.flags.writeable = False
            known[label, value] = found
        return known[label, value]


def kept_rows(rows: Sequence[Mapping[str, str]] | None, positions: IntArray) -> LabelRows | None:
    """Return the labels of some rows; None where no row has labels.

    Examples
    --------
    >>> kept_rows(LabelRows.of([{"app": "web"}, {}, {"app": "db"}]), np.array([1, 2]))[1]["app"]
    'db'
    """
    return None if rows is None else LabelRows.of(rows[position] for position in positions.tolist())
