"""Traffic as JSON columns, and as CSV: one line per pair."""

from __future__ import annotations

from typing import Any

from vmopt.checks import as_path
from vmopt.errors import FileError, NetworkError
from vmopt.io import json_file
from vmopt.io.csv_table import CsvTable, write_columns
from vmopt.io.files import PathLike, is_json
from vmopt.network.traffic import Traffic, VMs, require_traffic

FORMAT = "vmopt-traffic"
VERSION = 1
COLUMNS = ("source", "target", "rate")


def read_traffic(path: PathLike, vms: VMs) -> Traffic:
    r"""Read traffic from JSON, or from CSV if the name ends in ``.csv`` or ``.csv.gz``.

    Either holds the columns ``source``, ``target`` (names of VMs) and ``rate`` (bit/s). A pair that is there several
    times gets the sum of its rates.

    Parameters
    ----------
    path : path
    vms : Instance, Names or sequence of str
        Whose traffic it is.

    Raises
    ------
    FileError
        If the file cannot be read, or does not hold what it should.
    NetworkError
        If a VM is unknown or paired with itself, or a rate makes no sense.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[5], [4]], [[8]], resources=["cpu"])
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "traffic.csv").write_text("source,target,rate\nvm-0,vm-1,2.5\n")
    ...     traffic = vmopt.io.read_traffic(f"{folder}/traffic.csv", cluster)
    >>> traffic.n_pairs
    1
    """
    path = as_path(path)
    columns = _read_json(path) if is_json(path) else _read_csv(path)
    try:
        return Traffic.from_columns(vms, *(columns[name] for name in COLUMNS))
    except NetworkError as error:
        raise NetworkError(f"{path}: {error}") from None


def write_traffic(traffic: Traffic, path: PathLike) -> None:
    """Write traffic as JSON, or as CSV if the name ends in ``.csv``; gzip if it ends in ``.gz``.

    Raises
    ------
    FileError
        If the file cannot be written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[5], [4]], [[8]], resources=["cpu"])
    >>> with TemporaryDirectory() as folder:
    ...     traffic = vmopt.network.Traffic.from_arrays(cluster, [0], [1], [2.5])
    ...     vmopt.io.write_traffic(traffic, f"{folder}/traffic.csv")
    ...     with open(f"{folder}/traffic.csv") as file:
    ...         print(*file.read().split())
    source,target,rate vm-0,vm-1,2.5
    """
    path = as_path(path)
    columns = traffic_columns(require_traffic(traffic))
    if is_json(path):
        json_file.save(path, {"format": FORMAT, "version": VERSION, "pairs": columns}, by_line=("pairs",))
    else:
        write_columns(path, columns)


def traffic_columns(traffic: Traffic) -> dict[str, list[Any]]:
    """Source, target and rate of each pair, VMs by name."""
    names = list(traffic.vm_names)
    return {
        "source": [names[i] for i in traffic.source.tolist()],
        "target": [names[i] for i in traffic.target.tolist()],
        "rate": traffic.rate.tolist(),
    }


def _read_json(path: PathLike) -> dict[str, Any]:
    fields = json_file.load(path, FORMAT, VERSION)
    pairs = json_file.Fields(fields.take("pairs", dict), f"{path}: pairs")
    columns = {name: pairs.take(name, list) for name in COLUMNS}
    pairs.finish()
    fields.finish()
    if len({len(column) for column in columns.values()}) > 1:
        raise FileError(f"{path}: source, target and rate differ in length: give each pair one of each.")
    return columns


def _read_csv(path: PathLike) -> dict[str, Any]:
    table = CsvTable(path)
    table.require(COLUMNS)
    return {"source": table.columns["source"], "target": table.columns["target"], "rate": table.numbers("rate")}
