"""Names of the resources: given, or taken from the tables that name their columns, or counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from vmopt.errors import InstanceError
from vmopt.model.named_table import NamedTable
from vmopt.model.names import Names


def resource_names(given: Sequence[str] | None, table: Any = None, what: str = "capacity") -> tuple[str, ...]:
    """Check the names of the resources, or make some for the columns of a table, which is that of `what`."""
    if given is None:
        if isinstance(table, NamedTable):
            counted = tuple(f"resource-{k}" for k in range(len(table.columns)))
            return counted if table.names is None else resource_names(table.names)
        try:
            shape = np.shape(table)
        except ValueError as error:
            raise InstanceError(f"the {what} table is ragged: give one amount per resource ({error}).") from None
        if len(shape) != 2 or not shape[1]:
            row = "host" if what == "capacity" else "VM"
            raise InstanceError(f"the {what} table has shape {shape}: give a row per {row}, a column per resource.")
        return tuple(f"resource-{k}" for k in range(shape[1]))
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise InstanceError(f"resources is {given!r}: give a sequence of names.")
    names = tuple(given)
    if not names:
        raise InstanceError("there is no resource: an instance needs at least one, such as cpu.")
    return tuple(Names.given(names, len(names), "resource"))


def resources_of(given: Sequence[str] | None, **tables: Any) -> tuple[str, ...]:
    """Check the names of the resources, or take them from the first table that names its columns, or has any.

    Raises
    ------
    InstanceError
        If single columns (a Series) name the resource differently, or otherwise than it is called.
    """
    named = [table for table in tables.values() if isinstance(table, NamedTable) and table.names]
    alone = dict.fromkeys(name for table in named if table.is_column for name in table.names or ())
    if given is None and len(alone) > 1:
        called = " and ".join(map(repr, alone))
        raise InstanceError(f"the resource is called {called}: name both columns alike, or give plain arrays.")
    what, first = next(iter(tables.items()))
    names = resource_names(given, named[0] if named else first, what)
    odd = next((name for name in alone if len(names) == 1 and name != names[0]), None)
    if odd is not None:
        raise InstanceError(
            f"a column of amounts is called {odd!r}, but the resource is {names[0]}: rename it, or give a plain array."
        )
    return names
