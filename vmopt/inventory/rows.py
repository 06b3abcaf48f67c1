"""What a table says of its rows beside amounts: names, labels, and of VMs what they are worth and where they run."""

from __future__ import annotations

from typing import Any

from vmopt.inventory.columns import KINDS, TableColumns
from vmopt.inventory.numerals import split, value_of
from vmopt.inventory.sheet import shown
from vmopt.model.amounts import as_column


def columns_of(columns: TableColumns, what: str) -> dict[str, Any]:
    """Return arguments of `Instance.from_arrays`; `what` is "host" or "vm"."""
    found: dict[str, Any] = {f"{what}_names": _names(columns), f"{what}_labels": _labels(columns)}
    others = columns.others
    if "priority" in others:
        found["priority"] = as_column([1 if one is None else one for one in _numbers(columns, others["priority"])])
    if "value" in others:
        found["value"] = _numbers(columns, others["value"])
    if "move_cost" in others:
        found["move_cost"] = as_column([1 if one is None else one for one in _numbers(columns, others["move_cost"])])
    if "kind" in others:
        found["is_container"] = _containers(columns, others["kind"])
    if "current" in others:
        found["current"] = columns.homes
    return found


def _names(columns: TableColumns) -> list[str] | None:
    if columns.name is None:
        return None
    names, first = columns.sheet.texts(columns.name), dict[str, int]()
    for row, name in enumerate(names):
        if not name:
            columns.sheet.fail(row, columns.name, "the name is empty: give each row one")
        if first.setdefault(name, row) != row:
            before = f"{columns.sheet.line} {columns.sheet.lines[first[name]]}"
            why = f"{shown(name)} is there already, in {before}: rename one, or say which column holds the names: "
            columns.sheet.fail(row, columns.name, f"{why}name_column=...")
    return names


def _labels(columns: TableColumns) -> list[dict[str, str]] | None:
    if not columns.labels:
        return None
    texts = [columns.sheet.texts(title) for title in columns.labels.values()]
    return [
        {key: cell for key, cell in zip(columns.labels, cells, strict=True) if cell}
        for cells in zip(*texts, strict=True)
    ]


def _numbers(columns: TableColumns, title: str) -> list[float | int | None]:
    """Read numbers without a unit; None where the cell is empty."""
    found: list[float | int | None] = []
    for row, text in enumerate(columns.sheet.texts(title)):
        pieces = split(text)
        value = None if pieces is None or pieces[2] else value_of(pieces[0].replace(",", "."), pieces[1], ".")
        if text and value is None:
            columns.sheet.fail(row, title, f"{shown(text)} is no number: write such as 3 or 2.5")
        found.append(None if value is None else int(value) if value.denominator == 1 else float(value))
    return found


def _containers(columns: TableColumns, title: str) -> list[bool]:
    kinds = [text.casefold() for text in columns.sheet.texts(title)]
    for row, kind in enumerate(kinds):
        if kind not in KINDS:
            columns.sheet.fail(row, title, f"{shown(kind)} is no kind: write vm or container")
    return [kind == "container" for kind in kinds]
