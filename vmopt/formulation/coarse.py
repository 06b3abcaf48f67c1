"""Coarser classes for relaxations: VMs that are told apart by nothing that crosses hosts are merged."""

from __future__ import annotations

from dataclasses import replace

from vmopt.model.classes import classify_vms
from vmopt.model.rule import RuleInForce
from vmopt.problem import Problem


def crossing(problem: Problem) -> list[RuleInForce]:
    """Limits over more than a host each; those of single hosts seldom cost anything where hosts are pooled."""
    limits = problem.limits
    return [rule for rule in limits if rule.most_in_domain is not None and not rule.by_host]


def coarse(problem: Problem) -> Problem:
    """Return the problem with VMs of one class that differ only in rules which bounds do not know, or within hosts.

    Replicas in a thousand groups that spread over hosts are one class then, and the relaxation a thousand times
    smaller. Its prices are those of the same hosts and of the same limits.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.problem import compile
    >>> rules = [vmopt.Spread([["vm-0", "vm-1"], ["vm-2", "vm-3"]]), vmopt.Quota(1, resource=None, of="vm-0")]
    >>> cluster = compile(vmopt.Instance.from_arrays([[2]] * 4, [[4], [4]], rules=rules))
    >>> cluster.vms.count.tolist(), coarse(cluster).vms.count.tolist()
    ([1, 1, 2], [3, 1])
    """
    instance, nobody = problem.instance, problem.vms.of[:0]
    told_apart = [rule.group.of for rule in crossing(problem)]
    for rule in problem.rules:
        if rule.must_run is not None or rule.forbids(nobody, nobody) is not None:
            told_apart.extend(rule.vm_keys)
    unit_value = instance.unit_value if problem.elastic else None
    level = None if instance.tiers is None else instance.tiers.of
    vms = classify_vms(problem.demand, problem.value, problem.least, unit_value, level, told_apart)
    return replace(problem, vms=vms) if len(vms) < len(problem.vms) else problem
