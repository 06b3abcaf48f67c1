"""BarredPairs: which hosts and domains are open to whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from vmopt.arrays import BoolArray, IntArray
from vmopt.model.refine import RowKinds, kinds_of
from vmopt.rules.base import InForce
from vmopt.rules.contradictions.bars import barred
from vmopt.rules.selection import Grouping

MOST_ENTRIES = 20_000_000
"""Entries of a table that is still worth its memory."""
ROWS_AT_ONCE = 1_000
"""Kinds of VMs that are compared with all kinds of hosts at once."""


@dataclass(frozen=True, eq=False)
class Reached:
    """What each kind of VMs reaches of some domains.

    Attributes
    ----------
    sorts : (n_kinds, n_sorts) bool array
        Which sorts of domains (alike in who reaches them) have a host that is open to the kind.
    number : (n_sorts,) int64 array
        How many domains of each sort there are.
    free : (n_kinds,) bool array
        Which kinds may run on a host that is in no domain.
    """

    sorts: BoolArray
    number: IntArray
    free: BoolArray


class BarredPairs:
    """VMs and hosts by what bars the one from the other.

    Attributes
    ----------
    vms, hosts : RowKinds
        VMs, and hosts, in the same bars; the sets of each are numbers of rules.
    open : (n_vm_kinds, n_host_kinds) bool array
    """

    def __init__(self, instance: Any, rules: Sequence[InForce]) -> None:
        self.instance = instance
        bars = [barred(here) for here in rules]
        self.vms: RowKinds = kinds_of(instance.n_vms, (bar.vms for bar in bars))
        self.hosts: RowKinds = kinds_of(instance.n_hosts, (bar.hosts for bar in bars))
        self._left = np.array([bar.left for bar in bars], dtype=bool)
        self.open = self.open_without(range(len(self.vms)))
        self._reach: dict[str | None, Reached] = {}

    def open_without(self, kinds: Sequence[int], without: Sequence[int] = ()) -> BoolArray:
        """Which kinds of hosts are open to these kinds of VMs when some rules are left out.

        Those that no rule closes, and that all those leave which leave only some.
        """
        n, kept = len(self._left), np.ones(len(self._left), dtype=bool)
        kept[list(without)] = False
        in_bar = self.vms.membership(n)[np.asarray(kinds, dtype=np.int64)]
        there = self.hosts.membership(n).multiply(np.where(self._left, -1, 1) * kept).tocsr().T.tocsr()
        wanted = in_bar @ (self._left & kept).astype(np.int32)
        opened = np.empty((in_bar.shape[0], len(self.hosts)), dtype=bool)
        for begin in range(0, len(opened), ROWS_AT_ONCE):  # the sums are larger than what is kept of them
            rows = slice(begin, begin + ROWS_AT_ONCE)
            opened[rows] = (in_bar[rows] @ there).toarray() == -wanted[rows, None]
        return opened

    @cached_property
    def anybody(self) -> BoolArray:
        """Hosts that are open to any VM."""
        opened: BoolArray = np.asarray(self.open.any(axis=0))
        return opened[self.hosts.of]

    def reach(self, over: str | None, domain: Grouping) -> Reached:
        """Which domains each kind of VMs reaches."""
        if over not in self._reach:
            self._reach[over] = self._reach_of(domain)
        return self._reach[over]

    def _reach_of(self, domain: Grouping) -> Reached:
        inside: BoolArray = domain.of >= 0
        shape = (len(domain), len(self.hosts))
        ones = np.ones(int(inside.sum()), dtype=np.int32)
        there = sparse.csr_array((ones, (domain.of[inside], self.hosts.of[inside])), shape=shape)
        opened = sparse.csr_array(self.open.astype(np.int32))
        sort, number = self._sorts(there)
        outside = np.bincount(self.hosts.of[~inside], minlength=len(self.hosts)) > 0
        free: BoolArray = np.asarray((self.open & outside).any(axis=1))
        return Reached((opened @ there[sort].T).toarray() > 0, number, free)

    @staticmethod
    def _sorts(there: sparse.csr_array) -> tuple[IntArray, IntArray]:
        """Choose one domain for all that have hosts of the same kinds, and count them."""
        if there.shape[0] * there.shape[1] > MOST_ENTRIES:
            return np.arange(there.shape[0]), np.ones(there.shape[0], dtype=np.int64)
        rows = np.packbits(there.toarray() > 0, axis=1)
        _, first, number = np.unique(rows, axis=0, return_index=True, return_counts=True)
        return first, number

    def mix(self, of: IntArray, n_groups: int, among: BoolArray | None = None) -> sparse.csr_array:
        """How many VMs of each kind each group has, ``(n_groups, n_kinds)``, of those in `among`."""
        vms = np.flatnonzero(of >= 0 if among is None else (of >= 0) & among)
        shape = (n_groups, len(self.vms))
        return sparse.csr_array((np.ones(len(vms), dtype=np.int64), (of[vms], self.vms.of[vms])), shape=shape)

    def reached(self, over: str | None, domain: Grouping, of: IntArray, n_groups: int) -> tuple[IntArray, BoolArray]:
        """At most how many domains the VMs of each group reach together; which reach a host that is in none."""
        reach = self.reach(over, domain)
        by_kind = reach.sorts @ reach.number
        if len(self.vms) == 1:
            return np.broadcast_to(by_kind, (n_groups,)), np.broadcast_to(reach.free, (n_groups,))
        mix = self.mix(of, n_groups)
        free = (mix @ reach.free.astype(np.int64)) > 0
        number = np.minimum(mix.astype(bool).astype(np.int64) @ by_kind, reach.number.sum())
        several = np.flatnonzero(np.diff(mix.indptr) > 1)
        if len(several) * len(reach.number) <= MOST_ENTRIES:
            number[several] = ((mix[several] @ reach.sorts.astype(np.int64)) > 0) @ reach.number
        return number, free

    def bars_of(self, vms: IntArray) -> tuple[int, ...]:
        """Rules that close any host to any of these VMs."""
        return tuple(sorted({rule for kind in np.unique(self.vms.of[vms]).tolist() for rule in self.vms.sets[kind]}))

    @cached_property
    def _sizes(self) -> tuple[IntArray, BoolArray]:
        """The different capacities of hosts, the largest first, and which kinds of hosts have which."""
        sizes, of = np.unique(self.instance.capacity, axis=0, return_inverse=True)
        order = np.argsort(-(sizes / np.maximum(sizes.max(axis=0), 1)).sum(axis=1), kind="stable")
        there = np.zeros((len(self.hosts), len(sizes)), dtype=bool)
        there[self.hosts.of, np.argsort(order)[of.ravel()]] = True
        return sizes[order], there

    def sizes(self, opened: BoolArray) -> IntArray:
        """Return the different capacities of these kinds of hosts, the largest first."""
        sizes, there = self._sizes
        return np.asarray(sizes[there[opened].any(axis=0)])

    def capacity(self, kind: int | None = None) -> IntArray:
        """Capacity of the hosts, 0 where they are closed to this kind of VMs, or to all."""
        opened = self.anybody if kind is None else self.open[kind][self.hosts.of]
        return np.asarray(np.where(opened[:, None], self.instance.capacity, 0))
