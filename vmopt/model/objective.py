"""What a placed VM adds to the objective."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from types import MappingProxyType
from typing import Any, Literal, get_args

import numpy as np

from vmopt import checks
from vmopt.arrays import FloatArray, IntArray
from vmopt.errors import InstanceError
from vmopt.model.goal import PlacementGoal
from vmopt.model.goal_level import GoalLevel
from vmopt.model.goal_levels import checked_slack, only_utilisation, read_levels, utilisation_of
from vmopt.model.latency_level import with_latency

Weighting = Literal["priority", "demand", "tiers"]
WEIGHTINGS = get_args(Weighting)


@dataclass(frozen=True)
class Objective:
    """What VMs count for: ``R = sum_i W[i] * R[i] * x[i]``, or that by levels of priority, one after the other.

    The share of VM i is the mean over the resources k of ``d[i,k] / T[k]`` with ``T[k]`` the cluster's
    capacity; resources of which there is none are left out. ``W = P`` under priority weighting and ``W = N`` with
    ``N[i] = R[i]`` under demand weighting. Under tiers ``W = 1`` and priorities are ranks: placements are
    compared by the R of the VMs of the highest priority, of equals by the R of the next priority, and so on.

    Parameters
    ----------
    weighting : {"priority", "demand", "tiers"}
        Weight by the VM's priority (above 0), by the VM's own share, or first the higher priorities (any integers)
        whatever it costs the lower ones.
    resource_weights : mapping of str to float, optional
        Relative importance of the resources in the mean; default: all count alike.
    latency : vmopt.network.Latency, optional
        Seconds between VMs that exchange data, each at a price. Tiers trade nothing: under them its weight is 0.
    levels : sequence of goals, or sums of them, optional
        Goals of `vmopt.goals`, one level after the other: each is optimised without worsening those before it. Default:
        `Utilisation` alone. Where one of them is a `Utilisation`, weighting and weights are its own.
    slack : float or sequence of float, optional
        What levels may lose again to those after them, each in parts of what it has reached; default 0.

    Examples
    --------
    >>> Objective("demand").weighting
    'demand'
    >>> from vmopt.goals import FewestHosts, Utilisation
    >>> [str(level) for level in Objective(levels=[Utilisation("demand"), FewestHosts()]).levels]
    ['utilisation', 'fewest-hosts']
    """

    weighting: Weighting = "priority"
    resource_weights: Mapping[str, float] | None = None
    latency: PlacementGoal | None = None
    levels: Sequence[Any] = ()
    slack: float | Sequence[float] = 0.0

    def __post_init__(self) -> None:
        self._read_levels()
        if not isinstance(self.weighting, str) or self.weighting not in WEIGHTINGS:
            known = ", ".join(map(repr, WEIGHTINGS))
            raise InstanceError(f"weighting {self.weighting!r} is unknown: use one of {known}.")
        self._check_latency()
        if self.resource_weights is None:
            return
        given = checks.mapping(self.resource_weights, "resource_weights", "resource names to numbers", InstanceError)
        weights = {str(name): checks.as_float(weight) for name, weight in given.items()}
        for name, weight in weights.items():
            if not isfinite(weight) or weight < 0:
                said = checks.shown(given.get(name, weight))
                raise InstanceError(f"resource_weights of {name!r} is {said}: give a finite number of at least 0.")
        if not any(weights.values()):
            raise InstanceError("every resource weight is 0: give at least one resource a positive weight.")
        object.__setattr__(self, "resource_weights", MappingProxyType(weights))

    def _read_levels(self) -> None:
        """Take levels as they are written; none where the only one is the utilisation, which is there by itself."""
        levels, latency = with_latency(read_levels(self.levels), self.latency)
        object.__setattr__(self, "latency", latency)
        own = utilisation_of(levels)
        if own is not None:
            if (self.weighting, self.resource_weights) not in (("priority", None), own):
                raise InstanceError("a level has a utilisation with a weighting of its own: leave the other one out.")
            object.__setattr__(self, "weighting", own[0])
            object.__setattr__(self, "resource_weights", own[1])
        slack = checked_slack(self.slack, len(levels))[: len(levels)]
        alone = only_utilisation(levels)
        object.__setattr__(self, "levels", () if alone else levels)
        object.__setattr__(self, "slack", () if alone else slack)

    def __reduce__(self) -> tuple[type[Objective], tuple[Any, ...]]:
        weights = None if self.resource_weights is None else dict(self.resource_weights)
        return type(self), (self.weighting, weights, self.latency, self.levels, self.slack or 0.0)

    @property
    def trades(self) -> bool:
        """Whether anything but utilisation adds to the objective or takes from it."""
        return self.latency is not None and self.latency.weight > 0

    def _check_latency(self) -> None:
        if self.latency is not None and not isinstance(self.latency, PlacementGoal):
            given = type(self.latency).__name__
            raise InstanceError(f"latency is of type {given}: give a vmopt.network.Latency(network, traffic, weight).")
        if self.weighting == "tiers" and self.trades:
            raise InstanceError("latency has a weight, but tiers trade nothing: give it a weight of 0.")

    def __hash__(self) -> int:
        return hash((self.weighting, tuple(sorted((self.resource_weights or {}).items())), self.levels))

    @property
    def goal_levels(self) -> tuple[GoalLevel, ...]:
        """The levels; none where the utilisation is the only goal."""
        return tuple(self.levels)

    @property
    def slack_of_levels(self) -> tuple[float, ...]:
        """What each level may lose again, in parts of what it has reached."""
        return tuple(self.slack)  # type: ignore[arg-type]

    def names(self, goal: str) -> bool:
        """Whether a goal of this name is in any level."""
        return any(level.names(goal) for level in self.goal_levels)

    def weights_of(self, resources: tuple[str, ...]) -> FloatArray:
        """Weight of each of `resources`, 1 for all of them where none are given.

        Raises
        ------
        InstanceError
            If a weight names a resource that the instance does not have.
        """
        if self.resource_weights is None:
            return np.ones(len(resources))
        for name in self.resource_weights:
            if name not in resources:
                raise InstanceError(f"a weight names resource {name!r}, but the resources are {', '.join(resources)}.")
        return np.array([self.resource_weights.get(name, 0.0) for name in resources])

    def share(self, demand: IntArray, total: IntArray, resources: tuple[str, ...]) -> FloatArray:
        """Share of the cluster that each VM asks for, ``R[i]``.

        Parameters
        ----------
        demand : (n_vms, n_resources) array
        total : (n_resources,) array
            The cluster's capacity, ``T[k]``.
        """
        factor = self.factors(total, resources)
        share = np.zeros(len(demand))
        for k in np.flatnonzero(factor):  # not a matrix product: equal rows must give equal bits
            share += demand[:, k] * factor[k]
        return share

    def factors(self, total: IntArray, resources: tuple[str, ...]) -> FloatArray:
        """Share of the cluster that one unit of each resource is, ``(n_resources,)``."""
        weights = np.where(total > 0, self.weights_of(resources), 0.0)
        if not weights.any():
            return np.zeros(len(total))
        weights = weights / weights.max()
        factor: FloatArray = np.divide(weights / weights.sum(), total, out=np.zeros(len(total)), where=total > 0)
        return factor

    def value(self, share: FloatArray, priority: FloatArray) -> FloatArray:
        """Weight times share of each VM."""
        if self.weighting == "tiers":
            return share
        with np.errstate(over="ignore"):  # whoever calls refuses an infinite value, and names the VM
            return share * (priority if self.weighting == "priority" else share)
