"""Tables that tell who runs where: CSV, TSV, YAML and Parquet with the columns ``vm`` and ``host``."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

from vmopt.errors import FileError
from vmopt.io.csv_table import CsvTable
from vmopt.io.files import as_utf8, read_bytes
from vmopt.io.formulas import from_cell
from vmopt.io.parquet import read_arrow

SEPARATORS = {".csv": ",", ".csv.gz": ",", ".tsv": "\t", ".tsv.gz": "\t"}
YAML = (".yaml", ".yml", ".yaml.gz", ".yml.gz")
PARQUET = ".parquet"
COLUMNS = ("vm", "host")


def is_table(path: Path) -> bool:
    """Whether the name ends as that of a table of placements."""
    return path.name.lower().endswith((*SEPARATORS, *YAML, PARQUET))


def read_table(path: Path) -> dict[str, str | None]:
    """Read VM names and host names; None where a VM runs nowhere.

    Raises
    ------
    ExtraError
        If it is Parquet, and what reads that is not installed.
    FileError
        If it cannot be read, lacks a column, or holds a VM twice.
    """
    name = path.name.lower()
    if name.endswith(PARQUET):
        return _placement(_from_parquet(path), path)
    if name.endswith(YAML):
        return _placement(_from_yaml(path), path)
    return _from_csv(path, next(mark for ending, mark in SEPARATORS.items() if name.endswith(ending)))


def _from_csv(path: Path, separator: str) -> dict[str, str | None]:
    table = CsvTable(path, separator=separator)
    columns = {name.lower(): name for name in table.columns}
    if not set(COLUMNS) <= set(columns):
        raise FileError(f"{path}, line 1: name two columns vm and host; it has {', '.join(table.columns)}.")
    names = [columns[name] for name in COLUMNS]
    vms, hosts = (list(map(from_cell, table.columns[name])) for name in names)
    placement: dict[str, str | None] = {}
    for row, (vm, host) in enumerate(zip(vms, hosts, strict=True)):
        if vm in placement:
            table.fail(row, names[0], f"VM {vm!r} is there twice")
        placement[vm] = host or None
    return placement


def _from_yaml(path: Path) -> Iterable[tuple[Any, Any]]:
    """A sequence of mappings, as is written; or one mapping of VM names to host names."""
    from vmopt.io.yaml_text import yaml_documents

    documents = list(yaml_documents(as_utf8(read_bytes(path), path), str(path)))
    given = documents[0] if len(documents) == 1 else documents
    if isinstance(given, dict):
        return list(given.items())
    if not isinstance(given, list) or not all(isinstance(row, dict) and "vm" in row for row in given):
        raise FileError(f"{path} holds no placement: give a list of 'vm: NAME' and 'host: NAME', or NAME: HOST.")
    return [(row["vm"], row.get("host")) for row in given]


def _from_parquet(path: Path) -> Iterable[tuple[Any, Any]]:
    table = read_arrow(BytesIO(read_bytes(path)), path, COLUMNS)
    return zip(*(table[name].to_pylist() for name in COLUMNS), strict=True)


def _placement(rows: Iterable[tuple[Any, Any]], path: Path) -> dict[str, str | None]:
    placement: dict[str, str | None] = {}
    for vm, host in rows:
        if not isinstance(vm, str) or not isinstance(host, str | None):
            raise FileError(f"{path}: VM {vm!r} is on {host!r}: give names, in quotes where they look like numbers.")
        if vm in placement:
            raise FileError(f"{path}: VM {vm!r} is there twice: leave one out.")
        placement[vm] = host or None
    return placement
