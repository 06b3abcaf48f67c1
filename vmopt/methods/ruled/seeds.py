"""Seeds: before all others, VMs that others need are placed in as many domains as there are enough of them for.

Where services depend on services that depend on others, a VM may go only where all of these run. Who fills hosts first
and looks at that afterwards finds most domains closed to it. With a seed of each service in each domain that its few
partners can serve, nearly everybody else may go nearly everywhere.
"""

from __future__ import annotations

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.methods.ruled.homes import by_domain
from vmopt.methods.ruled.parameters import DEFAULT, RuledParameters
from vmopt.methods.ruled.partial_placement import PartialPlacement
from vmopt.methods.ruled.partners import Partners
from vmopt.model.rule import RuleInForce
from vmopt.problem import Problem


def seeds(problem: Problem, stop: float = np.inf, parameters: RuledParameters = DEFAULT) -> IntArray:
    """Place one VM of each group that needs others, with all that it needs, in as many domains as it can be.

    Parameters
    ----------
    problem : Problem
    stop : float
        Value of ``time.perf_counter()`` at which to leave off.
    parameters : RuledParameters

    Returns
    -------
    (n_vms,) int64 array
        Host of each seed, -1 for all others; rules of other kinds may ask for more.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.problem import compile
    >>> near = vmopt.Near(["vm-0", "vm-1", "vm-2"], ["vm-3", "vm-4"], over="host")
    >>> cluster = compile(vmopt.Instance.from_arrays([[2], [2], [2], [1], [1]], [[5]] * 3, rules=[near]))
    >>> seeds(cluster).tolist()
    [0, 1, -1, 0, 1]
    """
    sowing = _Sowing(problem, stop, parameters)
    left = parameters.most_begun
    for rule, group in sowing.scarcest_first():
        if left <= 0 or sowing.places.late:
            break
        left -= sowing.sow(rule, group)
    return sowing.places.host_index


class _Sowing:
    """Seeds so far, and what domains have promised to those who can go nowhere else."""

    def __init__(self, problem: Problem, stop: float, parameters: RuledParameters) -> None:
        self.places = PartialPlacement(problem, np.full(problem.n_vms, -1, dtype=np.int64), stop=stop)
        self._partners = Partners(problem, self.places, self._fullest, parameters)
        self._rules = [rule for rule in problem.rules if rule.needs]
        total = problem.total.astype(np.float64)
        self._part: FloatArray = np.divide(1.0, total, out=np.zeros(len(total)), where=total > 0)
        self._promised = np.zeros(max((len(rule.domain) for rule in self._rules), default=0))

    def scarcest_first(self) -> list[tuple[RuleInForce, int]]:
        """Groups that need others and can have them, those first of whose partners there are the fewest."""
        found = []
        for rule in self._rules:
            for group, vms in enumerate(rule.members):
                together = self._partners.needed(int(vms[0])) if len(vms) else None
                if together is not None:
                    found.append((min(map(self._stand_ins, together)), rule, group))
        return [(rule, group) for _, rule, group in sorted(found, key=lambda one: one[0])]

    def sow(self, rule: RuleInForce, group: int) -> int:
        """Begin a group in domain after domain while there are VMs; return in how many that was tried.

        Where most of what it needs runs already comes first, of those the domain with most left.
        """
        vms = rule.members[group]
        where = self.places.host_index[vms]
        served, waiting, tried = set(rule.domain.of[where[where >= 0]].tolist()), vms[where < 0].tolist(), 0
        for domain in self._in_order(rule, waiting[0], served) if waiting else ():
            together = self._partners.needed(waiting[0], domain)
            tried += 1
            if together is not None and self._partners.seated(together, rule.domain.of == domain):
                served.add(domain)
                waiting = [vm for vm in waiting if self.places.host_index[vm] < 0]
            if not waiting or self.places.late:
                break
        self._promise(rule, group, sorted(served))
        return max(tried, 1)

    def _in_order(self, rule: RuleInForce, vm: int, served: set[int]) -> list[int]:
        every = np.arange(self.places.problem.n_hosts)
        room = by_domain(rule, every, self.places.free @ self._part) - self._promised[: len(rule.domain)]
        missing = {d: self._partners.needed(vm, d) for d in range(len(rule.domain)) if d not in served}
        count = {d: len(together) for d, together in missing.items() if together is not None}
        return sorted(count, key=lambda d: (count[d], -room[d]))

    def _promise(self, rule: RuleInForce, group: int, domains: list[int]) -> None:
        """Share out what a group asks for among the domains in which it may run."""
        if domains:
            asked = float((self.places.problem.least[rule.members[group]] @ self._part).sum())
            self._promised[domains] += asked / len(domains)

    def _stand_ins(self, vm: int) -> int:
        """How many VMs serve those that need this one as well as it does; all of its group where nobody needs it."""
        sides = [groups.of for rule in self._rules for groups in (rule.group, rule.other) if groups.of[vm] >= 0]
        return min(int((of == of[vm]).sum()) for of in sides)

    def _fullest(self, vm: int) -> IntArray:
        hosts = np.flatnonzero(self.places.roomy(vm))
        return np.asarray(hosts[np.argsort(self.places.free[hosts] @ self._part, kind="stable")])
