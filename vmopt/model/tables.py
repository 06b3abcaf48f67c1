"""Tables with names: data frames, Arrow tables, structured arrays and dicts of columns are matched by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from vmopt import checks
from vmopt.errors import InstanceError

MISSING_TYPES = ("NAType", "NaTType")


class NamedTable:
    """A table whose columns have names, and whose rows may have.

    Attributes
    ----------
    columns : dict of str to (n_rows,) array
    row_names : tuple of str or None
    """

    def __init__(self, columns: dict[str, Any], row_names: tuple[str, ...] | None = None) -> None:
        self.columns = columns
        self.row_names = row_names

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else 0

    def in_order(self, resources: Sequence[str], rows: Sequence[str], what: str) -> list[Any]:
        """Return the columns of these resources, with the rows in the order of their names.

        Raises
        ------
        InstanceError
            If a column is missing, or one is no resource; if the rows have other names.
        """
        missing = [name for name in resources if name not in self.columns]
        unknown = [name for name in self.columns if name not in resources]
        if missing or unknown:
            wrong = f"lacks column {missing[0]!r}" if missing else f"has column {unknown[0]!r}"
            raise InstanceError(
                f"the {what} table {wrong}, but the resources are {', '.join(resources)}: columns are matched by name; "
                "rename, add or leave out columns."
            )
        order = _order(self.row_names, rows, f"the {what} table")
        columns = [np.asarray(self.columns[name]) for name in resources]
        for name, column in zip(resources, columns, strict=True):
            if column.shape != (len(rows),):
                raise InstanceError(
                    f"column {name!r} of the {what} table has shape {column.shape}: give it {len(rows)} amounts."
                )
        return columns if order is None else [column[order] for column in columns]


def read_table(given: Any) -> Any:
    """Return a table that has names as a `NamedTable`, any other as it is.

    Examples
    --------
    >>> read_table({"cpu": [1, 2], "memory": [4, 8]}).in_order(["memory", "cpu"], ["a", "b"], "demand")
    [array([4, 8]), array([1, 2])]
    """
    if isinstance(given, NamedTable):
        return given
    if isinstance(given, Mapping):
        return _named(list(given), list(given.values()), None)
    if isinstance(given, np.ndarray) and given.dtype.names:
        return _named(list(given.dtype.names), [given[name] for name in given.dtype.names], None)
    if hasattr(given, "iloc") and hasattr(given, "columns"):
        columns = [given.iloc[:, k].to_numpy() for k in range(given.shape[1])]
        return _named(list(given.columns), columns, _row_names(given.index))
    if hasattr(given, "to_pandas") and hasattr(given, "columns"):  # polars, Arrow
        names = list(getattr(given, "column_names", given.columns))
        return _named(names, [given[name].to_numpy() for name in names], None)
    if hasattr(given, "__arrow_c_stream__") or hasattr(given, "__dataframe__"):
        return read_table(_as_arrow(given))
    return given


def column_of(given: Any, rows: Sequence[str], what: str) -> Any:
    """Return a column with a value per row; one whose entries have names (a Series) is matched by them."""
    if hasattr(given, "iloc") and hasattr(given, "index"):
        order = _order(_row_names(given.index), rows, f"the {what} column")
        given = given.to_numpy()
        return given if order is None else given[order]
    if isinstance(given, Mapping):
        names = list(given)
        if not all(isinstance(name, str) for name in names):
            raise InstanceError(f"the {what} column is {checks.shown(given)}: give one value a row, or a dict by name.")
        order = _order(tuple(names), rows, f"the {what} column")
        entries = list(given.values())
        return entries if order is None else [entries[k] for k in order.tolist()]
    if hasattr(given, "__arrow_c_stream__") and hasattr(given, "to_numpy"):
        return given.to_numpy()
    return given


def is_missing(entry: Any) -> bool:
    """Whether an entry says that there is none: None, NaN, or what pandas has for it."""
    return entry is None or type(entry).__name__ in MISSING_TYPES or bool(entry != entry)


def _named(names: list[Any], columns: list[Any], row_names: tuple[str, ...] | None) -> Any:
    if not names:
        raise InstanceError("the table has no column: give one for each resource.")
    if not all(isinstance(name, str) for name in names):
        if all(isinstance(name, int | np.integer) for name in names):  # counted, not named
            return np.column_stack(columns)
        raise InstanceError(f"the columns are named {checks.shown(names)}: name each after its resource, a string.")
    for name in names:
        if names.count(name) > 1:
            raise InstanceError(f"column {name!r} is there twice: name each column once.")
    for name, column in zip(names, columns, strict=True):
        if np.ndim(column) != 1 or len(column) != len(columns[0]):
            raise InstanceError(f"column {name!r} is {checks.shown(column)}: give columns of one length.")
    return NamedTable(dict(zip(names, columns, strict=True)), row_names)


def _row_names(index: Any) -> tuple[str, ...] | None:
    names = tuple(index)
    return names if names and all(isinstance(name, str) for name in names) else None


def _order(given: tuple[str, ...] | None, rows: Sequence[str], what: str) -> Any:
    """Where to find each row, None where they are in order already or have no names."""
    if given is None or given == tuple(rows):
        return None
    position = {name: k for k, name in enumerate(given)}
    unknown = [name for name in rows if name not in position]
    if unknown or len(given) != len(rows):
        odd = unknown[0] if unknown else next(name for name in given if name not in set(rows))
        raise InstanceError(
            f"{what} names its rows, and {odd!r} is not in both it and the names of the instance: rows are matched by "
            "name; name them alike, or give a plain array."
        )
    return np.array([position[name] for name in rows])


def _as_arrow(given: Any) -> Any:
    try:
        import pyarrow
        from pyarrow import interchange
    except ImportError:
        raise InstanceError(
            f"to read a {type(given).__name__}, pyarrow is needed: pip install pyarrow, or give a dict of columns."
        ) from None
    return pyarrow.table(given) if hasattr(given, "__arrow_c_stream__") else interchange.from_dataframe(given)
