"""Limits of single hosts as resources: a VM of the group takes a unit, and each host has as many as it may run.

Said so, whoever knows capacity alone keeps them, in prices, patterns and placements. A few that many VMs compete for
are worth that; thousands of small groups are not, for every resource costs time everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from vmopt.arrays import IntArray
from vmopt.rules.inside import Inside

MOST_LIMITS = 4
"""Limits that are said as resources: as many as clusters have resources, about."""
LEAST_PRESSURE = 0.5
"""Part of what all hosts together may take that must be asked for: below, VMs are dealt out so that limits are kept."""
LARGEST = 2**62
"""No amounts add up to as much."""


@dataclass(frozen=True, eq=False)
class HostLimits:
    """Some limits that rules set to groups on each host by itself.

    Attributes
    ----------
    rule, group : (n,) int64 arrays
        Position of the rule in the instance's, and number of the group.
    weight : (n_vms, n) int64 array
        What each VM counts for.
    most : (n,) int64 array
        What it adds up to at most on one host.
    """

    rule: IntArray
    group: IntArray
    weight: IntArray
    most: IntArray

    def __len__(self) -> int:
        return len(self.most)

    def on(self, plain: Any) -> Any:
        """Return an instance of the same VMs and hosts with the limits as further resources, which add no value."""
        names = [f"limit {n} of rules: {'+'.join(plain.resources)}" for n in range(len(self))]
        counting = plain.objective.weights_of(plain.resources).tolist()
        weights = dict(zip([*plain.resources, *names], [*counting, *[0.0] * len(self)], strict=True))
        offered = np.broadcast_to(self.most, (plain.n_hosts, len(self)))
        return replace(
            plain,
            demand=np.hstack([plain.demand, self.weight]),
            capacity=np.hstack([plain.capacity, offered]),
            resources=(*plain.resources, *names),
            scale=np.append(plain.scale, np.ones(len(self), dtype=np.int64)),
            objective=replace(plain.objective, resource_weights=weights),
        )


def host_limits(instance: Any) -> HostLimits:
    """Choose the limits of single hosts that are worth a resource each, those that most is asked of first.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[1]] * 6, [[4], [4]], rules=[vmopt.Quota(2, over="host")])
    >>> limits = host_limits(cluster)
    >>> limits.most.tolist(), limits.on(cluster.without_rules).capacity.tolist()
    ([2], [[4, 2], [4, 2]])
    """
    return instance.once(_host_limits)  # type: ignore[no-any-return]


def _host_limits(instance: Any) -> HostLimits:
    found = [pair for number in range(len(instance.rules)) for pair in _pressing(instance, number)]
    found = sorted(found, key=lambda pair: -pair[0])[:MOST_LIMITS]
    rule, group, most = (np.array([pair[k] for pair in found], dtype=np.int64) for k in (1, 2, 3))
    weight = np.zeros((instance.n_vms, len(found)), dtype=np.int64)
    for column, (r, g) in enumerate(zip(rule.tolist(), group.tolist(), strict=True)):
        here = instance.rules_in_force[r]
        weight[:, column] = np.where(here.group.of == g, here.weight, 0)
    return HostLimits(rule, group, weight, most)


def _pressing(instance: Any, number: int) -> list[tuple[float, int, int, int]]:
    """Limits of one rule that much is asked of: how much of what there is, the rule, the group, and the limit."""
    here = instance.rules_in_force[number]
    if not here.by_host or isinstance(instance.rules[number], Inside) or here.most_in_domain is None:
        return []
    most = np.asarray(here.most_in_domain).astype(np.float64)
    asked = np.bincount(here.group.of + 1, here.weight, len(here.group) + 1)[1:]
    pressure = asked / np.maximum(most * instance.n_hosts, 1.0)
    worth = (pressure >= LEAST_PRESSURE) & (asked > most) & (most * instance.n_hosts < LARGEST)
    if here.most_alike is not None:  # kept by how many of a size a host may run, where they are of one size
        worth &= _sizes(here, instance.without_rules.vm_classes.of) > 1
    chosen = np.flatnonzero(worth)
    chosen = chosen[np.argsort(-pressure[chosen], kind="stable")][:MOST_LIMITS]
    return [(float(pressure[g]), number, int(g), int(here.most_in_domain[g])) for g in chosen.tolist()]


def _sizes(here: Any, of: IntArray) -> IntArray:
    """Number of sizes of the VMs of each group."""
    inside = here.group.of >= 0
    group = np.unique(np.column_stack([here.group.of[inside], of[inside]]), axis=0)[:, 0]
    return np.bincount(group, minlength=len(here.group))
