"""NamedTable: a table whose columns may have names, and whose rows labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from vmopt.errors import InstanceError

MISSING_TYPES = ("NAType", "NaTType")


class NamedTable:
    """A table whose columns may have names, and whose rows labels.

    Attributes
    ----------
    columns : list of (n_rows,) arrays
    names : tuple of str or None
        None where the columns are only counted.
    index : index of pandas or None
        The labels of the rows.
    is_column : bool
        Whether it was given as one column, whose name may name the resource and need not.
    """

    def __init__(
        self, columns: list[Any], names: tuple[str, ...] | None, index: Any = None, *, is_column: bool = False
    ) -> None:
        self.columns = columns
        self.names = names
        self.index = index
        self.is_column = is_column

    def __len__(self) -> int:
        return len(self.columns[0])

    def taken(self, order: Any) -> NamedTable:
        """Return the table with its rows in this order."""
        columns = [np.asarray(column)[order] for column in self.columns]
        return NamedTable(columns, self.names, is_column=self.is_column)

    def in_order(self, resources: Sequence[str], n_rows: int, what: str) -> list[Any]:
        """Return the columns of these resources.

        Raises
        ------
        InstanceError
            If a column is missing, or one is no resource; if there are not so many rows.
        """
        if self.names is None or (self.is_column and len(resources) == 1):
            if len(self.columns) != len(resources):
                wrong = f"has {len(self.columns)} columns"
                raise InstanceError(f"the {what} table {wrong}, but the resources are {', '.join(resources)}.")
            named = dict(zip(resources, self.columns, strict=True))
        else:
            named = dict(zip(self.names, self.columns, strict=True))
        missing = [name for name in resources if name not in named]
        unknown = [name for name in named if name not in resources]
        if missing or unknown:
            wrong = f"lacks column {missing[0]!r}" if missing else f"has column {unknown[0]!r}"
            raise InstanceError(
                f"the {what} table {wrong}, but the resources are {', '.join(resources)}: columns are matched by name; "
                "rename, add or leave out columns."
            )
        for name in resources:
            if np.shape(named[name]) != (n_rows,):
                raise InstanceError(
                    f"column {name!r} of the {what} table has shape {np.shape(named[name])}: give it {n_rows} amounts."
                )
        return [np.asarray(named[name]) for name in resources]


def plain_column(given: Any) -> Any:
    """Return a column of pandas, polars or Arrow as an array, any other as it is."""
    if isinstance(given, np.ndarray) or not hasattr(given, "to_numpy"):
        return given
    if hasattr(given, "to_pylist") and not hasattr(given, "num_chunks"):  # an Arrow array copies only when told
        return given.to_numpy(zero_copy_only=False)
    return given.to_numpy()


def is_missing(entry: Any) -> bool:
    """Whether an entry says that there is none: None, NaN, or what pandas has for it."""
    return entry is None or type(entry).__name__ in MISSING_TYPES or bool(entry != entry)
