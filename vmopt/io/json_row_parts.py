"""Parts and pieces in the rows of a JSON instance: the rule that `Host(parts=...)` and `VM(pieces=...)` make."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from vmopt.errors import FileError
from vmopt.io.json_parts import read_parts, read_pieces
from vmopt.model.host import Host
from vmopt.model.rows import rules_of_parts
from vmopt.model.rule import Rule
from vmopt.model.vm import VM

PARTS, PIECES = "parts", "pieces"


def take_parts(hosts: Any, vms: Any, path: str) -> list[Rule]:
    """Take what rows say of parts and pieces out of them, and return it as a rule; none where they say nothing.

    Raises
    ------
    FileError
        If what they say is none.

    Examples
    --------
    >>> hosts = [{"capacity": {}, "parts": {"gpu": [{"milli": 1000}]}}]
    >>> vms = [{"demand": {}, "pieces": [{"kind": "gpu"}]}]
    >>> len(take_parts(hosts, vms, "cluster.json")), hosts, vms
    (1, [{'capacity': {}}], [{'demand': {}}])
    """
    if not _says(hosts, PARTS) and not _says(vms, PIECES):
        return []
    there = [Host(name, {}, parts=read_parts(own, at)) for name, own, at in _taken(hosts, PARTS, {}, f"{path}: hosts")]
    asking = [VM(name, {}, pieces=read_pieces(own, at)) for name, own, at in _taken(vms, PIECES, [], f"{path}: vms")]
    return rules_of_parts(there, asking)


def _says(rows: Any, key: str) -> bool:
    return isinstance(rows, list) and any(isinstance(row, dict) and key in row for row in rows)


def _taken(rows: Any, key: str, nothing: Any, where: str) -> Iterator[tuple[str, Any, str]]:
    """Name each row, take what it says of them, and say where that stands."""
    if not isinstance(rows, list):
        raise FileError(f"{where} are columns, beside rows with parts or pieces: give rows of both, or a rule.")
    names = [str(row.get("name", "")) if isinstance(row, dict) else "" for row in rows]
    called = len({*names} - {""}) == len(rows)
    for n, row in enumerate(rows):
        given = row.pop(key, None) if isinstance(row, dict) else None
        yield names[n] if called else f"row {n}", nothing if given is None else given, f"{where}[{n}]: {key}"
