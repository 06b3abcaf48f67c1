"""Gains: what the objective, and each of its levels, changes by when one more VM is placed."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from vmopt import metrics
from vmopt.arrays import FloatArray, IntArray
from vmopt.explain.scene import Scene
from vmopt.model.goal_level import GoalLevel


class Gains:
    """What each of some hosts gains or loses by a VM, everything else left as it is.

    Attributes
    ----------
    objective : (n,) float64 array
    levels : tuple of GoalLevel
        Those that tell hosts apart where the objective alone does not: all levels of goals, or the latency that decides
        among what is equally good.
    changes : (n_levels, n) float64 array

    Examples
    --------
    >>> import vmopt
    >>> goals = vmopt.Objective(levels=[vmopt.FewestHosts(), vmopt.Utilisation()])
    >>> cluster = vmopt.Instance.from_arrays([[4], [4]], [[8], [8]], objective=goals)
    >>> gains = Gains(Scene(cluster, np.array([1, -1])), 1, np.array([0, 1]))
    >>> gains.changes.tolist(), gains.order().tolist()
    ([[1.0, 0.0], [0.25, 0.25]], [1, 0])
    """

    def __init__(self, scene: Scene, vm: int, hosts: IntArray) -> None:
        self._scene, self._vm, self._hosts = scene, vm, hosts
        objective = scene.instance.objective
        self.levels = tuple(objective.goal_levels)
        if objective.latency is not None and not objective.trades:
            self.levels += (GoalLevel.of(objective.latency),)

    @cached_property
    def objective(self) -> FloatArray:
        """What the objective changes by: the utilisation, where levels have goals."""
        instance, placed, vm = self._scene.instance, self._scene.host_index, self._vm
        gain = metrics.value_added(instance, placed, vm)
        for rule in instance.soft_rules if instance.has_penalties else ():
            gain -= (rule.penalty or 0.0) * rule.added(vm, rule.counting(placed))
        if instance.delays is not None:
            gain -= instance.delays.cost_added(placed, vm)
        return np.asarray(gain[self._hosts])

    @cached_property
    def changes(self) -> FloatArray:
        """What each level changes by; of a cost less is better."""
        instance, scene, some = self._scene.instance, self._scene, self._hosts.tolist()
        changes = np.zeros((len(self.levels), len(some)))
        for k, level in enumerate(self.levels):
            grown = level.added(instance, scene.host_index, self._vm)
            changes[k] = [float(grown[host]) for host in some]
        return changes

    def order(self, *then: FloatArray | IntArray) -> IntArray:
        """Return positions in `hosts`, the best first: level by level, then what is least of each of `then`."""
        signs = [-1.0 if level.maximised else 1.0 for level in self.levels]
        worse = [sign * change for sign, change in zip(signs, self.changes, strict=True)]
        if not self._scene.instance.objective.goal_levels:
            worse = [-self.objective, *worse]
        return np.lexsort([*reversed([*worse, *then])])

    def of_levels(self, n: int) -> tuple[tuple[str, float], ...]:
        """Return what each level changes by on one of the hosts."""
        return tuple((str(level), float(change)) for level, change in zip(self.levels, self.changes[:, n], strict=True))
