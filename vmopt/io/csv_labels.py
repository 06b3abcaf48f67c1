"""Labels of hosts and VMs in CSV files: a column ``label:<key>`` for each key, an empty cell where there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vmopt.errors import FileError
from vmopt.io.csv_table import CsvTable
from vmopt.io.files import PathLike

LABEL = "label:"

Labels = Sequence[Mapping[str, str]]


def labels_in(table: CsvTable) -> list[dict[str, str]] | None:
    """Return the labels of each row; None where the file has no column of them."""
    columns = {name.removeprefix(LABEL): cells for name, cells in table.columns.items() if name.startswith(LABEL)}
    if not columns:
        return None
    return [
        {key: cell for key, cell in zip(columns, cells, strict=True) if cell}
        for cells in zip(*columns.values(), strict=True)
    ]


def label_columns(labels: Labels | None, path: PathLike) -> dict[str, list[str]]:
    """Return the columns of these labels.

    Raises
    ------
    FileError
        If one is empty, or a key would not be read as it is.

    Examples
    --------
    >>> label_columns([{"app": "shop"}, {"app": "shop", "tier": "web"}], "vms.csv")
    {'label:app': ['shop', 'shop'], 'label:tier': ['', 'web']}
    """
    keys: dict[str, None] = {}
    for row in labels or ():
        keys.update(dict.fromkeys(row))
        if not all(row.values()) or any(key != key.strip() or not key for key in row):
            raise FileError(f"cannot write {path}: CSV cannot hold the labels {dict(row)}; write JSON.")
    return {LABEL + key: [row.get(key, "") for row in labels or ()] for key in keys}
