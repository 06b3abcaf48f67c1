"""How many placed VMs of a group run in a domain, ``n(g,d)``, for pairs where any do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vmopt.arrays import IntArray
from vmopt.rules.selection import Grouping


@dataclass(frozen=True, eq=False)
class Counts:
    """The pairs (g, d) with ``n(g,d) > 0``, ordered, and the VMs behind them.

    Attributes
    ----------
    group, domain, number : (n,) int64 arrays
    vms : (n_placed,) int64 array
        The counted VMs, pair by pair.
    start : (n + 1,) int64 array
        Where the VMs of each pair start.

    Examples
    --------
    >>> groups, rack = Grouping(np.array([0, 0, 1]), ("a", "b")), Grouping(np.array([0, 0]), ("r",))
    >>> pairs = count(groups, rack, np.array([0, 1, -1]))
    >>> pairs.group.tolist(), pairs.domain.tolist(), pairs.number.tolist(), pairs.members(0).tolist()
    ([0], [0], [2], [0, 1])
    """

    group: IntArray
    domain: IntArray
    number: IntArray
    vms: IntArray
    start: IntArray

    def members(self, pair: int) -> IntArray:
        """VMs of one pair."""
        return self.vms[self.start[pair] : self.start[pair + 1]]


def count(groups: Grouping, domains: Grouping, host_index: IntArray) -> Counts:
    """Count the placed VMs of groups on hosts that are in a domain."""
    placed = groups.anybody[host_index[groups.anybody] >= 0]
    where = domains.of[host_index[placed]]
    placed, where = placed[where >= 0], where[where >= 0]
    key = groups.of[placed] * len(domains) + where
    order = np.argsort(key, kind="stable")
    pairs, start = np.unique(key[order], return_index=True)
    edges = np.append(start, len(placed)).astype(np.int64)
    return Counts(pairs // max(len(domains), 1), pairs % max(len(domains), 1), np.diff(edges), placed[order], edges)
