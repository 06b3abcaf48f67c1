"""Components: parts of a cluster that have nothing to do with each other, such as pools with VMs of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from vmopt.arrays import BoolArray, IntArray
from vmopt.errors import InstanceError
from vmopt.model.columns import frozen
from vmopt.model.instance import Instance
from vmopt.model.label_rows import kept_rows
from vmopt.model.names import Names
from vmopt.model.objective import Objective
from vmopt.model.rule import Rule
from vmopt.problem.compiled import Problem
from vmopt.rules.eligible import eligible
from vmopt.rules.fence import Eligibility, Fence
from vmopt.rules.fewer import only_vms
from vmopt.rules.in_force import InForce
from vmopt.rules.must_run import MustRun

MOST_PAIRS = 20_000_000
"""VM classes times host classes up to which it is looked at who may run where."""


@dataclass(frozen=True, eq=False)
class Component:
    """Some VMs, and the hosts that only they may run on.

    Attributes
    ----------
    vms, hosts : (n,) int64 arrays
        Their positions, in ascending order.
    instance : Instance
        Of these alone: with their values, and with what the rules say of them.
    """

    vms: IntArray
    hosts: IntArray
    instance: Instance


def components(problem: Problem) -> list[Component]:
    """Take an instance apart; the components in ascending order of VMs, none where there are not at least two.

    Two VMs belong together if they may run on the same host, or if a rule speaks of both in one group. VMs that may run
    nowhere, and hosts that nobody may run on, are in no component.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.problem import compile
    >>> fences = [vmopt.Fence(["vm-0", "vm-1"], "host-0"), vmopt.Fence("vm-2", ["host-1", "host-2"])]
    >>> cluster = vmopt.Instance.from_arrays([[1]] * 3, [[2]] * 3, rules=fences)
    >>> [(part.vms.tolist(), part.hosts.tolist()) for part in components(compile(cluster))]
    [([2], [1, 2]), ([0, 1], [0])]
    """
    if not problem.rules or not all(map(_is_taken_apart, problem.rules)):
        return []
    if len(problem.vms) * len(problem.hosts) > MOST_PAIRS:
        return []
    allowed = eligible(problem.instance)
    if allowed is None:
        return []
    part = _parts(problem, allowed & problem.fits)
    vm_part, host_part = part[: len(problem.vms)][problem.vms.of], part[len(problem.vms) :][problem.hosts.of]
    both = np.intersect1d(vm_part, host_part)
    if len(both) < 2:
        return []
    try:
        found = [
            _component(problem, np.flatnonzero(vm_part == p), np.flatnonzero(host_part == p), allowed) for p in both
        ]
    except InstanceError:  # a rule holds over a label that no host of a component has
        return []
    return sorted(found, key=lambda one: len(one.vms))


def _is_taken_apart(here: Any) -> bool:
    """Whether a rule says the same of VMs, be the others there or not, but for those of their group."""
    if not isinstance(here, InForce):
        return False
    if isinstance(here.rule, Eligibility):
        return here.penalty is None
    inside = here.group.inside if here.other is None else here.group.inside | here.other.inside
    return here.rule.of_some and not (here.counts_vm & ~inside).any() and not _is_one_sided(here)


def _is_one_sided(here: InForce) -> bool:
    """Whether there is a group that is set against nobody: narrowed to a component, a rule forgets that."""
    if here.other is None:
        return False
    there = [np.bincount(side.of[side.inside], minlength=len(side)) > 0 for side in (here.group, here.other)]
    return bool((there[0] != there[1]).any())


def _parts(problem: Problem, may: BoolArray) -> IntArray:
    """Which part each VM class is in, and then each host class."""
    n_vms, n_hosts = may.shape
    vm, host = np.nonzero(may)
    one, other, nodes = [vm], [host + n_vms], n_vms + n_hosts
    for rule in problem.rules:
        if isinstance(rule.rule, (Eligibility, MustRun)):  # type: ignore[attr-defined]
            continue
        for side in (rule.group, rule.other):
            if side is not None:
                members = np.flatnonzero(side.of >= 0)
                one.append(problem.vms.of[members])
                other.append(nodes + side.of[members])
        nodes += len(rule.group)
    ends = np.concatenate(one), np.concatenate(other)
    graph = sparse.coo_array((np.ones(len(ends[0]), dtype=bool), ends), shape=(nodes, nodes))
    return np.asarray(connected_components(graph, directed=False)[1][: n_vms + n_hosts], dtype=np.int64)


def _component(problem: Problem, vms: IntArray, hosts: IntArray, allowed: BoolArray) -> Component:
    kind, of = np.unique(problem.vms.of[vms], return_inverse=True)
    part = part_of(problem, vms, hosts, of.ravel(), allowed[kind][:, problem.hosts.of[hosts]])
    return Component(vms, hosts, part)


def part_of(problem: Problem, vms: IntArray, hosts: IntArray, kind: IntArray, allowed: BoolArray) -> Instance:
    """Return the instance of some VMs and hosts alone, with what rules say of these VMs; nothing runs there yet.

    Parameters
    ----------
    vms, hosts : int64 arrays
        In ascending order.
    kind : (len(vms),) int64 array
        VMs of one kind may run on the same hosts.
    allowed : (n_kinds, len(hosts)) bool array
        Which hosts they are.

    Raises
    ------
    InstanceError
        If a rule holds over a label that none of the hosts has.
    """
    whole = problem.instance
    host_names = whole.host_names.kept(hosts)
    cut = only_vms(replace(whole, own_value=problem.value, rules=tuple(_counted(whole))), vms)
    part = replace(
        cut,
        capacity=frozen(whole.capacity[hosts]),
        host_names=host_names,
        host_labels=kept_rows(whole.host_labels, hosts),
        objective=Objective(),
        rules=(*cut.rules, *_fences(kind, allowed, host_names)),
        current=None,
        move_cost=None,
    )
    _ = part.rules_in_force
    return part


def _counted(whole: Instance) -> Iterator[Rule]:
    """The rules that count, besides those that say where VMs may run."""
    for rule in whole.rules:
        stated: Any = rule
        if not isinstance(rule, Eligibility) and (stated.penalty is None or whole.has_penalties):
            yield rule


def _fences(kind: IntArray, allowed: BoolArray, host_names: Names) -> Iterator[Fence]:
    """A fence for all VMs that may run on the same hosts; none for those that may run on all."""
    ways, way = np.unique(allowed, axis=0, return_inverse=True)
    for number, hosts in enumerate(ways):
        if not hosts.all():
            column = np.where(way.ravel()[kind] == number, 0, -1)
            yield Fence(column, [host_names[host] for host in np.flatnonzero(hosts).tolist()])
