"""Near: VMs that need a partner in their domain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.rules.apart import shared_entries
from vmopt.rules.base import BaseRule, InForce, domains_of, groups_in
from vmopt.rules.breach import Breach
from vmopt.rules.counts import count
from vmopt.rules.domains import checked_over
from vmopt.rules.pairs import check_pairs
from vmopt.rules.program import Cells, RuleRows, Slack, sums
from vmopt.rules.selection import Grouping, Groups, Selected
from vmopt.rules.taken import Taken


@dataclass(frozen=True, eq=False, repr=False)
class Near(BaseRule):
    """A domain that runs a VM of group a runs one of b: ``n(a,d) > 0`` implies ``n(b,d) > 0``.

    The first group of `a` needs the first of `b`, the second the second, and so on; groups that are the values of a
    label on both sides, or numbers in a column, must have the same. Hosts that are in no domain run nothing of a. Known
    as required pod affinity (Kubernetes), dependency (ROADEF).

    Parameters
    ----------
    a, b : names, patterns, lists of them, Groups, or columns: (n_vms,) int arrays, Series, dicts by name
        As many groups each.
    over : str
        The domains: ``"host"``, or a label of the hosts.
    penalty : float, optional
        Makes the rule soft: what each VM of a costs that has no partner, ``sum_gd n(a,d)`` over the pairs with
        ``n(b,d) = 0``, and those on hosts in no domain.

    Examples
    --------
    >>> import vmopt
    >>> cache = vmopt.Near("vm-0", "vm-1", over="host")
    >>> vmopt.solve(vmopt.Instance.from_arrays([[3], [3], [1]], [[5]], value=[5, 1, 0], rules=[cache])).unplaced
    ('vm-0',)
    """

    name: ClassVar[str] = "near"
    needs: ClassVar[bool] = True
    waits: ClassVar[bool] = True
    lasts: ClassVar[bool] = False

    a: Selected
    b: Selected
    over: str

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "a", Groups.of(self.a))
        object.__setattr__(self, "b", Groups.of(self.b))
        checked_over(self.over)

    def find(self, instance: Any) -> tuple[Grouping, Grouping, Grouping | None]:
        """Find both sides and the domains."""
        a, b = groups_in(instance, self.a), groups_in(instance, self.b)
        check_pairs("Near", (self.a, self.b), (a, b))
        return a, domains_of(instance, self.over), b

    def concerns(self, here: InForce) -> BoolArray:
        """Only VMs of a need a partner."""
        return np.asarray(here.group.inside)

    def find_breaches(self, here: InForce, host_index: IntArray) -> Iterator[Breach]:
        """Find domains with a VM of a and none of b, and VMs of a that are in no domain."""
        assert here.other is not None
        n = len(here.domain)
        first, second = here.counts(host_index), count(here.other, here.domain, host_index)
        lonely = ~np.isin(first.group * n + first.domain, second.group * n + second.domain)
        for pair in np.flatnonzero(lonely).tolist():
            yield here.breach(
                int(first.group[pair]), int(first.domain[pair]), first.members(pair), int(first.number[pair])
            )
        placed = np.flatnonzero((host_index >= 0) & here.group.inside)
        lost = placed[here.domain.of[host_index[placed]] < 0]
        if lost.size:
            yield here.breach(None, None, lost, len(lost))

    def violation(self, here: InForce, host_index: IntArray) -> float:
        """Count the VMs of a without one of b in their domain, or in no domain."""
        assert here.other is not None
        n = len(here.domain)
        first, second = here.counts(host_index), count(here.other, here.domain, host_index)
        served = np.isin(first.group * n + first.domain, second.group * n + second.domain)
        return float(here.n_placed(host_index).sum() - first.number[served].sum())

    def translate(self, here: InForce, cells: Cells, rows: RuleRows) -> None:
        """``n(a,d) <= N z`` and ``z <= n(b,d)``, z binary; no cell of a outside of all domains."""
        assert here.other is not None
        n = max(len(here.domain), 1)
        first = sums(cells, here.group.of, here.domain.of, n)
        second = sums(cells, here.other.of, here.domain.of, n)
        key, other = first.group * n + first.domain, second.group * n + second.domain
        z, each = rows.columns(np.ones(len(key), dtype=np.int64)), np.arange(len(key))
        rows.at_most(
            np.concatenate([first.pair, each]),
            np.concatenate([first.cell, z]),
            np.concatenate([first.ones, -(first.outside + first.most)]),
            -first.outside,
            Slack.of(self.penalty, first.outside + first.most),
        )
        partners = np.zeros(len(key), dtype=np.int64)
        at, there = np.searchsorted(key, other), np.isin(other, key)
        partners[at[there]] = second.outside[there]
        if len(key):
            row, cell, one = shared_entries(key, other, second.pair, second.cell)
            entries = np.concatenate([np.ones(len(key), dtype=np.int64), -one])
            rows.at_most(np.concatenate([each, row]), np.concatenate([z, cell]), entries, partners)
        lost = np.flatnonzero((here.group.of[cells.vm] >= 0) & (here.domain.of[cells.host] < 0))
        rows.forbid(lost, self.penalty)

    def allows(self, here: InForce, vm: int, taken: Taken) -> BoolArray:
        """Tell where a partner runs; any domain, where the VM is its own."""
        assert here.other is not None
        a = int(here.group.of[vm])
        return here.where((taken.of(a, other=True) > 0) | (here.other.of[vm] == a), False)

    def added(self, here: InForce, vm: int, taken: Taken) -> FloatArray:
        """One of a without a partner adds one; the first of b takes off those of a that it is a partner to."""
        assert here.other is not None
        a, b = int(here.group.of[vm]), int(here.other.of[vm])
        more = np.zeros(len(here.domain), dtype=np.int64)
        if a >= 0 and a != b:
            more += taken.of(a, other=True) == 0
        if b >= 0:
            more -= np.where(taken.of(b, other=True) == 0, taken.of(b), 0)
        return here.on_hosts(more, a >= 0)
