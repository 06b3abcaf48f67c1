"""PartialPlacement: which hosts may take a VM, by capacity and by rules, while a placement grows."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from vmopt import interruption
from vmopt.arrays import BoolArray, IntArray
from vmopt.methods.ruled.rules_by_vm import RulesByVM
from vmopt.model.rule import RuleInForce
from vmopt.problem import Problem
from vmopt.rules import Taken

FIRST_HOSTS, FIRST_HOSTS_PER_VM = 64, 2
"""Hosts that are looked at first, and more for each VM that waits: where they take all, no other needs a look."""


class PartialPlacement:
    """A placement that grows VM by VM, and what it leaves to the others.

    Attributes
    ----------
    host_index : (n_vms,) int64 array
        The placement.
    free : (n_hosts, n_resources) int64 array
    stop : float
        Value of ``time.perf_counter()`` from which on it is `late`: `take` takes no more than one step.

    Soft rules keep VMs out as hard ones do, unless `hard_only` says otherwise; rules in `but` keep out nobody.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.problem import compile
    >>> apart = vmopt.Spread(["vm-0", "vm-1"])
    >>> cluster = compile(vmopt.Instance.from_arrays([[2], [2], [2]], [[4], [4]], rules=[apart]))
    >>> places = PartialPlacement(cluster, np.full(3, -1))
    >>> places.take(np.array([0, 1]), np.array([0, 1])).tolist(), places.host_index.tolist()
    ([0, 1], [0, 1, -1])
    """

    def __init__(
        self,
        problem: Problem,
        host_index: IntArray,
        *,
        hard_only: bool = False,
        but: Sequence[RuleInForce] = (),
        stop: float = np.inf,
    ) -> None:
        self.problem = problem
        self.stop = stop
        self.host_index = host_index.copy()
        self.free = problem.capacity - problem.loads(self.host_index)
        self._least = problem.least
        rules = [rule for rule in problem.rules if rule.penalty is None or not hard_only]
        rules = [rule for rule in rules if not any(rule is other for other in but)]
        self._asked = RulesByVM(rules, self.host_index)

    @property
    def late(self) -> bool:
        """Whether time is up, or the call was interrupted."""
        return time.perf_counter() > self.stop or interruption.wanted()

    def take(self, vms: IntArray, hosts: IntArray, most: IntArray | None = None) -> IntArray:
        """Put VMs that are all alike on the first of some hosts that may take them; return where they went.

        Parameters
        ----------
        vms : (n,) int64 array
        hosts : (n_candidates,) int64 array
            In the order in which they are to be filled.
        most : (n_candidates,) int64 array, optional
            Most that each is to get; default: what it has room for.

        Returns
        -------
        (n,) int64 array
            Host of each VM, -1 where there was none.
        """
        went = np.full(len(vms), -1, dtype=np.int64)
        begin = 0
        while begin < len(vms):
            taken, one_by_one = self._taken(int(vms[begin]), hosts, most, len(vms) - begin)
            chosen = np.repeat(hosts[: len(taken)], taken)
            if not chosen.size:
                break
            end = begin + len(chosen)
            went[begin:end] = chosen
            self.put(vms[begin:end], chosen)
            if not one_by_one or self.late:
                break
            if most is not None:
                most = most.copy()
                most[: len(taken)] -= taken
            begin = end
        return went

    def put(self, vms: IntArray, hosts: IntArray) -> None:
        """Place VMs that are all alike, without a question."""
        self.host_index[vms] = hosts
        np.subtract.at(self.free, hosts, self._least[vms])
        for taken in self._asked.counting(int(vms[0])):
            taken.add(vms)

    def take_off(self, vms: IntArray) -> None:
        """Have VMs run nowhere again."""
        for vm in vms[self.host_index[vms] >= 0].tolist():
            for taken in self._asked.counting(vm):
                taken.add(np.array([vm]), -1)
            self.free[self.host_index[vm]] += self._least[vm]
            self.host_index[vm] = -1

    def roomy(self, vm: int) -> BoolArray:
        """Which hosts have capacity left for this VM."""
        fits: BoolArray = np.ones(len(self.free), dtype=np.bool_)
        for k in np.flatnonzero(self._least[vm]).tolist():
            np.logical_and(fits, self.free[:, k] >= self._least[vm, k], out=fits)
        return fits

    def allowed(self, vm: int, but: Sequence[RuleInForce] = ()) -> BoolArray:
        """Which hosts may take this VM, capacity and some rules apart."""
        allowed = np.ones(self.problem.n_hosts, dtype=bool)
        for rule, taken in self._concerning(vm):
            if not any(rule is other for other in but):
                allowed &= rule.allows(vm, taken)
        return allowed

    def _concerning(self, vm: int) -> list[tuple[RuleInForce, Taken]]:
        return self._asked.concerning(vm)

    def _taken(self, vm: int, hosts: IntArray, most: IntArray | None, wanted: int) -> tuple[IntArray, bool]:
        """How many like this VM go to each of the hosts, or to the first of them where these take all that wait.

        Whether only one of them went, since rules are to be asked anew then.
        """
        some = hosts[: FIRST_HOSTS + FIRST_HOSTS_PER_VM * wanted]
        number, one_by_one = self._number(vm, some, None if most is None else most[: len(some)])
        wanted = 1 if one_by_one else wanted
        if len(some) < len(hosts) and number.sum() < wanted:
            number, one_by_one = self._number(vm, hosts, most)
        upto = np.minimum(number.cumsum(), wanted)
        upto[1:] -= upto[:-1].copy()
        return upto, one_by_one

    def _number(self, vm: int, hosts: IntArray, most: IntArray | None) -> tuple[IntArray, bool]:
        """How many like this VM each of the hosts gets, if all are filled in turn; whether only the first counts."""
        number = self._fitting(vm, hosts)
        if most is not None:
            np.minimum(number, most, out=number)
        one_by_one = False
        for rule, taken in self._concerning(vm) if number.any() else ():
            room = rule.room(vm, taken)
            if room is None or not rule.room_says_all:
                number[~rule.allows(vm, taken)[hosts]] = 0
            one_by_one |= room is None
            if room is not None and rule.by_host:
                np.minimum(number, np.maximum(room[hosts], 0), out=number)
            elif room is not None:
                number = _within(number, rule.domain.of[hosts], room)
        return number, one_by_one

    def _fitting(self, vm: int, hosts: IntArray) -> IntArray:
        number = np.full(len(hosts), self.problem.n_vms, dtype=np.int64)
        for k in np.flatnonzero(self._least[vm]).tolist():
            np.minimum(number, self.free[hosts, k] // self._least[vm, k], out=number)
        return number


def _within(number: IntArray, domain: IntArray, room: IntArray) -> IntArray:
    """Lower numbers, the last ones first, so that those of each domain add up to what it has room for.

    Examples
    --------
    >>> _within(np.array([2, 2, 5, 1]), np.array([0, 0, -1, 1]), np.array([3, 0])).tolist()
    [2, 1, 5, 0]
    """
    inside = np.flatnonzero((number > 0) & (domain >= 0))
    order = inside[np.argsort(domain[inside], kind="stable")]
    upto = np.cumsum(number[order])
    first = np.searchsorted(domain[order], domain[order])
    before = upto - number[order]
    before -= before[first] if len(order) else 0
    lowered = number.copy()
    lowered[order] = np.clip(room[domain[order]] - before, 0, number[order])
    return lowered
