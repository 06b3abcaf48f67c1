"""Problem: classes, amounts and values of an instance, worked out once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.model.classes import HostClasses, VMClasses
from vmopt.model.fitting import fitting
from vmopt.model.instance import Instance
from vmopt.model.loads import loads
from vmopt.model.rule import RuleInForce
from vmopt.model.worth import Worth
from vmopt.problem.dealer import Dealer
from vmopt.problem.stay import staying
from vmopt.rules.joined import joined


@dataclass(frozen=True, eq=False)
class Problem:
    """What bounds, formulations and methods read of an instance. `verify` reads the instance: the two can disagree.

    Attributes
    ----------
    instance : Instance
        What it was compiled from: for names, and for what is returned to users.
    vms : VMClasses
        The classes j of VMs: how many, what one asks for, must get, and is worth.
    hosts : HostClasses
        The classes c of hosts: how many, and what one offers.
    demand, least : (n_vms, n_resources) int64 arrays
        What each VM asks for, and what it must get to run at all: the same where nothing is elastic.
    value : (n_vms,) float64 array
        What each VM is worth when it gets all that it asks for.
    capacity : (n_hosts, n_resources) int64 array
    rules : tuple of InForce
        What is demanded beyond capacity; nothing where it is empty. Many of one pair each are `joined`.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.problem import compile
    >>> problem = compile(vmopt.Instance.from_arrays([[4], [4], [3]], [[8], [8]]))
    >>> problem.vms.count.tolist(), problem.hosts.count.tolist()
    ([2, 1], [2])
    """

    instance: Instance
    vms: VMClasses
    hosts: HostClasses
    demand: IntArray
    least: IntArray
    value: FloatArray
    capacity: IntArray
    rules: tuple[RuleInForce, ...] = ()

    @property
    def worth(self) -> Worth | None:
        """What a VM of each class is worth exactly; None where that is not known."""
        return self.instance.worth

    @property
    def elastic(self) -> bool:
        """Whether any VM may get less than it asks for."""
        return self.vms.elastic

    @property
    def n_vms(self) -> int:
        """Number of VMs."""
        return len(self.demand)

    @property
    def n_hosts(self) -> int:
        """Number of hosts."""
        return len(self.capacity)

    @property
    def n_resources(self) -> int:
        """Number of resources."""
        return int(self.capacity.shape[1])

    @property
    def priority(self) -> FloatArray:
        """Weight of each VM, or its level."""
        return self.instance.priority

    @property
    def share(self) -> FloatArray:
        """Share of the cluster that each VM asks for."""
        return self.instance.share

    @property
    def current(self) -> IntArray | None:
        """Host on which each VM runs now, -1 for none; None where nothing runs yet."""
        return self.instance.current

    @property
    def soft_rules(self) -> tuple[RuleInForce, ...]:
        """The rules that a placement may break, at a price that its objective loses."""
        return self.instance.soft_rules

    @property
    def limits(self) -> tuple[RuleInForce, ...]:
        """The rules, and behind them what follows from them: prices of rules count them in this order."""
        return self.instance.limits_in_force

    @cached_property
    def counted_rules(self) -> tuple[RuleInForce, ...]:
        """The rules that count in the objective or are hard: soft ones not, where a level of their own has them."""
        costs = self.instance.has_penalties
        return tuple(rule for rule in self.rules if costs or rule.penalty is None)

    @cached_property
    def members(self) -> IntArray:
        """A VM of each class, ``(n_vm_classes,)``: rules tell no members of a class apart."""
        return np.asarray(self.vms.first)

    @cached_property
    def counted_classes(self) -> BoolArray:
        """Which VM classes matter to which of the `counted_rules`, ``(n_rules, n_vm_classes)``."""
        found = [rule.counts_vm[self.members] for rule in self.counted_rules]
        return np.array(found, dtype=bool).reshape(len(found), len(self.vms))

    @property
    def fits(self) -> BoolArray:
        """Whether a VM of each class fits an empty host of each, ``(n_vm_classes, n_host_classes)``.

        Not kept: where all VMs and hosts differ it is large.
        """
        return fitting(self.vms.least, self.hosts.capacity)

    @cached_property
    def total(self) -> IntArray:
        """Capacity of all hosts together, ``(n_resources,)``."""
        return np.asarray(self.capacity.sum(axis=0))

    @cached_property
    def dealer(self) -> Dealer:
        """Turns counts of VM classes on hosts into VMs."""
        return Dealer(self.vms)

    def stay(self, host_index: IntArray, before: IntArray | None = None) -> IntArray:
        """The same placement but for who of VMs that are alike is where: whoever runs on a host already stays.

        Where nobody says what runs now, whoever was there `before` does.
        """
        current = before if self.instance.current is None else self.instance.current
        return host_index if current is None else staying(self.vms.of, current, host_index)

    def loads(self, host_index: IntArray) -> IntArray:
        """What the placed VMs must get, added up on each host, ``(n_hosts, n_resources)``."""
        return loads(self.least, host_index, self.n_hosts)


def compile(instance: Instance) -> Problem:
    """Compile an instance: merge what is alike, and lay out what each VM may get.

    Examples
    --------
    >>> problem = compile(Instance.from_arrays([[4], [3], [4]], [[8], [8]], value=[4, 3, 4]))
    >>> problem.vms.count.tolist(), problem.hosts.count.tolist(), problem.elastic
    ([2, 1], [2], False)
    >>> problem.loads(np.array([0, 0, -1])).tolist()
    [[7], [0]]
    """
    return Problem(
        instance=instance,
        vms=instance.vm_classes,
        hosts=instance.host_classes,
        demand=instance.demand,
        least=instance.reserved,
        value=instance.value,
        capacity=instance.capacity,
        rules=joined(instance),
    )
