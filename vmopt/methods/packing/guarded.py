"""Guarded VM classes: rules look at them, and tell which hosts may take one more as long as only one comes to each."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.methods.packing.occupancy import Occupancy
from vmopt.model.rule import RuleInForce
from vmopt.problem import Problem


def guarded_classes(problem: Problem) -> BoolArray:
    """Find the VM classes that rules keep an eye on, but let go at any time.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.problem import compile
    >>> rules = [vmopt.Spread(["vm-0", "vm-1"]), vmopt.MustRun("vm-2")]
    >>> cluster = vmopt.Instance.from_arrays([[1], [2], [3], [4]], [[8]] * 2, rules=rules)
    >>> guarded_classes(compile(cluster))[cluster.vm_classes.of].tolist()
    [True, True, False, False]
    """
    some = np.zeros(len(problem.vms), dtype=np.bool_)
    bound = np.zeros(len(problem.vms), dtype=np.bool_)
    for rule, matters in zip(problem.counted_rules, problem.counted_classes, strict=True):
        some |= matters
        bound |= matters & (not rule.lasts)
    return np.asarray(some & ~bound)


class Guard:
    """What rules say of VMs that come back to hosts that gave some away, one to a host.

    Parameters
    ----------
    occupancy : Occupancy
        Without the VMs that were given away.
    hosts : (n,) int64 array
        Those that one VM each may come to.
    """

    def __init__(self, occupancy: Occupancy, hosts: IntArray) -> None:
        self._problem, self._hosts = occupancy.problem, hosts
        self._rules = [
            (rule, rule.counting(host_index), matters)
            for (rule, host_index), matters in zip(_seen(occupancy, hosts), self._problem.counted_classes, strict=True)
        ]
        self._known: dict[tuple[int, ...], BoolArray] = {}

    def allowed(self, vm_class: IntArray) -> BoolArray:
        """Which hosts may take one more of each class, the capacity apart, ``(n_hosts, n_classes)``."""
        classes, where = np.unique(vm_class, return_inverse=True)
        allowed = np.ones((len(classes), len(self._hosts)), dtype=np.bool_)
        for row, j in zip(allowed, classes.tolist(), strict=True):
            vm = int(self._problem.members[j])
            for number, (rule, taken, matters) in enumerate(self._rules):
                if matters[j] and rule.concerns[vm]:
                    key = (number, int(rule.weight[vm]), *(int(column[vm]) for column in rule.vm_keys))
                    if key not in self._known:
                        self._known[key] = rule.allows(vm, taken)[self._hosts]
                    row &= self._known[key]
        return np.asarray(allowed[where].T)


def breaks_rules(occupancy: Occupancy, hosts: IntArray) -> bool:
    """Whether what runs on these hosts breaks rules that nothing on other hosts breaks."""
    return any(rule.breaches(host_index) for rule, host_index in _seen(occupancy, hosts))


def _seen(occupancy: Occupancy, hosts: IntArray) -> Iterator[tuple[RuleInForce, IntArray]]:
    """Rules and what each has to see of the placement: these hosts alone, where it says the same of each by itself."""
    everywhere = occupancy.placement()
    here = np.where(np.isin(everywhere, hosts), everywhere, -1)
    for rule in occupancy.problem.counted_rules:
        yield rule, here if rule.by_host and rule.lasts and not rule.gathers else everywhere


def one_of_each(problem: Problem, vm_class: IntArray) -> BoolArray:
    """Choose the first VM of each group of which a rule looks at more than one host, and all VMs of no such group.

    Two of a group could come to one domain, on hosts of their own, and be too many there together; or to two domains.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.problem import compile
    >>> together = vmopt.Gather(["vm-0", "vm-1"])
    >>> cluster = vmopt.Instance.from_arrays([[1], [2], [3]], [[8]] * 2, rules=[together])
    >>> one_of_each(compile(cluster), cluster.vm_classes.of[[1, 2, 0, 2]]).tolist()
    [True, True, False, True]
    """
    first = np.ones(len(vm_class), dtype=np.bool_)
    for rule in problem.counted_rules:
        if rule.gathers or not rule.by_host:
            group = _group(rule, problem)[vm_class]
            _, index = np.unique(group, return_index=True)
            once = np.zeros(len(group), dtype=np.bool_)
            once[index] = True
            first &= once | (group < 0)
    return first


def _group(rule: RuleInForce, problem: Problem) -> IntArray:
    """Group of each VM class, of either side of the rule; -1 for none."""
    group = rule.group.of[problem.members]
    if rule.other is None:
        return np.asarray(group)
    return np.asarray(np.where(group >= 0, group, rule.other.of[problem.members]))
