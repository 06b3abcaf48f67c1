"""State: a placement as arrays, with what hosts, rules and goals have of it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray


class AnnealState(NamedTuple):
    """What the kernel changes. VMs that run are numbered from 0; arrays over VMs have a last row for nobody, -1.

    Hosts may be overfull on the way: what a host holds above its capacity costs a toll, as what it holds above a level
    costs a price, so that both are pieces of one sum.

    Attributes
    ----------
    at, home : (n + 1,) int64 arrays
        Host of each VM in the placement, and now.
    adds, excess, price : (n + 1, n_pieces), (n_hosts, n_pieces), (n_pieces,) float64 arrays
        A host costs ``sum_j price[j] * max(0, excess[j])``; the last `n_hard` pieces are capacities.
    enters, entry, toll : (n + 1, n_transient), (n_hosts, n_transient), (n_transient,) float64 arrays
        The same of what VMs take on hosts that they enter, beside all that runs there now.
    room, door : (n_hosts, n_hard) and (n_hosts, n_transient) float64 arrays
        What a host has of each alone.
    paid : (n_hosts,) float64 array
        What each host costs.
    over : (n_hosts + 1,) int64 array
        Whether hosts are overfull, and how many are.
    move_cost, way : (n + 1,) and (n_hosts, n_hosts) float64 arrays
        `way` has one row where ways cost nothing.
    group, moves, with_moves, top : int64 arrays
        Group of each VM, moves of each, how many groups have so many, and the most.
    group_price : float
    vm_kind, host_kind, allowed : int64 arrays and a bool table
    may : (n, n_hosts) bool array
        Who may go where; without rows where there are too many pairs.
    first, places : int64 arrays
        The same as a list, hosts of VM p from ``first[p]`` on.
    rule_kind, rule_start, rule_width, used_start, rule_partner : (n_rules,) int64 arrays
        Kinds are 0 at most so many in a domain, 1 at least so many domains, 2 needs its partner, 3 is needed.
    rule_group, rule_domain : (n_rules, n + 1) and (n_rules, n_hosts) int64 arrays
    counts, used, limit : int32 and int64 arrays
        By rule, group and domain; and by rule and group.
    """

    at: IntArray
    home: IntArray
    adds: FloatArray
    excess: FloatArray
    price: FloatArray
    enters: FloatArray
    entry: FloatArray
    toll: FloatArray
    room: FloatArray
    door: FloatArray
    paid: FloatArray
    over: IntArray
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
    may: BoolArray
    first: IntArray
    places: IntArray
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

    @property
    def n_vms(self) -> int:
        """VMs that run."""
        return len(self.at) - 1

    @property
    def n_goal(self) -> int:
        """Pieces that are not capacities."""
        return len(self.price) - int(self.room.shape[1])

    @property
    def is_lawful(self) -> bool:
        """Whether no host is overfull."""
        return int(self.over[-1]) == 0

    def cost(self) -> float:
        """What the placement costs, tolls apart."""
        loads = float((np.maximum(self.excess[:, : self.n_goal], 0.0) @ self.price[: self.n_goal]).sum())
        moved = np.flatnonzero((self.home >= 0) & (self.at != self.home))
        ways = float(self.move_cost[moved].sum())
        if len(self.way) > 1:
            ways += float(self.way[self.home[moved], self.at[moved]].sum())
        return loads + ways + self.group_price * int(self.top[0])

    def charge(self, tolls: FloatArray, entry_tolls: FloatArray) -> None:
        """Take other tolls from here on: of each resource, and of each transient one for what enters."""
        self.price[self.n_goal :], self.toll[:] = tolls, entry_tolls
        self.paid[:] = np.maximum(self.excess, 0.0) @ self.price + np.maximum(self.entry, 0.0) @ self.toll

    def copy(self) -> AnnealState:
        """Another one that changes by itself; what never changes is shared."""
        return self._replace(**{name: getattr(self, name).copy() for name in CHANGING})


CHANGING = ("at", "excess", "price", "entry", "toll", "paid", "over", "moves", "with_moves", "top", "counts", "used")
"""Arrays that moves change, or tolls."""
