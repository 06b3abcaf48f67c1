"""Latency: seconds between VMs that exchange data, as a goal of an objective."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np

from vmopt import checks
from vmopt.arrays import FloatArray, IntArray
from vmopt.errors import InstanceError
from vmopt.model.goal_level import GoalLevel
from vmopt.model.instance import Instance, require_instance
from vmopt.model.shapes import Delay, Shape
from vmopt.network.network import Network, require_network
from vmopt.network.sites import sites_of
from vmopt.network.traffic import Traffic, require_traffic


@dataclass(frozen=True)
class Latency:
    """Low latency between VMs, at a price: ``objective = R - weight * sum_p rate[p] * latency[p] / sum_p rate[p]``.

    The sums are over the pairs p of VMs that exchange data; a pair with an unplaced end adds nothing to the first: an
    unplaced VM delays nobody. The latency of a pair is the mean over the shortest paths between its hosts.

    Among the levels of an objective it has no weight of its own: ``Utilisation() + 0.5 * Latency(network, traffic)`` is
    this price, and ``[Utilisation(), Latency(network, traffic)]`` has it decide among placements that are equally good.

    Parameters
    ----------
    network : Network
        Its hosts include those of the instance, by name.
    traffic : Traffic
        Between the VMs of the instance, by name and order.
    weight : float
        What the objective may lose for a second of latency less. With 0 nothing is given up: latency decides among
        placements that are equally good.

    Raises
    ------
    InstanceError, NetworkError
        If a part is something else, or the weight is no finite number of at least 0.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.network import Traffic, star
    >>> cluster = vmopt.Instance.from_arrays([[1], [1]], [[1], [1]], value=[5, 3], vm_names=["web", "db"])
    >>> chatty = Traffic.from_edges(cluster, [("web", "db", 1e9)])
    >>> goal = vmopt.Objective(latency=Latency(star(cluster, latency=1.0), chatty, weight=0.5))
    >>> solution = vmopt.solve(cluster.replace(objective=goal))
    >>> solution.objective, solution.status.value, solution.n_placed
    (7.0, 'optimal', 2)
    """

    name: ClassVar[str] = "latency"
    maximised: ClassVar[bool] = False

    network: Network
    traffic: Traffic
    weight: float = 0.0

    def __post_init__(self) -> None:
        require_network(self.network)
        require_traffic(self.traffic)
        if not checks.finite(self.weight) or self.weight < 0:
            raise InstanceError(f"the weight of latency is {self.weight!r}: give a finite number of at least 0.")
        object.__setattr__(self, "weight", float(self.weight))

    def __hash__(self) -> int:
        return hash((self.weight, self.traffic.n_pairs, self.network.n_links))

    def __repr__(self) -> str:
        return f"Latency({self.network!r}, {self.traffic!r}, weight={self.weight:g})"

    def shapes(self, instance: Instance) -> tuple[Shape, ...]:
        """Delay, and nothing else."""
        return (Delay(),)

    def check(self, instance: Instance) -> None:
        """Refuse an instance whose hosts or VMs are others.

        Raises
        ------
        NetworkError
            If the network lacks a host, or the traffic is between other VMs.
        """
        self.network.nodes_of(instance)
        self.traffic.require_of(instance)

    def on(self, instance: Instance) -> Delays:
        """The delays of placements of an instance."""
        return Delays(require_instance(instance), self)

    def value(self, instance: Instance, host_index: IntArray) -> Fraction:
        """Seconds of a placement, as a goal of a level."""
        return Fraction(instance.once(self.on).mean(np.asarray(host_index)))

    def added(self, instance: Instance, host_index: IntArray, vm: int) -> Sequence[Fraction]:
        """Seconds to those that it exchanges data with."""
        return [Fraction(seconds) for seconds in instance.once(self.on).added(host_index, vm).tolist()]

    def vm_keys(self, instance: Instance) -> Sequence[IntArray]:
        """No columns: VMs that are alike may change places where that is shorter."""
        return ()

    def host_keys(self, instance: Instance) -> Sequence[IntArray]:
        """No columns: placements that lower it are searched host by host."""
        return ()

    def facts(self, instance: Instance) -> Sequence[str]:
        """Nothing: it reads no labels."""
        return ()

    def translate(self, instance: Any, cells: Any, rows: Any) -> Any:
        """Refuse: it is no linear form over counts.

        Raises
        ------
        InstanceError
            Always.
        """
        raise InstanceError("latency is no linear form over counts of VMs: let it be the last level of an objective.")

    def __add__(self, other: Any) -> GoalLevel:
        return GoalLevel.of(self).plus(other)

    def __mul__(self, factor: Any) -> GoalLevel:
        return GoalLevel.of(self).times(factor)

    __rmul__ = __mul__

    def __str__(self) -> str:
        return self.name


class Delays:
    """Seconds between the VMs of an instance.

    Attributes
    ----------
    weight : float
        What a second costs.
    traffic : Traffic
    sites : Sites
        The hosts in the network.
    one, other : (n_pairs,) int64 arrays
        The pairs of VMs that exchange data, each once.
    part : (n_pairs,) float64 array
        Share of each pair in the sum of all rates.
    """

    def __init__(self, instance: Instance, goal: Latency) -> None:
        traffic = goal.traffic
        self.weight, self.traffic, self.sites = goal.weight, traffic, sites_of(instance, goal.network)
        low, high = np.minimum(traffic.source, traffic.target), np.maximum(traffic.source, traffic.target)
        key, of = np.unique(low * instance.n_vms + high, return_inverse=True)
        self.one, self.other = np.divmod(key, instance.n_vms)
        rate = traffic.rate / traffic.total if traffic.n_pairs else traffic.rate
        self.part = np.bincount(of, rate, len(key)).astype(np.float64)

    def mean(self, host_index: IntArray) -> float:
        """Seconds, over all traffic; pairs with an unplaced end count 0."""
        one, other = host_index[self.one], host_index[self.other]
        both = (one >= 0) & (other >= 0)
        return float(self.part[both] @ self.sites.latency(one[both], other[both]))

    def added(self, host_index: IntArray, vm: int) -> FloatArray:
        """Seconds more, over all traffic, when this VM, unplaced so far, is placed on each host."""
        more, hosts = np.zeros(self.sites.per_copy), np.arange(self.sites.per_copy)
        for pair in np.flatnonzero((self.one == vm) | (self.other == vm)).tolist():
            partner = int(host_index[self.other[pair] if self.one[pair] == vm else self.one[pair]])
            if partner >= 0:
                more += self.part[pair] * self.sites.latency(hosts, np.full(len(hosts), partner))
        return more

    def cost(self, host_index: IntArray) -> float:
        """What the objective loses by the latency of a placement."""
        return self.weight * self.mean(host_index) if self.weight else 0.0

    def cost_added(self, host_index: IntArray, vm: int) -> FloatArray:
        """What the objective loses by them when this VM, unplaced so far, is placed on each host."""
        return self.weight * self.added(host_index, vm)

    @property
    def table(self) -> FloatArray:
        """Seconds between hosts, ``(n_hosts, n_hosts)``."""
        hosts = np.arange(len(self.sites))
        one, other = np.repeat(hosts, len(hosts)), np.tile(hosts, len(hosts))
        return self.sites.latency(one, other).reshape(len(hosts), len(hosts))
