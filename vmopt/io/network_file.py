"""Networks as JSON, and as CSV: one line per link."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from vmopt.checks import as_path
from vmopt.errors import FileError, NetworkError
from vmopt.io import json_file
from vmopt.io.csv_table import CsvTable, write_columns
from vmopt.io.files import PathLike, is_json
from vmopt.network.network import Network, require_network

FORMAT = "vmopt-network"
VERSION = 1
ENDS = ("one", "other")
COLUMNS = (*ENDS, "bandwidth", "latency")


def read_network(path: PathLike, hosts: Iterable[str] | None = None) -> Network:
    """Read a network from JSON, or from CSV if the name ends in ``.csv`` or ``.csv.gz``.

    A CSV file has the columns ``one``, ``other`` (names of nodes), ``bandwidth`` (bit/s) and ``latency`` (seconds), a
    line per link.

    Parameters
    ----------
    path : path
    hosts : iterable of str, optional
        For CSV, which does not tell hosts from switches: the names of the hosts. Names without a link are left out.

    Raises
    ------
    FileError
        If the file cannot be read, or does not hold what it should.
    NetworkError
        If what it describes is no network.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[5], [4]], [[8]], resources=["cpu"])
    >>> with TemporaryDirectory() as folder:
    ...     vmopt.io.write_network(vmopt.network.star(cluster), f"{folder}/network.json")
    ...     network = vmopt.io.read_network(f"{folder}/network.json")
    >>> network.hosts.tolist()
    [0]
    """
    path = as_path(path)
    try:
        return _read_json(path) if is_json(path) else _read_csv(path, hosts)
    except NetworkError as error:
        raise NetworkError(f"{path}: {error}") from None


def write_network(network: Network, path: PathLike) -> None:
    """Write a network as JSON, or as CSV if the name ends in ``.csv``; gzip if it ends in ``.gz``.

    `read_network` returns an equal one from JSON; from CSV, one with the nodes in the order of the links.

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
    ...     vmopt.io.write_network(vmopt.network.star(cluster), f"{folder}/network.csv")
    ...     with open(f"{folder}/network.csv") as file:
    ...         file.readline().strip()
    'one,other,bandwidth,latency'
    """
    path = as_path(path)
    columns = network_columns(require_network(network))
    if is_json(path):
        json_file.save(path, {"format": FORMAT, "version": VERSION, **columns}, by_line=("links",))
    else:
        write_columns(path, columns["links"])


def network_columns(network: Network) -> dict[str, Any]:
    """Nodes, which of them are hosts, and links, as plain lists."""
    names = list(network.node_names)
    one, other = ([names[i] for i in column] for column in network.ends.T.tolist())
    links = {"one": one, "other": other, "bandwidth": network.bandwidth.tolist(), "latency": network.latency.tolist()}
    return {"nodes": names, "is_host": network.is_host.tolist(), "links": links}


def _read_json(path: PathLike) -> Network:
    fields = json_file.load(path, FORMAT, VERSION)
    nodes, is_host = fields.take("nodes", list), fields.take("is_host", list)
    links = json_file.Fields(fields.take("links", dict), f"{path}: links")
    columns = {name: links.take(name, list) for name in COLUMNS}
    links.finish()
    fields.finish()
    return network_of(path, nodes, is_host, columns)


def _read_csv(path: PathLike, hosts: Iterable[str] | None) -> Network:
    if hosts is None:
        raise FileError(f"{path} is CSV, which does not tell hosts from switches: say which nodes are the hosts.")
    table = CsvTable(path)
    table.require(COLUMNS)
    columns: dict[str, Any] = {name: table.columns[name] for name in ENDS}
    columns |= {name: table.numbers(name) for name in ("bandwidth", "latency")}
    known = set(hosts)
    nodes = list(dict.fromkeys([*columns["one"], *columns["other"]]))
    return network_of(path, nodes, [name in known for name in nodes], columns)


def network_of(path: PathLike, nodes: list[str], is_host: list[bool], columns: dict[str, Any]) -> Network:
    """Make a network whose links name their ends."""
    position = {name: i for i, name in enumerate(nodes) if isinstance(name, str)}
    for name in ENDS:
        unknown = next((end for end in columns[name] if not isinstance(end, str) or end not in position), None)
        if unknown is not None:
            raise FileError(f"{path}: a link ends at {unknown!r}, which is no node: add it, or correct the link.")
    if len(columns["one"]) != len(columns["other"]):
        raise FileError(f"{path}: {len(columns['one'])} links have one end, {len(columns['other'])} the other.")
    ends = np.array([[position[end] for end in columns[name]] for name in ENDS], dtype=np.int64).T
    return Network.from_arrays(nodes, is_host, ends, columns["bandwidth"], columns["latency"])
