"""Placements as tables: a line for each VM, with its host, or why it has none."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from vmopt.errors import ExtraError

if TYPE_CHECKING:
    from vmopt.solution import Solution

SEPARATORS = {"csv": ",", "tsv": "\t"}
HEADER, FROM = ("vm", "host", "reason"), "from"
"""Columns of every table, and the one that tells where VMs run now, where that is known."""
SAID = {"today": "today", "message": "platform"}
"""What clusters that were imported say of VMs that wait, and what that is called in tables and explanations."""


def write_placement_table(solution: Solution, form: str, path: Path) -> None:
    """Write VMs, hosts and reasons as ``csv``, ``tsv``, ``yaml``, ``parquet`` or, set out to be read, ``wide``.

    Raises
    ------
    ExtraError
        If Parquet needs what is not installed.
    FileError
        If the file cannot be written.
    """
    from vmopt.io.files import write_bytes, write_text

    if form == "parquet":
        write_bytes(path, _parquet(solution))
    else:
        write_text(path, _wide(solution) if form == "wide" else _text(solution, form))


def header_of(solution: Solution) -> tuple[str, ...]:
    """Return the names of the columns."""
    now = () if solution.instance.current is None else (FROM,)
    return (*HEADER, *now, *(SAID[key] for key in _said(solution)))


def rows_of(solution: Solution) -> list[tuple[str, ...]]:
    """Return name, host and reason of each VM, host or reason being empty; and where it runs now, if any does."""
    from vmopt.explain.every import explain_all

    instance = solution.instance
    of, index_of = instance.vm_classes.of.tolist(), instance.vm_names.index_of
    why = {}
    if (solution.host_index < 0).any():
        why = {of[index_of[one.example]]: one.reason for one in explain_all(solution).classes}
    hosts = list(instance.host_names)
    found: list[tuple[str, ...]] = [
        (name, hosts[host], "") if host >= 0 else (name, "", why[of[vm]])
        for vm, (name, host) in enumerate(zip(instance.vm_names, solution.host_index.tolist(), strict=True))
    ]
    if instance.current is not None:
        before = (hosts[host] if host >= 0 else "" for host in instance.current.tolist())
        found = [(*row, host) for row, host in zip(found, before, strict=True)]
    for said in _said(solution).values():
        found = [(*row, words) for row, words in zip(found, said, strict=True)]
    return found


def _said(solution: Solution) -> dict[str, list[str]]:
    """What the labels of VMs that run nowhere say, for each of the columns that is not empty."""
    from vmopt.platforms.found import said_of

    if solution.instance.vm_labels is None:
        return {}
    waits = [
        name if host < 0 else None
        for name, host in zip(solution.instance.vm_names, solution.host_index.tolist(), strict=True)
    ]
    told = [{} if name is None else said_of(solution.instance, name) for name in waits]
    return {key: column for key in SAID if any(column := [one.get(key, "") for one in told])}


def _text(solution: Solution, form: str) -> str:
    """CSV and TSV, in which no cell is a formula in a spreadsheet; or a YAML sequence, without the empty cells."""
    from vmopt.io.formulas import as_cell

    if form == "yaml":
        import yaml

        header = header_of(solution)
        rows = [{key: cell for key, cell in zip(header, row, strict=True) if cell} for row in rows_of(solution)]
        dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
        return str(yaml.dump(rows, Dumper=dumper, sort_keys=False, allow_unicode=True, width=1 << 16))
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=SEPARATORS[form], lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(header_of(solution))
    writer.writerows(map(as_cell, row) for row in rows_of(solution))
    return text.getvalue()


def _wide(solution: Solution) -> str:
    """Aligned columns: what each VM is worth and asks for as well."""
    from vmopt.summary.figures import number
    from vmopt.summary.layout import Table, table_text

    instance = solution.instance
    demand = (instance.demand / instance.scale).tolist()
    rows = [
        (*(cell or "-" for cell in row), number(priority), *map(number, asked))
        for row, priority, asked in zip(rows_of(solution), instance.priority.tolist(), demand, strict=True)
    ]
    header = header_of(solution)
    return f"{table_text(Table((*header, 'priority', *instance.resources), rows, n_left=len(header)))}\n"


def _parquet(solution: Solution) -> memoryview:
    """Columns of text, in which what is empty is null."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise ExtraError("Parquet needs pyarrow: pip install 'vmopt[tables]'.") from None
    header = header_of(solution)
    columns = zip(*rows_of(solution), strict=True) if solution.instance.n_vms else ((),) * len(header)
    cells = [pyarrow.array([cell or None for cell in column], pyarrow.string()) for column in columns]
    out = io.BytesIO()
    parquet.write_table(pyarrow.table(dict(zip(header, cells, strict=True))), out)
    return out.getbuffer()
