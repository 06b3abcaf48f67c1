"""Flow: the most traffic that any routing could carry, as linear programs over arcs and sources."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.formulation.linear_program import LinearProgram

Matrix = sparse.csr_array


@dataclass(frozen=True, eq=False)
class FlowGraph:
    """Nodes joined by arcs, in one unit of rate.

    Attributes
    ----------
    n_nodes : int
    tail, head : (n_arcs,) int64 arrays
    bandwidth : (n_arcs,) float64 array
    forwards : (n_nodes,) bool array
        Which nodes pass on what is not their own.
    """

    n_nodes: int
    tail: IntArray
    head: IntArray
    bandwidth: FloatArray
    forwards: BoolArray


@dataclass(frozen=True, eq=False)
class Commodities:
    """What is to be sent: from a node to a node, at most a rate; and what else limits it.

    Attributes
    ----------
    source, target : (n,) int64 arrays
        Nodes of the graph; where they are the same, nothing crosses an arc.
    rate : (n,) float64 array
    limits : (n_limits, n) csr_array
        Rows of ones: commodities that share a link outside of the graph.
    limit : (n_limits,) float64 array
        What such a link carries.
    """

    source: IntArray
    target: IntArray
    rate: FloatArray
    limits: Matrix
    limit: FloatArray


def concurrent_program(graph: FlowGraph, goods: Commodities) -> LinearProgram:
    """Maximise the part of its rate that every commodity can send at the same time (Shahrokhi and Matula 1990).

        maximise   lam
        subject to sum_out f[s,.] - sum_in f[s,.] = -lam * rate(s -> v)   at each node v other than s, for each source s
                   sum_s f[s,a] <= bandwidth[a]                           for each arc a
                   lam * rate <= limit                                    on each link outside
                   f, lam >= 0

    Commodities of one source are one flow: it splits into paths afterwards. The first column is ``lam``.
    """
    reached = (_arrivals(graph, goods) @ goods.rate)[:, None]
    shared = (goods.limits @ goods.rate)[:, None]
    return _program(graph, goods, sparse.csr_array(reached), sparse.csr_array(shared), np.array([np.inf]))


def total_program(graph: FlowGraph, goods: Commodities) -> LinearProgram:
    """Maximise the sum of what all commodities send, none more than its rate.

    As `concurrent_program`, with a column for each commodity, first of all, in place of ``lam * rate``.
    """
    return _program(graph, goods, _arrivals(graph, goods), goods.limits, goods.rate)


def flow_size(graph: FlowGraph, goods: Commodities) -> int:
    """Columns that the programs have at most: sources times arcs, and a column for each commodity."""
    return len(np.unique(goods.source)) * len(graph.tail) + len(goods.rate)


def _program(
    graph: FlowGraph, goods: Commodities, arrivals: Matrix, limits: Matrix, upper: FloatArray
) -> LinearProgram:
    """Columns: what is sent, then the flow of each source on each arc it may use."""
    sources = np.unique(goods.source)
    n_nodes, n_arcs, n_sent = graph.n_nodes, len(graph.tail), arrivals.shape[1]
    source = np.repeat(np.arange(len(sources)), n_arcs)
    arc = np.tile(np.arange(n_arcs), len(sources))
    own = sources[source]
    used = ((graph.tail[arc] == own) | graph.forwards[graph.tail[arc]]) & (graph.head[arc] != own)
    source, arc = source[used], arc[used]
    column, ones = np.arange(len(arc)), np.ones(len(arc))
    leaves = sparse.coo_array((-ones, (source * n_nodes + graph.tail[arc], column)), (len(sources) * n_nodes, len(arc)))
    comes = sparse.coo_array((ones, (source * n_nodes + graph.head[arc], column)), leaves.shape)
    kept = np.flatnonzero(np.arange(leaves.shape[0]) % n_nodes != np.repeat(sources, n_nodes))
    balance = sparse.hstack([-arrivals, leaves + comes], format="csr")[kept]
    load = sparse.hstack(
        [sparse.csr_array((n_arcs, n_sent)), sparse.coo_array((ones, (arc, column)), (n_arcs, len(arc)))]
    )
    outside = sparse.hstack([limits, sparse.csr_array((limits.shape[0], len(arc)))])
    n_columns = n_sent + len(arc)
    row_upper = np.concatenate([np.zeros(len(kept)), graph.bandwidth, goods.limit])
    return LinearProgram(
        objective=(np.arange(n_columns) < n_sent).astype(np.float64),
        matrix=sparse.csr_array(sparse.vstack([balance, load, outside])),
        row_lower=np.where(np.arange(len(row_upper)) < len(kept), 0.0, -np.inf),
        row_upper=row_upper,
        lower=np.zeros(n_columns),
        upper=np.concatenate([upper, np.full(len(arc), np.inf)]),
        integer=np.zeros(n_columns, dtype=bool),
    )


def _arrivals(graph: FlowGraph, goods: Commodities) -> Matrix:
    """Which commodity arrives in which row of balance; those that cross no arc arrive in none."""
    sources, rank = np.unique(goods.source, return_inverse=True)
    crosses = np.flatnonzero(goods.source != goods.target)
    row = rank[crosses] * graph.n_nodes + goods.target[crosses]
    shape = (len(sources) * graph.n_nodes, len(goods.rate))
    return sparse.csr_array(sparse.coo_array((np.ones(len(crosses)), (row, crosses)), shape))
