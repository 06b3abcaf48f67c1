"""Checks of the columns of a network and of traffic, one function a column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.checks import of_kind
from vmopt.errors import InstanceError, NetworkError
from vmopt.model.columns import frozen
from vmopt.model.indexed_rows import aligned as by_label
from vmopt.model.names import Names
from vmopt.network.routes import Routes
from vmopt.network.topology import Topology


def flags(is_host: Any, count: int) -> BoolArray:
    """Check which nodes are hosts: one flag each, at least one host."""
    array = np.asarray(is_host)
    if array.shape != (count,) or array.dtype.kind not in "bi" or not np.isin(array, (0, 1)).all():
        raise NetworkError(
            f"is_host has shape {array.shape} and type {array.dtype}: give {count} booleans, one for each of "
            "node_names."
        )
    if not array.any():
        raise NetworkError("the network has no host: say which of its nodes are hosts.")
    return frozen(array.astype(bool))


def links(ends: Any, names: Names) -> IntArray:
    """Check that links join two different nodes, and no two nodes twice."""
    pairs = positions(ends, len(names), "link", "node")
    loops = pairs[:, 0] == pairs[:, 1]
    if loops.any():
        name = names[int(pairs[np.argmax(loops), 0])]
        raise NetworkError(f"a link joins {name!r} to itself: remove it.")
    key = pairs.min(axis=1) * len(names) + pairs.max(axis=1)
    unique, first = np.unique(key, return_index=True)
    if len(unique) < len(key):
        again = int(np.setdiff1d(np.arange(len(key)), first)[0])
        raise NetworkError(
            f"the link {_link(pairs, names, again)} is given twice: "
            "merge parallel links into one with the sum of their bandwidths."
        )
    return frozen(pairs)


def positions(pairs: Any, count: int, what: str, of: str) -> IntArray:
    """Check a table of pairs of positions below `count`."""
    try:
        array = np.asarray(pairs)
    except ValueError as error:
        raise NetworkError(f"the table of {what}s is ragged ({error}): give two {of}s each.") from None
    if array.size == 0:
        array = np.zeros((0, 2), dtype=np.int64)
    if array.ndim != 2 or array.shape[1] != 2 or array.dtype.kind not in "iu":
        raise NetworkError(
            f"the ends of {what}s have shape {array.shape} and type {array.dtype}: give two {of} positions each, as "
            "integers."
        )
    wrong = (array < 0) | (array >= count)
    if wrong.any():
        row, column = np.argwhere(wrong)[0].tolist()
        raise NetworkError(f"{what} {row} names {of} {array[row, column]}, but {of}s are 0 to {count - 1}.")
    return array.astype(np.int64)


def amounts(given: Any, pairs: IntArray, names: Names, what: str, *, positive: bool) -> FloatArray:
    """Check a number for each pair: finite, and above 0 or at least 0."""
    owner = "rate of pair" if what == "rate" else f"{what} of link"
    try:
        array = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise NetworkError(f"the {what} is not a column of numbers: {error}.") from None
    if array.shape != (len(pairs),):
        raise NetworkError(f"the {what} has shape {array.shape}: give {len(pairs)} numbers, one for each pair of ends.")
    wrong = ~np.isfinite(array) | (array < 0) | (positive & (array == 0))
    if wrong.any():
        row = int(np.argmax(wrong))
        least = "above 0" if positive else "at least 0"
        raise NetworkError(f"the {owner} {_link(pairs, names, row)} is {array[row]:g}: give a finite number {least}.")
    return frozen(array.copy())


def connected(network: Topology, routes: Routes) -> None:
    """Refuse a network with two hosts that cannot reach each other over switches."""
    apart = np.argwhere(np.isinf(routes.hops[routes.at]))
    if apart.size:
        first = np.unique(routes.terminal[network.hosts], return_index=True)[1]
        one, other = (network.node_names[int(host)] for host in network.hosts[first[apart[0]]])
        raise NetworkError(
            f"host {one!r} cannot reach host {other!r}: there is no path over switches between them (hosts do not "
            "forward); add the links that are missing."
        )


def _link(pairs: IntArray, names: Names, row: int) -> str:
    return f"{names[int(pairs[row, 0])]!r} - {names[int(pairs[row, 1])]!r}"


def aligned(columns: Mapping[str, Any]) -> list[Any]:
    """Bring columns of the same links, nodes or pairs into one order by their labels, where they have any."""
    try:
        return list(by_label(columns).values())
    except InstanceError as error:
        raise NetworkError(str(error)) from None


def require_graph(graph: Any) -> None:
    """Refuse what is no graph of networkx."""
    import networkx as nx

    of_kind(graph, nx.Graph, "the graph", "a graph of networkx", NetworkError)
