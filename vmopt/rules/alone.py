"""Alone: groups that share their domains with nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.rules.base import HOST, BaseRule, InForce, domains_of, groups_in
from vmopt.rules.breach import Breach
from vmopt.rules.counts import count
from vmopt.rules.domains import checked_over
from vmopt.rules.program import Cells, RuleRows, Slack, sums
from vmopt.rules.selection import Grouping, Groups, Selected
from vmopt.rules.taken import Taken


@dataclass(frozen=True, eq=False, repr=False)
class Alone(BaseRule):
    """A domain that runs a VM of group g runs nothing else: ``n(g,d) > 0`` implies ``n(i,d) = 0`` for all other VMs i.

    Known as dedicated hosts, tenant isolation (OpenStack aggregates), Lonely (BtrPlace).

    Parameters
    ----------
    groups : names, patterns, lists of them, Groups, or a column: (n_vms,) int array, Series, dict by name
    over : str, default ``"host"``
    penalty : float, optional
        Makes the rule soft: what each other VM costs in a domain of a group, ``sum_gd (n(d) - n(g,d))`` over the pairs
        with ``n(g,d) > 0``, n(d) all VMs there; where several groups meet, it counts for each.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[2], [1], [1]], [[4]], rules=[vmopt.Alone("vm-0")])
    >>> len(vmopt.solve(cluster).placement)
    1
    """

    name: ClassVar[str] = "alone"

    groups: Selected
    over: str = HOST

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "groups", Groups.of(self.groups))
        checked_over(self.over)

    def find(self, instance: Any) -> tuple[Grouping, Grouping, Grouping | None]:
        """Find the groups and domains; all VMs are numbered, those that are in no group by one number more."""
        return groups_in(instance, self.groups), domains_of(instance, self.over), None

    def concerns(self, here: InForce) -> BoolArray:
        """All VMs: those that are in no group keep away from the groups."""
        return np.ones(len(here.group.of), dtype=bool)

    def find_breaches(self, here: InForce, host_index: IntArray) -> Iterator[Breach]:
        """Find domains where a group has company."""
        everyone = count(Grouping(np.zeros(len(host_index), dtype=np.int64), ("all",)), here.domain, host_index)
        total = np.zeros(len(here.domain), dtype=np.int64)
        total[everyone.domain] = everyone.number
        counts = here.counts(host_index)
        for pair in np.flatnonzero(counts.number < total[counts.domain]).tolist():
            g, d = int(counts.group[pair]), int(counts.domain[pair])
            yield here.breach(g, d, counts.members(pair), int(counts.number[pair]))

    def violation(self, here: InForce, host_index: IntArray) -> float:
        """Count the VMs that keep groups company."""
        where = here.domain.of[host_index[host_index >= 0]]
        total = np.bincount(where[where >= 0], minlength=len(here.domain))
        counts = here.counts(host_index)
        return float((total[counts.domain] - counts.number).sum())

    def translate(self, here: InForce, cells: Cells, rows: RuleRows) -> None:
        """One binary z for each group and domain: ``n(g,d) <= N z``, ``n(d) - n(g,d) <= M (1 - z)``."""
        n = max(len(here.domain), 1)
        mine = sums(cells, here.group.of, here.domain.of, n)
        everyone = sums(cells, np.zeros(len(here.group.of), dtype=np.int64), here.domain.of, n)
        z, each = rows.columns(np.ones(len(mine), dtype=np.int64)), np.arange(len(mine))
        rows.at_most(
            np.concatenate([mine.pair, each]),
            np.concatenate([mine.cell, z]),
            np.concatenate([mine.ones, -(mine.outside + mine.most)]),
            -mine.outside,
        )
        at = np.searchsorted(everyone.domain, mine.domain)
        others_outside = everyone.outside[at] - mine.outside
        company = others_outside + everyone.most[at]
        cell, pair = _each_with_its_domain(everyone.pair, everyone.cell, at)
        other = here.group.of[cells.vm[cell]] != mine.group[pair]
        rows.at_most(
            np.concatenate([pair[other], each]),
            np.concatenate([cell[other], z]),
            np.concatenate([np.ones(int(other.sum()), dtype=np.int64), company]),
            company - others_outside,
            Slack.of(self.penalty, company),
        )

    def allows(self, here: InForce, vm: int, taken: Taken) -> BoolArray:
        """Tell where nobody else is, or nobody who wants to be alone."""
        g = int(here.group.of[vm])
        return here.where((taken.everyone == taken.of(g)) if g >= 0 else (taken.grouped == 0), True)

    def added(self, here: InForce, vm: int, taken: Taken) -> FloatArray:
        """One for each other group that is there, and all company that its own group then has."""
        g, counts = int(here.group.of[vm]), here.counts(taken.host_index)
        more = np.bincount(counts.domain[counts.group != g], minlength=len(here.domain))
        if g >= 0:
            more += np.where(taken.of(g) == 0, taken.everyone, 0)
        return here.on_hosts(more, 0)


def _each_with_its_domain(pair: IntArray, cell: IntArray, wanted: IntArray) -> tuple[IntArray, IntArray]:
    """Cells of the wanted domains, one after the other, and which of the wanted each belongs to."""
    order = np.argsort(pair, kind="stable")
    edges = np.searchsorted(pair[order], np.arange(int(wanted.max(initial=-1)) + 2))
    length = (edges[wanted + 1] - edges[wanted]) if len(wanted) else np.zeros(0, dtype=np.int64)
    which = np.repeat(np.arange(len(wanted)), length)
    nth = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
    return cell[order][edges[wanted[which]] + nth], which
