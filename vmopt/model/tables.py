"""Tables with names: data frames, Arrow tables, structured arrays and dicts of columns are matched by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from vmopt import checks
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


def read_table(given: Any) -> Any:
    """Return a table, or one column, that has names or labels as a `NamedTable`; any other as it is.

    Examples
    --------
    >>> read_table({"cpu": [1, 2], "memory": [4, 8]}).in_order(["memory", "cpu"], 2, "demand")
    [array([4, 8]), array([1, 2])]
    """
    if isinstance(given, NamedTable):
        return given
    if isinstance(given, Mapping):
        return _named(list(given), list(given.values()), None)
    if isinstance(given, np.ndarray):
        return (
            _named(list(given.dtype.names), [given[name] for name in given.dtype.names]) if given.dtype.names else given
        )
    if hasattr(given, "iloc") and hasattr(given, "columns"):
        columns = [given.iloc[:, k].to_numpy() for k in range(given.shape[1])]
        return _named(list(given.columns), columns, given.index)
    if hasattr(given, "to_pandas") and hasattr(given, "columns"):  # polars, Arrow
        names = list(getattr(given, "column_names", given.columns))
        return _named(names, [plain_column(given[name]) for name in names])
    if hasattr(given, "to_numpy"):
        return _one_column(given)
    if hasattr(given, "__arrow_c_stream__") or hasattr(given, "__dataframe__"):
        return read_table(_as_arrow(given))
    return given


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


def _one_column(given: Any) -> Any:
    column = plain_column(given)
    if np.ndim(column) != 1:
        return column
    name = getattr(given, "name", None)
    index = given.index if hasattr(given, "iloc") else None
    return NamedTable([column], (name,) if isinstance(name, str) and name else None, index, is_column=True)


def _named(names: list[Any], columns: list[Any], index: Any = None) -> NamedTable:
    if not names:
        raise InstanceError("the table has no column: give one for each resource.")
    counted = all(isinstance(name, int | np.integer) for name in names)
    if not counted and not all(isinstance(name, str) for name in names):
        raise InstanceError(f"the columns are named {checks.shown(names)}: name each after its resource, a string.")
    for name, column in zip(names, columns, strict=True):
        if names.count(name) > 1 and not counted:
            raise InstanceError(f"column {name!r} is there twice: name each column once.")
        if np.ndim(column) != 1 or len(column) != len(columns[0]):
            raise InstanceError(f"column {name!r} is {checks.shown(column)}: give columns of one length.")
    return NamedTable(columns, None if counted else tuple(names), index)


def _as_arrow(given: Any) -> Any:
    try:
        import pyarrow
        from pyarrow import interchange
    except ImportError:
        raise InstanceError(
            f"to read a {type(given).__name__}, pyarrow is needed: pip install pyarrow, or give a dict of columns."
        ) from None
    if not hasattr(given, "__arrow_c_stream__"):
        return interchange.from_dataframe(given)
    stream = pyarrow.chunked_array(given)
    return pyarrow.Table.from_struct_array(stream) if pyarrow.types.is_struct(stream.type) else stream
