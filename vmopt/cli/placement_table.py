"""Placements as tables: a line for each VM, with its host, or why it has none."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vmopt.solution import Solution

SEPARATORS = {".csv": ",", ".tsv": "\t"}
HEADER = ("vm", "host", "reason")


def write_placement_table(solution: Solution, path: Path) -> None:
    """Write VMs, hosts and reasons as CSV or TSV; no cell of it is a formula in a spreadsheet."""
    from vmopt.io.files import write_text
    from vmopt.io.formulas import as_cell

    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=SEPARATORS[path.suffix], lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(HEADER)
    writer.writerows(map(as_cell, row) for row in rows_of(solution))
    write_text(path, text.getvalue())


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
