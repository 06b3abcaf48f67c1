"""Whole hosts: all that one host runs changes places with all that another runs."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from vmopt.arrays import IntArray
from vmopt.methods.locality import annealing
from vmopt.methods.locality.links import links_of
from vmopt.methods.locality.parameters import DEFAULT, LocalityParameters
from vmopt.methods.locality.seating import Seating


def exchange_hosts(
    seating: Seating, *, rng: np.random.Generator, deadline: float, parameters: LocalityParameters = DEFAULT
) -> IntArray:
    """Improve a seating by moving what sites hold as a whole; what fits where is decided by capacity.

    The graph of the traffic shrinks to one between sites, and the same search runs on it.

    Returns
    -------
    (n_items,) int64 array
        Site of each item.
    """
    n_sites = len(seating.sites)
    join = sparse.csr_array((np.ones(len(seating)), (seating.at, np.arange(len(seating)))), (n_sites, len(seating)))
    between = sparse.csr_array(join @ seating.links.matrix @ join.T)
    between.setdiag(0.0)
    between.eliminate_zeros()
    load = seating.capacity - seating.free
    at, worth, guards = np.arange(n_sites), np.zeros(n_sites), seating.guards.of_whole(seating.at)
    whole = Seating(seating.sites, links_of(between), load, seating.capacity, at, worth, guards)
    cycles = parameters.cycles_of_small
    site, _ = annealing.anneal(whole, rng=rng, deadline=deadline, cycles=cycles, parameters=parameters)
    return site[seating.at]
