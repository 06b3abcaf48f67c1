"""Dealing: who runs where, once it is known how many VMs of a size run on each host.

Without rules, VMs of equal size and value are alike, and a placement says how many of them each host runs. Rules tell
them apart. So the places of each size are dealt out again: first to those that rules leave the fewest hosts, then to
the largest groups, each on the hosts that have most places left. Were rules only of the kind "at most one of a group on
a host", that order of hosts would deal out all places whenever that can be done (Ryser 1957).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.methods.ruled.chains import Chains
from vmopt.methods.ruled.gangs import Gangs
from vmopt.methods.ruled.homes import Homes, by_domain, gathered_sizes
from vmopt.methods.ruled.mend import urgent_vms
from vmopt.methods.ruled.one_each import MOST_PLACES, alone_on_hosts, one_each
from vmopt.methods.ruled.parameters import DEFAULT, RuledParameters
from vmopt.methods.ruled.partial_placement import PartialPlacement
from vmopt.model.classes import VMClasses
from vmopt.model.rule import RuleInForce
from vmopt.problem import Problem

MANY = np.iinfo(np.int16).max
"""Places on a host from which on it does not matter how many more: numbers of 16 bits are sorted much faster."""


def deal(
    problem: Problem,
    plain: VMClasses,
    host_index: IntArray,
    stop: float = np.inf,
    among: BoolArray | None = None,
    first: IntArray | None = None,
    parameters: RuledParameters = DEFAULT,
) -> IntArray:
    """Deal the places of a placement that knows no rules to VMs of the same sizes, as rules allow.

    Parameters
    ----------
    problem : Problem
    plain : VMClasses
        Which VMs are alike but for the rules.
    host_index : (n_vms,) int64 array
        The placement without rules.
    stop : float
        Value of ``time.perf_counter()`` at which to leave the rest out.
    among : (n_vms,) bool array, optional
        Who may have a place; default: everybody, also who had none.
    first : (n,) int64 array, optional
        VMs that keep their own places where rules allow it, those first that others need.

    Returns
    -------
    (n_vms,) int64 array
        Host of each VM, -1 where it runs nowhere; rules that ask for more VMs than were placed may be broken.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.problem import compile
    >>> apart = vmopt.Spread(["vm-0", "vm-1"])
    >>> cluster = compile(vmopt.Instance.from_arrays([[1]] * 4, [[2], [2]], rules=[apart]))
    >>> plain = vmopt.Instance.from_arrays([[1]] * 4, [[2], [2]]).vm_classes
    >>> deal(cluster, plain, np.array([0, 0, 1, 1])).tolist()
    [1, 0, 1, 0]
    """
    dealing = _Dealing(problem, plain, host_index, stop)
    dealing.keep(host_index, () if first is None else first.tolist())
    alone, needing = alone_on_hosts(problem), _needing(problem)
    order = _most_restricted_first(problem)
    for again in range(parameters.again if needing.any() else 1):
        for j in order if not again else [j for j in order if needing[j]]:
            if dealing.places.late:
                break
            vms = problem.vms.members[j]
            dealing.seat(vms if among is None else vms[among[vms]], alone=bool(alone[j]))
    dealing.seat_those_alone()
    dealing.chain(plain, among)
    return dealing.places.host_index


def fill(
    problem: Problem,
    plain: VMClasses,
    host_index: IntArray,
    dealt: IntArray,
    cheap: Sequence[RuleInForce],
    stop: float = np.inf,
    among: BoolArray | None = None,
) -> IntArray:
    """Deal the places that dealing has left, to VMs that only some of the rules keep from them.

    Parameters
    ----------
    dealt : (n_vms,) int64 array
        What `deal` has made of the placement.
    cheap : sequence of RuleInForce
        Soft rules that cost less than VMs are worth.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.problem import compile
    >>> apart = vmopt.Spread(["vm-0", "vm-1"], penalty=0.1)
    >>> cluster = compile(vmopt.Instance.from_arrays([[1]] * 2, [[2]], rules=[apart]))
    >>> plain = vmopt.Instance.from_arrays([[1]] * 2, [[2]]).vm_classes
    >>> dealt = deal(cluster, plain, np.array([0, 0]))
    >>> dealt.tolist(), fill(cluster, plain, np.array([0, 0]), dealt, cluster.rules).tolist()
    ([0, -1], [0, 0])
    """
    dealing = _Dealing(problem, plain, host_index, stop, dealt, cheap)
    for j in _most_restricted_first(problem):
        vms = problem.vms.members[j]
        dealing.seat(vms if among is None else vms[among[vms]], alone=False)
    return dealing.places.host_index


class _Dealing:
    """Places of each size on each host, given away one after the other."""

    def __init__(
        self,
        problem: Problem,
        plain: VMClasses,
        host_index: IntArray,
        stop: float,
        dealt: IntArray | None = None,
        but: Sequence[RuleInForce] = (),
    ) -> None:
        begin = np.full(problem.n_vms, -1) if dealt is None else dealt
        self.places = PartialPlacement(problem, begin, but=but, stop=stop)
        self._gangs, self._homes = Gangs(problem, self._take), Homes(problem, self._room)
        self._size = plain.of
        placed = np.flatnonzero(host_index >= 0)
        pairs, count = np.unique(plain.of[placed] * problem.n_hosts + host_index[placed], return_counts=True)
        edges = np.searchsorted(pairs, np.arange(len(plain) + 1) * problem.n_hosts)
        self._hosts = np.split(pairs % problem.n_hosts, edges[1:-1])
        self._alone: dict[int, list[IntArray]] = {}
        taken = np.flatnonzero(begin >= 0)
        np.subtract.at(count, pairs.searchsorted(plain.of[taken] * problem.n_hosts + begin[taken]), 1)
        self._left = np.split(count.astype(np.int64), edges[1:-1])

    def keep(self, host_index: IntArray, vms: Iterable[int]) -> None:
        """Give VMs the places that they have."""
        for vm in vms:
            if host_index[vm] >= 0 and self.places.take(np.array([vm]), host_index[[vm]])[0] >= 0:
                size = int(self._size[vm])
                self._left[size][self._hosts[size].searchsorted(host_index[vm])] -= 1

    def seat(self, vms: IntArray, *, alone: bool) -> None:
        """Give places to VMs that are all alike; those of which a host may run one, and nobody asks more, go later."""
        waiting = vms[self.places.host_index[vms] < 0]
        if alone and waiting.size == vms.size and self._left[self._size[vms[0]]].max(initial=0) <= MOST_PLACES:
            self._alone.setdefault(int(self._size[vms[0]]), []).append(vms)
        else:
            self._gangs.place(waiting, self.places)

    def seat_those_alone(self) -> None:
        """Give places to the groups that may have one VM on a host, all groups of a size in one go."""
        for size, groups in self._alone.items():
            if self.places.late:
                break
            hosts, left = self._hosts[size], self._left[size]
            for vms, chosen in zip(groups, one_each(left, [len(vms) for vms in groups]), strict=True):
                if chosen.size:
                    self.places.put(vms[: len(chosen)], hosts[chosen])
                    left[chosen] -= 1

    def chain(self, plain: VMClasses, among: BoolArray | None) -> None:
        """Give places that are left to VMs that wait, by way of others."""
        kind = self.places.problem.vms.of
        for size in [size for size, left in enumerate(self._left) if left.any()]:
            vms = plain.members[size] if among is None else plain.members[size][among[plain.members[size]]]
            vms = vms[np.argsort(kind[vms], kind="stable")]
            Chains(self.places, vms, kind, self._hosts[size], self._left[size]).run()

    def _take(self, vms: IntArray) -> None:
        size = int(self._size[vms[0]])
        hosts, left = self._hosts[size], self._left[size]
        open_to_all = np.flatnonzero(left > 0)
        order = open_to_all[np.argsort(-np.minimum(left[open_to_all], MANY).astype(np.int16), kind="stable")]
        home = self._homes.among(int(vms[0]), hosts[order], self.places.host_index)
        order = order[np.isin(hosts[order], home)] if len(home) < len(order) else order
        went = self.places.take(vms, hosts[order], left[order])
        np.subtract.at(left, hosts.searchsorted(went[went >= 0]), 1)

    def _room(self, rule: RuleInForce, vms: IntArray) -> FloatArray:
        """How many of these VMs there are places for in each domain, where rules allow the first of them to be."""
        allowed = self.places.allowed(int(vms[0]))
        total = np.zeros(len(rule.domain))
        for size, count in zip(*np.unique(self._size[vms], return_counts=True), strict=True):
            hosts = self._hosts[size]
            total += np.minimum(by_domain(rule, hosts, self._left[size] * allowed[hosts]), count)
        return total


def _needing(problem: Problem) -> BoolArray:
    """Which VM classes may go nowhere before those that they need, ``(n_vm_classes,)``."""
    found = [rule.concerns[problem.members] for rule in problem.rules if rule.needs]
    return np.logical_or.reduce(found) if found else np.zeros(len(problem.vms), dtype=bool)


def _most_restricted_first(problem: Problem) -> list[int]:
    """VM classes: who needs nobody, must run, shares a domain with many, is in a gang, has few hosts, who are many."""
    vms = problem.vms
    first = problem.members
    in_gangs, n_rules = np.zeros(problem.n_vms, dtype=bool), np.zeros(problem.n_vms, dtype=np.int64)
    for rule in problem.rules:
        n_rules += rule.concerns
        in_gangs |= (rule.group.of >= 0) & (rule.gangs is not None)
    gathered = gathered_sizes(problem)[first]
    keys = (-vms.count, -n_rules[first], ~in_gangs[first], -gathered, -urgent_vms(problem)[first], _needing(problem))
    return np.lexsort(keys).tolist()  # type: ignore[no-any-return]
