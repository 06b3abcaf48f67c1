"""The tables of a JSON instance: a list of rows for people, or an object of columns for size.

Either way they become the arguments of `Instance.from_arrays`; no object per VM or host is made.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from vmopt.arrays import BoolArray
from vmopt.errors import FileError
from vmopt.io.json_file import Fields, shown
from vmopt.model.amounts import as_column, as_table

Table = dict[str, Any]
NUMBERS = (int, float)
RESERVATION, CURRENT, MOVE_COST = "reservation", "current", "move_cost"
HOST_KEYS = ("name", "capacity", "labels")
VM_KEYS = ("name", "demand", "priority", "value", "kind", "labels", RESERVATION, CURRENT, MOVE_COST)
DEFAULTS: Table = {"priority": 1, "value": None, "kind": "vm", CURRENT: None, MOVE_COST: 1}
EMPTY: dict[str, str] = {}


def read_table(given: list[Any] | Table, where: str, keys: tuple[str, ...], resources: tuple[str, ...]) -> Table:
    """Read one table of an instance.

    Parameters
    ----------
    given : list of objects (rows) or object of lists (columns)
    where : str
        The file and the table, for error messages.
    keys : tuple of str
        What a row may have; the second is the one of the amounts.
    resources : tuple of str

    Returns
    -------
    dict
        A column for each of `keys`, None where the file says nothing; amounts as a table (n_rows, n_resources).

    Raises
    ------
    FileError
        If a key is unknown or missing, a value of the wrong type, or a column of the wrong length.
    """
    if isinstance(given, list):
        columns = _from_rows(given, where, keys, resources)
    else:
        columns = _from_columns(given, where, keys, resources)
    amounts = keys[1]
    columns[amounts] = _amounts(columns[amounts], where, amounts, resources)
    if columns.get(RESERVATION) is not None:
        columns[RESERVATION] = _amounts(columns[RESERVATION], where, RESERVATION, resources)
    _require(columns["name"], (str,), where, "name", "a string")
    _require(columns["labels"], (dict,), where, "labels", "an object of strings")
    if "kind" in columns:
        _require(columns.get("priority"), NUMBERS, where, "priority", "a number")
        _require(columns.get("value"), (*NUMBERS, type(None)), where, "value", "a number or null")
        _require(columns.get(CURRENT), (str, type(None)), where, CURRENT, "the name of a host, or null")
        _require(columns.get(MOVE_COST), NUMBERS, where, MOVE_COST, "a number")
        columns["kind"] = _containers(columns["kind"], where)
    return columns


def _from_columns(given: Table, where: str, keys: tuple[str, ...], resources: tuple[str, ...]) -> Table:
    fields = Fields(given, where)
    amounts = Fields(fields.take(keys[1], dict), f"{where}, {keys[1]}")
    columns: Table = {keys[1]: [amounts.take(resource, list) for resource in resources]}
    amounts.finish()
    named = list(zip(resources, columns[keys[1]], strict=True))
    reservation = fields.take(RESERVATION, dict, default=None) if RESERVATION in keys else None
    columns[RESERVATION] = None
    if reservation is not None:
        reserved = Fields(reservation, f"{where}, {RESERVATION}")
        columns[RESERVATION] = [reserved.take(resource, list, default=asked) for resource, asked in named]
        reserved.finish()
        named += [(f"{RESERVATION} of {name}", c) for name, c in zip(resources, columns[RESERVATION], strict=True)]
    others = [key for key in keys if key not in (keys[1], RESERVATION)]
    columns |= {key: fields.take(key, list, default=None) for key in others}
    fields.finish()
    count = len(named[0][1])
    for name, column in [*named, *((key, columns[key]) for key in others)]:
        if column is not None and len(column) != count:
            raise FileError(f"{where}: column {name} has {len(column)} entries, but column {resources[0]} has {count}.")
    return columns


def _from_rows(rows: list[Any], where: str, keys: tuple[str, ...], resources: tuple[str, ...]) -> Table:
    _check_rows(rows, where, keys, resources)
    columns: Table = {keys[1]: [[row[keys[1]].get(resource, 0) for row in rows] for resource in resources]}
    for key in keys:
        if key == RESERVATION and any(key in row for row in rows):
            columns[key] = [[_reserved(row, keys[1], resource) for row in rows] for resource in resources]
        elif key != keys[1] and any(key in row for row in rows):
            default = EMPTY if key == "labels" else DEFAULTS.get(key)
            columns[key] = [row.get(key, default) for row in rows]
        elif key != keys[1]:
            columns[key] = None
    return columns


def _check_rows(rows: list[Any], where: str, keys: Collection[str], resources: tuple[str, ...]) -> None:
    """Refuse rows that are no objects, lack their amounts or have unknown keys."""
    allowed, known, amounts = set(keys), set(resources), tuple(keys)[1]
    for position, row in enumerate(rows):
        if not isinstance(row, dict):
            raise FileError(f"{where}[{position}] is {shown(row)}: expected an object.")
        if not row.keys() <= allowed:
            unknown = next(key for key in row if key not in allowed)
            raise FileError(f"{where}[{position}]: key {unknown!r} is unknown: use {', '.join(keys)}.")
        for what in (amounts, RESERVATION) if RESERVATION in row else (amounts,):
            given = row.get(what)
            if not isinstance(given, dict):
                problem = "is missing" if what not in row else f"is {shown(given)}"
                raise FileError(f"{where}[{position}]: {what} {problem}: give an object of resource to amount.")
            if not given.keys() <= known:
                unknown = next(key for key in given if key not in known)
                raise FileError(
                    f"{where}[{position}]: {what} names resource {unknown!r}, "
                    f"but the resources are {', '.join(resources)}: correct it, or add it to resources."
                )


def _reserved(row: Table, amounts: str, resource: str) -> Any:
    """What a row reserves of a resource; the whole demand where it says nothing."""
    demand = row[amounts].get(resource, 0)
    return row[RESERVATION].get(resource, demand) if RESERVATION in row else demand


def _amounts(columns: list[list[Any]], where: str, what: str, resources: tuple[str, ...]) -> Any:
    for resource, column in zip(resources, columns, strict=True):
        _require(column, NUMBERS, where, f"{what} of {resource}", "a number")
    return as_table([as_column(column) for column in columns])


def _containers(kinds: list[Any] | None, where: str) -> BoolArray | None:
    _require(kinds, (str,), where, "kind", "'vm' or 'container'")
    if kinds is None:
        return None
    for position, kind in enumerate(kinds):
        if kind not in ("vm", "container"):
            raise FileError(f"{where}[{position}]: kind is {shown(kind)}: use 'vm' or 'container'.")
    return np.array([kind == "container" for kind in kinds], dtype=bool)


def _require(column: list[Any] | None, kinds: tuple[type, ...], where: str, key: str, expected: str) -> None:
    """Refuse an entry of another type; numbers are not booleans."""
    if column is None or set(map(type, column)) <= set(kinds):
        return
    position = next(i for i, entry in enumerate(column) if type(entry) not in kinds)
    raise FileError(f"{where}[{position}]: {key} is {shown(column[position])}: expected {expected}.")
