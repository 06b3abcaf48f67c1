"""Mobile VM classes: those whose VMs may run on any host, and leave any, with no regard to rules but `most`."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import BoolArray
from vmopt.model.rule import RuleInForce
from vmopt.problem import Problem


def mobile_classes(problem: Problem) -> BoolArray:
    """Find the VM classes that matter to no rule, or only to groups of which `most` says it all.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.problem import compile
    >>> apart = vmopt.Spread(["vm-0", "vm-1"])
    >>> cluster = vmopt.Instance.from_arrays([[1], [2], [3]], [[4]] * 2, rules=[apart])
    >>> mobile_classes(compile(cluster))[cluster.vm_classes.of].tolist()
    [False, False, True]
    """
    mobile = np.ones(len(problem.vms), dtype=np.bool_)
    for rule, matters in zip(problem.counted_rules, problem.counted_classes, strict=True):
        mobile &= ~matters | _said_by_most(rule, problem)
    return mobile


def _said_by_most(rule: RuleInForce, problem: Problem) -> BoolArray:
    """Of which classes a rule says how many VMs a host may run, and nothing else: where a group is one class."""
    group = rule.group.of[problem.members]
    classes = np.bincount(group[group >= 0], minlength=1)
    return np.asarray((group >= 0) & (classes[group] == 1) & (rule.most_alike is not None))
