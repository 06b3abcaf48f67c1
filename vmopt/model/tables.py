"""Tables with names: data frames, Arrow tables, structured arrays and dicts of columns are matched by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from vmopt import checks
from vmopt.errors import InstanceError
from vmopt.model.index_labels import has_index
from vmopt.model.indexed_rows import aligned
from vmopt.model.named_table import NamedTable, plain_column


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
        return _of_columns(given)
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


def _of_columns(given: Mapping[Any, Any]) -> NamedTable:
    """Make a table of named columns; those of pandas are brought into the order of the first."""
    index = next((column.index for column in given.values() if has_index(column)), None)
    columns = given if index is None else aligned(given)
    return _named(list(columns), [plain_column(column) for column in columns.values()], index)


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
            raise InstanceError(f"column {name!r} of the table is {checks.shown(column)}: give columns of one length.")
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
