"""Parts of hosts and pieces of VMs in CSV files: columns ``parts`` and ``pieces`` of cells in JSON, empty for none."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from vmopt.errors import FileError, VmoptError
from vmopt.io.csv_table import CsvTable
from vmopt.io.files import PathLike
from vmopt.io.json_parts import inside_document, read_parts, read_pieces
from vmopt.model.instance import Instance
from vmopt.model.rule import Rule
from vmopt.rules.inside import Inside

PARTS, PIECES = "parts", "pieces"


def parts_in(hosts: CsvTable, vms: CsvTable) -> list[Rule]:
    """Return what the files say of parts and pieces, as a rule; none where nobody asks for pieces.

    Raises
    ------
    FileError
        If a cell is no JSON, or what it says is none: the message names file, line and column.
    """
    there, of_host = _column(hosts, PARTS, read_parts)
    asks, of_vm = _column(vms, PIECES, read_pieces)
    return [Inside(of_vm, asks, of_host, there)] if asks else []


def part_columns(
    instance: Instance, rules: Sequence[Inside], path: PathLike
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return the columns of hosts and of VMs that say what such a rule does; none where there is no such rule.

    Raises
    ------
    FileError
        If there are several: a host has one cell for its parts.
    """
    if not rules:
        return {}, {}
    if len(rules) > 1:
        raise FileError(f"cannot write {path}: CSV holds one rule of parts, not {len(rules)}; write JSON.")
    (rule,) = rules
    said: dict[str, Any] = inside_document(rule)
    selected: Any = rule.hosts, rule.vms
    of_host = selected[0].among(instance.host_names, instance.host_labels, "host")
    of_vm = selected[1].among(instance.vm_names, instance.vm_labels, "VM")
    pieces = {name: ask[0] if len(ask) == 1 else ask for name, ask in said[PIECES].items()}
    return {PARTS: _cells(of_host, said[PARTS])}, {PIECES: _cells(of_vm, pieces)}


def _cells(members: Any, said: Mapping[str, Any]) -> list[str]:
    texts = [json.dumps(said[name]) if said[name] else "" for name in members.names]
    return [texts[group] if group >= 0 else "" for group in members.of.tolist()]


def _column(table: CsvTable, column: str, read: Callable[[Any, str], Any]) -> tuple[dict[str, Any], list[str | None]]:
    """Read each text once; call what differs by the row that has it first, and say for each row which it is."""
    cells = table.columns.get(column)
    if cells is None:
        return {}, [None] * len(next(iter(table.columns.values())))
    names = table.columns.get("name")
    called: dict[str, str | None] = {"": None}
    first: dict[str, str] = {}
    found: dict[str, Any] = {}
    for row, cell in enumerate(cells):
        if cell not in called:
            one = _read(table, row, column, cell, read)
            title = first.setdefault(repr(one), f"{column} of {names[row] if names else f'row {row}'}")
            called[cell], found[title] = title, one
    return found, [called[cell] for cell in cells]


def _read(table: CsvTable, row: int, column: str, cell: str, read: Callable[[Any, str], Any]) -> Any:
    try:
        return read(json.loads(cell), column)
    except json.JSONDecodeError as error:
        table.fail(row, column, f"it is no JSON ({error}); give what JSON files hold there, quoted as a cell")
    except VmoptError as error:
        table.fail(row, column, str(error).removesuffix("."))
