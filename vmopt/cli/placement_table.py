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
HEADER = ("vm", "host", "reason")


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


def rows_of(solution: Solution) -> list[tuple[str, str, str]]:
    """Return name, host and reason of each VM; host or reason is empty."""
    from vmopt.explain.every import explain_all

    instance = solution.instance
    of, index_of = instance.vm_classes.of.tolist(), instance.vm_names.index_of
    why = {}
    if (solution.host_index < 0).any():
        why = {of[index_of[one.example]]: one.reason for one in explain_all(solution).classes}
    hosts = list(instance.host_names)
    return [
        (name, hosts[host], "") if host >= 0 else (name, "", why[of[vm]])
        for vm, (name, host) in enumerate(zip(instance.vm_names, solution.host_index.tolist(), strict=True))
    ]


def _text(solution: Solution, form: str) -> str:
    """CSV and TSV, in which no cell is a formula in a spreadsheet; or a YAML sequence, without the empty cells."""
    from vmopt.io.formulas import as_cell

    if form == "yaml":
        import yaml

        rows = [{key: cell for key, cell in zip(HEADER, row, strict=True) if cell} for row in rows_of(solution)]
        dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
        return str(yaml.dump(rows, Dumper=dumper, sort_keys=False, allow_unicode=True, width=1 << 16))
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=SEPARATORS[form], lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(HEADER)
    writer.writerows(map(as_cell, row) for row in rows_of(solution))
    return text.getvalue()


def _wide(solution: Solution) -> str:
    """Aligned columns: what each VM is worth and asks for as well."""
    from vmopt.summary.figures import number
    from vmopt.summary.layout import Table, table_text

    instance = solution.instance
    demand = (instance.demand / instance.scale).tolist()
    rows = [
        (name, host or "-", reason or "-", number(priority), *map(number, asked))
        for (name, host, reason), priority, asked in zip(
            rows_of(solution), instance.priority.tolist(), demand, strict=True
        )
    ]
    return f"{table_text(Table((*HEADER, 'priority', *instance.resources), rows, n_left=3))}\n"


def _parquet(solution: Solution) -> memoryview:
    """Three columns of text, in which what is empty is null."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise ExtraError("Parquet needs pyarrow: pip install 'vmopt[tables]'.") from None
    columns = zip(*rows_of(solution), strict=True) if solution.instance.n_vms else ((), (), ())
    cells = [pyarrow.array([cell or None for cell in column], pyarrow.string()) for column in columns]
    out = io.BytesIO()
    parquet.write_table(pyarrow.table(dict(zip(HEADER, cells, strict=True))), out)
    return out.getbuffer()
