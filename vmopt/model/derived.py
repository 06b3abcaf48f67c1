"""What follows from the columns of an instance: shares and values, classes, levels, rules in force."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any, Self

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.model import columns
from vmopt.model.classes import HostClasses, VMClasses, classify_hosts, classify_vms
from vmopt.model.goal import Goal, PlacementCost
from vmopt.model.goal_checks import check_goals
from vmopt.model.names import Names
from vmopt.model.objective import Objective
from vmopt.model.once import MadeOnce
from vmopt.model.refine import kinds_of
from vmopt.model.rule import Rule, RuleInForce
from vmopt.model.tiers import Tiers


class Derived(MadeOnce):
    """What an instance knows besides its columns, worked out when it is first asked for."""

    demand: IntArray
    capacity: IntArray
    priority: FloatArray
    own_value: FloatArray | None
    resources: tuple[str, ...]
    vm_names: Names
    objective: Objective
    reservation: IntArray | None
    rules: tuple[Rule, ...]
    current: IntArray | None
    move_cost: FloatArray | None

    @property
    def n_vms(self) -> int:
        """Number of VMs."""
        return len(self.demand)

    @property
    def n_hosts(self) -> int:
        """Number of hosts."""
        return len(self.capacity)

    @cached_property
    def total(self) -> IntArray:
        """Capacity of the cluster for each resource, ``T[k]``."""
        return columns.frozen(self.capacity.sum(axis=0))

    @cached_property
    def share(self) -> FloatArray:
        """Share of the cluster that each VM asks for, ``R[i]``."""
        return columns.frozen(self.objective.share(self.demand, self.total, self.resources))

    @cached_property
    def value(self) -> FloatArray:
        """What each VM adds to the objective when it is placed."""
        computed = self.objective.value(self.share, self.priority)
        if self.own_value is not None:
            computed = np.where(np.isnan(self.own_value), computed, self.own_value)
        return columns.frozen(computed)

    @property
    def reserved(self) -> IntArray:
        """What each VM must get to run at all: its reservation, or its demand where nothing is elastic."""
        return self.demand if self.reservation is None else self.reservation

    @property
    def elastic(self) -> bool:
        """Whether any VM can do with less than it asks for."""
        return self.reservation is not None

    @cached_property
    def unit_value(self) -> FloatArray:
        """What one unit of each resource adds to the objective in each VM, ``(n_vms, n_resources)``.

        A VM that gets a counts ``value - sum_k unit_value[k] (demand[k] - a[k])``: its value times the share that it
        gets over the share that it asks for.
        """
        factor = self.objective.factors(self.total, self.resources)
        counts = (self.demand > 0) & (factor > 0)
        part = np.divide(factor, self.share[:, None], out=np.zeros(self.demand.shape), where=counts)
        return columns.frozen(self.value[:, None] * part)

    @cached_property
    def vm_classes(self) -> VMClasses:
        """Identical VMs (same demand, reservation and value, level of several, to every rule), merged with a count."""
        level = None if self.tiers is None else self.tiers.of
        unit_value = self.unit_value if self.elastic else None
        rules = self.rules_in_force
        told_apart = [key for rule in rules if rule.vm_set is None for key in rule.vm_keys]
        told_apart += _kinds(self.n_vms, [rule.vm_set for rule in rules])
        told_apart += [key for goal in self._goals for key in goal.vm_keys(self)]
        classes = classify_vms(self.demand, self.value, self.reserved, unit_value, level, told_apart)
        return replace(classes, most=self._most_on_a_host(classes))

    def _most_on_a_host(self, classes: VMClasses) -> IntArray | None:
        """How many of each class the rules let one host run."""
        limits = [rule.most_alike for rule in self.rules_in_force if rule.most_alike is not None]
        if not limits:
            return None
        first = classes.first
        return np.asarray(np.minimum(classes.count, np.minimum.reduce(limits)[first]))

    @cached_property
    def tiers(self) -> Tiers | None:
        """The levels of priority, one after the other to be served; None where they are weights, or there is one."""
        if self.objective.weighting != "tiers":
            return None
        found = Tiers.of_priorities(self.priority)
        return found if len(found) > 1 else None

    @cached_property
    def delays(self) -> PlacementCost | None:
        """What the latency of a placement costs; None where the objective does not speak of it."""
        return None if self.objective.latency is None else self.objective.latency.on(self)

    @cached_property
    def host_classes(self) -> HostClasses:
        """Identical hosts (same capacity, the same to every rule and goal), merged with a count."""
        rules = self.rules_in_force
        by_rules = [key for rule in rules if rule.host_set is None for key in rule.host_keys]
        by_rules += _kinds(self.n_hosts, [rule.host_set for rule in rules])
        by_goals = [key for goal in self._goals for key in goal.host_keys(self)]
        return classify_hosts(self.capacity, by_rules + by_goals)

    @property
    def _goals(self) -> list[Goal]:
        return [goal for level in self.objective.goal_levels for goal in level.goals]

    @cached_property
    def moved_cost(self) -> FloatArray:
        """What moving or stopping each VM costs, ``(n_vms,)``: 0 for those that do not run now."""
        runs = np.zeros(self.n_vms, dtype=bool) if self.current is None else self.current >= 0
        return columns.frozen(np.where(runs, 1.0 if self.move_cost is None else self.move_cost, 0.0))

    @cached_property
    def rules_in_force(self) -> tuple[RuleInForce, ...]:
        """The rules, with the VMs and hosts that they speak of.

        Raises
        ------
        InstanceError
            If a rule speaks of a VM, a host, a label or a resource that is not there.
        """
        return tuple(rule.on(self) for rule in self.rules)

    def check_objective(self) -> None:
        """Refuse values whose sum overflows, and goals and rules that speak of other hosts or VMs.

        Raises
        ------
        InstanceError, NetworkError
        """
        columns.check_values(self.value, self.vm_names)
        if self.objective.latency is not None:
            self.objective.latency.check(self)
        check_goals(self)
        _ = self.rules_in_force  # which refuses rules that speak of others

    @cached_property
    def without_rules(self) -> Self:
        """The same hosts and VMs, of which nothing is demanded beyond capacity."""
        itself: Any = self  # a dataclass, as its subclass is
        bare: Self = replace(itself, rules=()) if self.rules else self
        return bare

    @cached_property
    def limits_in_force(self) -> tuple[RuleInForce, ...]:
        """The rules, and behind them what follows from them: prices of rules count them in this order."""
        return (*self.rules_in_force, *(limit for rule in self.rules_in_force for limit in rule.implied))

    @cached_property
    def soft_rules(self) -> tuple[RuleInForce, ...]:
        """The rules that a placement may break, at a price that its objective loses."""
        return tuple(rule for rule in self.rules_in_force if rule.penalty is not None)

    @cached_property
    def has_penalties(self) -> bool:
        """Whether rules take anything from an objective: not from tiers, nor where a level has what they cost."""
        apart = self.objective.weighting == "tiers" or self.objective.names("penalties")
        return not apart and any(rule.penalty for rule in self.soft_rules)


def _kinds(length: int, sets: list[IntArray | None]) -> list[IntArray]:
    """One column that tells apart who is in different sets, where there are any."""
    given = [one for one in sets if one is not None]
    return [kinds_of(length, given).of] if given else []
