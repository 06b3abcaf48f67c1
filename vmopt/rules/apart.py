"""Apart: two kinds of VMs that do not share a domain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from vmopt import checks
from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.errors import InstanceError
from vmopt.rules.base import (
    HOST,
    UNLIMITED,
    BaseRule,
    InForce,
    PerGroup,
    domains_of,
    groups_in,
    per_group,
    whole_numbers,
)
from vmopt.rules.breach import Breach
from vmopt.rules.counts import count
from vmopt.rules.domains import checked_over
from vmopt.rules.limits import most_of
from vmopt.rules.pairs import check_pairs, sides
from vmopt.rules.program import Cells, RuleRows, Slack, sums
from vmopt.rules.selection import Grouping, Groups, Selected
from vmopt.rules.taken import Taken


@dataclass(frozen=True, eq=False, repr=False)
class Apart(BaseRule):
    """A domain that runs a VM of group a runs at most `most` of b: ``n(a,d) > 0`` implies ``n(b,d) <= most``.

    The first group of `a` is set against the first of `b`, the second against the second, and so on; groups that are
    the values of a label on both sides, or numbers in a column, must have the same. Known as pod
    anti-affinity between applications (Kubernetes), Split (BtrPlace), interference.

    Parameters
    ----------
    a, b : names, patterns, lists of them, Groups, or columns: (n_vms,) int arrays, Series, dicts by name
        As many groups each; no VM is in both groups of a pair.
    over : str, default ``"host"``
    most : int or (n_groups,) int array, default 0
    penalty : float, optional
        Makes the rule soft: what each VM of b above `most` costs in domains that run one of a,
        ``sum_gd max(n(b,d) - most, 0)`` over the pairs with ``n(a,d) > 0``.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[1], [1]], [[4]], rules=[vmopt.Apart("vm-0", "vm-1")])
    >>> len(vmopt.solve(cluster).placement)
    1
    """

    name: ClassVar[str] = "apart"

    a: Selected
    b: Selected
    over: str = HOST
    most: PerGroup = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "a", Groups.of(self.a))
        object.__setattr__(self, "b", Groups.of(self.b))
        object.__setattr__(self, "most", whole_numbers(self.most, "most of Apart", 0))
        checked_over(self.over)

    @classmethod
    def pairs(
        cls, of: Any, pairs: Sequence[Any], most: PerGroup = 0, over: str = HOST, *, penalty: float | None = None
    ) -> tuple[Apart, ...]:
        """Set pairs of groups against each other, any group in any number of pairs, by as few rules as it takes.

        Parameters
        ----------
        of : column: (n_vms,) int or string array, list, Series, dict by name
            The group of each VM, such as its application; -1 or None for none.
        pairs : sequence of pairs
            Groups a and b, by number or by name.
        most : int or (n_pairs,) int array, default 0
        over : str, default ``"host"``
        penalty : float, optional

        Returns
        -------
        tuple of Apart
            About as many as the pairs that the most frequent group is in.

        Raises
        ------
        InstanceError
            If a pair is none, or speaks of a group that no VM is in.

        Examples
        --------
        >>> import vmopt
        >>> rules = vmopt.Apart.pairs(["web", "db", "batch"], [("web", "db"), ("web", "batch"), ("db", "batch")])
        >>> len(rules), len(vmopt.solve(vmopt.Instance.from_arrays([[1]] * 3, [[4]] * 2, rules=rules)).unplaced)
        (2, 1)
        """
        pairs = checks.listed(pairs, "pairs of Apart", what="a list of pairs of groups", error=InstanceError)
        limits = np.asarray(whole_numbers(most, "most of Apart", 0))
        if limits.shape not in ((), (len(pairs),)):
            raise InstanceError(f"most of Apart has {len(limits)} limits for {len(pairs)} pairs: give one for each.")
        limits = np.broadcast_to(limits, len(pairs))
        found = sides(of, pairs, "Apart")
        return tuple(cls(a, b, over, limits[chosen], penalty=penalty) for a, b, chosen in found)

    def find(self, instance: Any) -> tuple[Grouping, Grouping, Grouping | None]:
        """Find both sides and the domains."""
        a, b = groups_in(instance, self.a), groups_in(instance, self.b)
        check_pairs("Apart", (self.a, self.b), (a, b))
        both = np.flatnonzero((a.of >= 0) & (a.of == b.of))
        if both.size:
            raise InstanceError(f"VM {instance.vm_names[int(both[0])]!r} is on both sides of Apart: use Spread.")
        per_group(self.most, a, "most of Apart")
        return a, domains_of(instance, self.over), b

    def find_breaches(self, here: InForce, host_index: IntArray) -> Iterator[Breach]:
        """Find domains with a VM of a and too many of b."""
        assert here.other is not None
        most, n_domains = per_group(self.most, here.group, "most"), len(here.domain)
        first, second = here.counts(host_index), count(here.other, here.domain, host_index)
        met = np.isin(second.group * n_domains + second.domain, first.group * n_domains + first.domain)
        for pair in np.flatnonzero(met & (second.number > most[second.group])).tolist():
            g, d = int(second.group[pair]), int(second.domain[pair])
            yield here.breach(g, d, second.members(pair), int(second.number[pair] - most[g]))

    def violation(self, here: InForce, host_index: IntArray) -> float:
        """Count the VMs of b above the limits where a is."""
        assert here.other is not None
        n_domains, most = len(here.domain), per_group(self.most, here.group, "most")
        first, second = here.counts(host_index), count(here.other, here.domain, host_index)
        met = np.isin(second.group * n_domains + second.domain, first.group * n_domains + first.domain)
        return float(np.maximum(second.number - most[second.group], 0)[met].sum())

    def translate(self, here: InForce, cells: Cells, rows: RuleRows) -> None:
        """``n(a,d) <= N z`` and ``n(b,d) + (M - most) z <= M``, z binary: whether a is there."""
        assert here.other is not None
        n = max(len(here.domain), 1)
        first = sums(cells, here.group.of, here.domain.of, n)
        second = sums(cells, here.other.of, here.domain.of, n)
        shared = np.intersect1d(first.group * n + first.domain, second.group * n + second.domain)
        if not shared.size:
            return
        z = rows.columns(np.ones(len(shared), dtype=np.int64))
        limit = per_group(self.most, here.group, "most")[shared // n]
        for side, factor in ((first, None), (second, limit)):
            key = side.group * n + side.domain
            at, cell, one = shared_entries(shared, key, side.pair, side.cell)
            outside = side.outside[np.searchsorted(key, shared)]
            all_of_it = outside + side.most[np.searchsorted(key, shared)]
            row, column = np.concatenate([at, np.arange(len(shared))]), np.concatenate([cell, z])
            if factor is None:
                rows.at_most(row, column, np.concatenate([one, -all_of_it]), -outside)
            else:
                slope = np.maximum(all_of_it - factor, 0)
                room, above = np.maximum(all_of_it, factor) - outside, Slack.of(self.penalty, slope)
                rows.at_most(row, column, np.concatenate([one, slope]), room, above)

    def allows(self, here: InForce, vm: int, taken: Taken) -> BoolArray:
        """Tell where the other side is not, or not too many."""
        assert here.other is not None
        a, b = int(here.group.of[vm]), int(here.other.of[vm])
        free = np.ones(len(here.domain.of), dtype=bool)
        most = most_of(here)
        if a >= 0:
            free &= here.where(taken.of(a, other=True) <= most[a], True)
        if b >= 0:
            free &= here.where((taken.of(b) == 0) | (taken.of(b, other=True) < most[b]), True)
        return free

    def added(self, here: InForce, vm: int, taken: Taken) -> FloatArray:
        """Those of b above `most` where the first of a comes; one where one of b comes that is too many."""
        assert here.other is not None
        a, b, most = int(here.group.of[vm]), int(here.other.of[vm]), most_of(here)
        more = np.zeros(len(here.domain), dtype=np.int64)
        if a >= 0:
            more += np.where(taken.of(a) == 0, np.maximum(taken.of(a, other=True) - most[a], 0), 0)
        if b >= 0:
            more += (taken.of(b) > 0) & (taken.of(b, other=True) >= most[b])
        return here.on_hosts(more, 0)

    def room(self, here: InForce, vm: int, taken: Taken) -> IntArray | None:
        """Any number of a, which changes nothing for others of a; of b what is left of `most` where a is."""
        assert here.other is not None
        b = int(here.other.of[vm])
        if b < 0:
            return super().room(here, vm, taken)
        left = most_of(here)[b] - taken.of(b, other=True)
        return np.where(taken.of(b) > 0, left, UNLIMITED)


def shared_entries(
    shared: IntArray, key: IntArray, pair: IntArray, cell: IntArray
) -> tuple[IntArray, IntArray, IntArray]:
    """Entries of the cells whose pair is among the shared ones: row, cell, 1."""
    at = np.searchsorted(shared, key[pair])
    kept = shared[np.minimum(at, len(shared) - 1)] == key[pair]
    return at[kept], cell[kept], np.ones(int(kept.sum()), dtype=np.int64)
