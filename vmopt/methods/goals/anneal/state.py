"""State: a placement as arrays, with what hosts, rules and goals have of it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray


class AnnealState(NamedTuple):
    """What the kernel changes. VMs that run are numbered from 0.

    Attributes
    ----------
    at, home : (n,) int64 arrays
        Host of each VM in the placement, and now.
    demand, free, entry : (n, n_resources) and (n_hosts, n_resources) int64 arrays
        `entry` is what hosts have left for VMs that enter, of transient resources.
    is_transient : (n_resources,) bool array
    adds, excess, price : (n, n_pieces), (n_hosts, n_pieces), (n_pieces,) float64 arrays
        A host costs ``sum_j price[j] * max(0, excess[j])``.
    move_cost, way : (n,) and (n_hosts, n_hosts) float64 arrays
        `way` has one row where ways cost nothing.
    group, moves, with_moves, top : int64 arrays
        Group of each VM, moves of each, how many groups have so many, and the most.
    group_price : float
    vm_kind, host_kind, allowed : int64 arrays and a bool table
    rule_kind, rule_start, rule_width, used_start, rule_partner : (n_rules,) int64 arrays
        Kinds are 0 at most so many in a domain, 1 at least so many domains, 2 needs its partner, 3 is needed.
    rule_group, rule_domain : (n_rules, n) and (n_rules, n_hosts) int64 arrays
    counts, used, limit : int64 arrays
        By rule, group and domain; and by rule and group.
    """

    at: IntArray
    home: IntArray
    demand: IntArray
    free: IntArray
    entry: IntArray
    is_transient: BoolArray
    adds: FloatArray
    excess: FloatArray
    price: FloatArray
    move_cost: FloatArray
    way: FloatArray
    group: IntArray
    moves: IntArray
    with_moves: IntArray
    top: IntArray
    group_price: float
    vm_kind: IntArray
    host_kind: IntArray
    allowed: BoolArray
    rule_kind: IntArray
    rule_start: IntArray
    rule_width: IntArray
    used_start: IntArray
    rule_partner: IntArray
    rule_group: IntArray
    rule_domain: IntArray
    counts: IntArray
    used: IntArray
    limit: IntArray

    def cost(self) -> float:
        """What the placement costs."""
        loads = float((np.maximum(self.excess, 0.0) @ self.price).sum())
        moved = np.flatnonzero((self.home >= 0) & (self.at != self.home))
        ways = float(self.move_cost[moved].sum())
        if len(self.way) > 1:
            ways += float(self.way[self.home[moved], self.at[moved]].sum())
        return loads + ways + self.group_price * int(self.top[0])

    def copy(self) -> AnnealState:
        """Another one that changes by itself."""
        parts: list[Any] = [part.copy() if isinstance(part, np.ndarray) else part for part in self]
        return AnnealState(*parts)
