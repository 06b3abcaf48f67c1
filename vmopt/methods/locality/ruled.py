"""Guards of an instance: what each of its rules permits to VMs that change places."""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.methods.locality.barred import MOST_BITS, Barred, Secluded
from vmopt.methods.locality.budget import Budget
from vmopt.methods.locality.evenness import MOST_COUNTS, Evenness
from vmopt.methods.locality.guards import Guard, Guards
from vmopt.methods.locality.limits import AtMost
from vmopt.methods.locality.views import View, few, numbered
from vmopt.model.classes import merge_rows
from vmopt.model.instance import Instance
from vmopt.rules import Alone, Empty, Fence, InForce, MostMoves, Quota, Skew, Spread, Transient
from vmopt.rules.joined import joined
from vmopt.rules.limits import UNLIMITED
from vmopt.rules.usable import usable_domains

MOST_COUNTED = 8
"""Rules whose counts are kept; of more, those that are left permit what changes no count of theirs."""


def guards_of(instance: Instance, vms: IntArray, *, nowhere: bool) -> Guards:
    """Return what the rules permit to these VMs, where all others run nowhere and stay there.

    Fences tell where each VM may go, counts whether a limit has room for one more, or what is even stays so, and a
    budget how many may move. All other rules, and soft ones, permit only what changes no count of theirs: VMs of no
    group go anywhere, others within their domain or in exchange for their like.

    Parameters
    ----------
    nowhere : bool
        Whether there is one more site, at the end, for VMs that run nowhere.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.methods.locality.seating import Exchanges
    >>> apart = vmopt.Spread(["vm-0", "vm-1"])
    >>> cluster = vmopt.Instance.from_arrays([[1]] * 3, [[3]] * 2, rules=[apart])
    >>> guards = guards_of(cluster, np.arange(3), nowhere=False)
    >>> swaps = Exchanges(np.array([0, 0, 2]), np.array([1, 1, 0]), np.array([-1, 1, -1]))
    >>> guards.permits(np.array([0, 1, 1]), swaps).tolist()
    [False, True, True]
    """
    seen = _Seen(vms, nowhere)
    fences: list[InForce] = []
    limits: list[AtMost] = []
    each: list[Guard] = []
    views: list[View] = []
    for here in joined(instance):
        assert isinstance(here, InForce)
        rule = here.rule
        if here.penalty is not None:  # broken already, perhaps, and to stay so
            views.append(seen.view(here))
        elif isinstance(rule, Fence | Empty) and len(fences) < MOST_BITS:
            fences.append(here)
        elif isinstance(rule, Spread | Quota) and len(limits) < MOST_COUNTED:
            limits.append(seen.limit(here))
        elif isinstance(rule, Skew) and len(here.group) * len(here.domain) <= MOST_COUNTS:
            each.append(seen.balance(here))
        elif isinstance(rule, MostMoves):
            each.append(seen.budget(here))
        else:
            views.append(seen.view(here))
            each += [seen.secluded(here)] if isinstance(rule, Alone) else []
    each += [limit for limit in limits if np.ptp(limit.domain)]
    each += [Barred.of([seen.barred(here) for here in fences])] if fences else []
    return Guards((*each, *few(views)))


class _Seen:
    """Rules as they look at VMs that are items, and at hosts that are sites."""

    def __init__(self, vms: IntArray, nowhere: bool) -> None:
        self._vms, self._nowhere = vms, nowhere

    def view(self, here: InForce) -> View:
        """What it does not notice."""
        others = [here.group.of + 1] if here.other is None else [here.group.of + 1, here.other.of + 1]
        if here.penalty is not None or not isinstance(here.rule, Alone):  # `secluded` looks at those in no group
            others.append(here.concerns.astype(np.int64))
        if isinstance(here.rule, Transient):
            others.append(merge_rows(here.instance.reserved)[1] + 1)
        item = numbered(*others, np.where(here.group.inside, here.weight, 0))
        domain = here.domain.of
        return View(item[self._vms], self._sites(domain, int(domain.max(initial=-1)) + 1), not here.host_keys)

    def limit(self, here: InForce) -> AtMost:
        """How much of each group a domain may have."""
        rule, domain = here.rule, self._sites(here.domain.of, -1)
        most = rule.units(here) if isinstance(rule, Quota) else rule.stated()["most"]
        return AtMost(
            here.group.of[self._vms],
            here.weight[self._vms],
            domain,
            np.minimum(most, UNLIMITED) + np.zeros(len(here.group), dtype=np.int64),
            not here.host_keys,
        )

    def balance(self, here: InForce) -> Evenness:
        """How evenly each group is spread."""
        rule, most, usable = here.rule, here.rule.stated()["most"], here.once(usable_domains)
        assert isinstance(rule, Skew)
        return Evenness(
            here.group.of[self._vms],
            self._sites(here.domain.of, len(here.domain)),
            len(here.domain),
            np.minimum(most, UNLIMITED) + np.zeros(len(here.group), dtype=np.int64),
            usable.domains[usable.kind] & ~rule.counts_as_empty(here)[:, None],
            not here.host_keys,
        )

    def budget(self, here: InForce) -> Budget:
        """How many may be away from where they run now."""
        rule, somewhere = here.rule, self._sites(np.ones(len(here.domain.of), dtype=bool), False)
        assert isinstance(rule, MostMoves)
        limits = (UNLIMITED if most is None else most for most in (rule.most, rule.most_in, rule.most_out))
        return Budget(here.group.of[self._vms], somewhere, *limits)

    def secluded(self, here: InForce) -> Secluded:
        """Where those are who are alone."""
        return Secluded(here.group.inside[self._vms], self._sites(here.domain.of, -1), not here.host_keys)

    def barred(self, here: InForce) -> tuple[BoolArray, BoolArray]:
        """Who may not go where."""
        inside, hosts = here.group.inside, np.arange(len(here.domain.of))
        banned = here.rule.banned(here, np.full(len(hosts), int(inside.argmax())), hosts)  # type: ignore[attr-defined]
        return inside[self._vms], self._sites(banned, False)

    def _sites(self, column: Any, there: Any) -> Any:
        """A column of hosts as one of sites, with an entry for nowhere."""
        return np.append(column, there).astype(column.dtype) if self._nowhere else column
