"""Reach: groups that use several domains."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.rules.base import BaseRule, InForce, PerGroup, domains_of, groups_in, per_group, whole_numbers
from vmopt.rules.breach import Breach
from vmopt.rules.domains import checked_over
from vmopt.rules.program import Cells, RuleRows, sums
from vmopt.rules.selection import Grouping, Groups, Selected
from vmopt.rules.taken import Taken


@dataclass(frozen=True, eq=False, repr=False)
class Reach(BaseRule):
    """Each group uses at least ``min(least[g], n(g))`` domains, n(g) the number of its placed VMs.

    VMs on hosts that are in no domain count for n(g) and use none. Known as spread (ROADEF), fault domains.

    Parameters
    ----------
    groups : names, patterns, lists of them, Groups, or a column: (n_vms,) int array, Series, dict by name
    over : str
        The domains: ``"host"``, or a label of the hosts.
    least : int or (n_groups,) int array
    penalty : float, optional
        Makes the rule soft: what each domain costs that a group uses too few,
        ``sum_g max(min(least[g], n(g)) - |{d: n(g,d) > 0}|, 0)``.

    Examples
    --------
    >>> import vmopt
    >>> labels = [{"rack": "a"}, {"rack": "b"}]
    >>> two_racks = vmopt.Reach(["vm-0", "vm-1"], over="rack", least=2)
    >>> cluster = vmopt.Instance.from_arrays([[1], [1]], [[4], [4]], host_labels=labels, rules=[two_racks])
    >>> len(set(vmopt.solve(cluster).placement.values()))
    2
    """

    name: ClassVar[str] = "reach"
    waits: ClassVar[bool] = True
    lasts: ClassVar[bool] = False

    groups: Selected
    over: str
    least: PerGroup

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "groups", Groups.of(self.groups))
        object.__setattr__(self, "least", whole_numbers(self.least, "least of Reach", 0))
        checked_over(self.over)

    def find(self, instance: Any) -> tuple[Grouping, Grouping, Grouping | None]:
        """Find the groups and domains."""
        groups = groups_in(instance, self.groups)
        per_group(self.least, groups, "least of Reach")
        return groups, domains_of(instance, self.over), None

    def find_breaches(self, here: InForce, host_index: IntArray) -> Iterator[Breach]:
        """Find groups in too few domains: of two that share one, either may be taken off, and so on."""
        least = per_group(self.least, here.group, "least")
        for g in np.unique(here.group.of[(host_index >= 0) & here.group.inside]).tolist():
            vms = here.placed(host_index, g)
            used = int(np.count_nonzero(here.by_domain(host_index, vms)))
            wanted = min(int(least[g]), len(vms))
            if used < wanted:
                second = _not_the_first(here.domain.of[host_index[vms]])
                yield here.breach(g, None, vms[second], len(vms) - used)

    def violation(self, here: InForce, host_index: IntArray) -> float:
        """Count the domains too few."""
        counts = here.counts(host_index)
        used = np.bincount(counts.group, minlength=len(here.group))
        wanted = np.minimum(per_group(self.least, here.group, "least"), here.n_placed(host_index))
        return float(np.maximum(wanted - used, 0).sum())

    def translate(self, here: InForce, cells: Cells, rows: RuleRows) -> None:
        """``r(g,d) <= n(g,d)``, ``sum_d r >= least (1 - s)``, ``sum_d r >= n(g) - N (1 - s)``; r and s binary.

        Where it is soft, t counts domains too few on the left of both.
        """
        pairs = sums(cells, here.group.of, here.domain.of, len(here.domain))
        whole = sums(cells, here.group.of, np.zeros(len(here.domain.of), dtype=np.int64), 1)
        most, n = whole.outside + whole.most, len(whole)
        least = np.minimum(per_group(self.least, here.group, "least")[whole.group], most)
        r, s = rows.columns(np.ones(len(pairs), dtype=np.int64)), rows.columns(np.ones(n, dtype=np.int64))
        rows.at_most(
            np.concatenate([np.arange(len(pairs)), pairs.pair]),
            np.concatenate([r, pairs.cell]),
            np.concatenate([np.ones(len(pairs), dtype=np.int64), -pairs.ones]),
            pairs.outside,
        )
        of = np.searchsorted(whole.group, pairs.group)
        each, ones = np.arange(n), np.ones(len(pairs), dtype=np.int64)
        row, column, entry = [of], [r], [ones]
        if self.penalty is not None:
            t = rows.columns(np.maximum(least, 0), self.penalty)
            row, column, entry = [of, each], [r, t], [ones, np.ones(n, dtype=np.int64)]
        rows.at_least(
            np.concatenate([*row, each]), np.concatenate([*column, s]), np.concatenate([*entry, least]), least
        )
        rows.at_least(
            np.concatenate([*row, whole.pair, each]),
            np.concatenate([*column, whole.cell, s]),
            np.concatenate([*entry, -whole.ones, -most]),
            whole.outside - most,
        )

    def allows(self, here: InForce, vm: int, taken: Taken) -> BoolArray:
        """Tell which domains are new to the group; any, where it uses enough."""
        g = int(here.group.of[vm])
        number = taken.of(g)
        wanted = min(int(per_group(self.least, here.group, "least")[g]), taken.placed(g) + 1)
        enough = int(np.count_nonzero(number)) >= wanted
        return here.where((number == 0) | enough, enough)

    def added(self, here: InForce, vm: int, taken: Taken) -> FloatArray:
        """One more domain is wanted where the group has no more VMs than it needs domains, and a new one is used."""
        g = int(here.group.of[vm])
        least, placed, number = int(per_group(self.least, here.group, "least")[g]), taken.placed(g), taken.of(g)
        lacks = min(least, placed + 1) - int(np.count_nonzero(number))
        before = max(min(least, placed) - int(np.count_nonzero(number)), 0)
        return here.on_hosts(np.maximum(lacks - (number == 0), 0) - before, max(lacks, 0) - before)

    def room(self, here: InForce, vm: int, taken: Taken) -> IntArray | None:
        """One at a time: each decides where the others may go."""
        return None


def _not_the_first(domain: IntArray) -> BoolArray:
    """Tell which entries are not the first of their domain, or in none."""
    first = np.zeros(len(domain), dtype=bool)
    first[np.unique(domain, return_index=True)[1]] = True
    return np.asarray(~first | (domain < 0))
