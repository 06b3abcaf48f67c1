"""Clusters: talkative items gathered, level by level, as multilevel graph partitioning coarsens a graph."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.methods.locality.links import Links
from vmopt.methods.locality.parameters import DEFAULT, LocalityParameters


def gather(
    links: Links,
    demand: IntArray,
    most: FloatArray,
    start: IntArray | None = None,
    parameters: LocalityParameters = DEFAULT,
) -> IntArray:
    """Cluster of each item: items that talk much are together, and no cluster asks for more than `most` in all.

    In each round every cluster names the neighbour it talks to most, measured against the size of the larger of the
    two, among those it may merge with; two that name each other merge (heavy-edge matching, Karypis and Kumar 1998, by
    handshakes, Fagginger Auer and Bisseling 2012).

    Parameters
    ----------
    links : Links
    demand : (n_items, n_resources) int64 array
    most : (n_resources,) float64 array
    start : (n_items,) int64 array, optional
        Clusters to merge further, numbered from 0 on; default: every item is one.
    parameters : LocalityParameters

    Examples
    --------
    >>> links = Links(*map(np.array, ([0, 1, 3, 4], [0, 1, 1, 2], [1, 0, 2, 1], [9.0, 9.0, 1.0, 1.0])))
    >>> gather(links, np.ones((3, 1), dtype=np.int64), np.array([2.0])).tolist()
    [0, 0, 1]
    """
    n_items = len(demand)
    graph, size, asked = links.matrix, np.ones(n_items), demand.astype(np.float64)
    cluster = np.arange(n_items) if start is None else start
    if start is not None:
        graph, asked, size = _merged(start, graph, asked, size)
    for _ in range(parameters.most_levels):
        named = _named(graph, asked, size, most)
        mutual = (named >= 0) & (named[named] == np.arange(len(named)))
        if not mutual.any():
            break
        leader = np.where(mutual, np.minimum(np.arange(len(named)), named), np.arange(len(named)))
        _, merged = np.unique(leader, return_inverse=True)
        cluster = merged[cluster]
        graph, asked, size = _merged(merged, graph, asked, size)
    return cluster


def _merged(
    into: IntArray, graph: sparse.csr_array, asked: FloatArray, size: FloatArray
) -> tuple[sparse.csr_array, FloatArray, FloatArray]:
    """Graph, demand and size of clusters, from those of what is merged into them."""
    join = sparse.csr_array((np.ones(len(into)), (into, np.arange(len(into)))))
    return sparse.csr_array(join @ graph @ join.T), np.asarray(join @ asked), np.asarray(join @ size)


def _named(graph: sparse.csr_array, asked: FloatArray, size: FloatArray, most: FloatArray) -> IntArray:
    """The neighbour that each cluster would merge with; -1 for none."""
    row, column = np.repeat(np.arange(len(size)), np.diff(graph.indptr)), graph.indices
    fits: BoolArray = (asked[row] + asked[column] <= most).all(axis=1) & (row != column)
    row, column = row[fits], column[fits]
    heaviness = graph.data[fits] / np.maximum(size[row], size[column])
    heaviest = np.zeros(len(size))
    np.maximum.at(heaviest, row, heaviness)
    top = np.flatnonzero(heaviness == heaviest[row])
    row, column = row[top], column[top]
    order = np.lexsort((np.maximum(row, column), np.minimum(row, column), row))  # both ends break ties the same way
    named = np.full(len(size), -1)
    rows, first = np.unique(row[order], return_index=True)
    named[rows] = column[order][first]
    return named
