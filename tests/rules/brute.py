"""Brute force: all placements of a tiny instance, those that are feasible, and what the best is worth."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from tests.rules.meaning import holds
from tests.rules.violations import cost

Placement = tuple[int, ...]


def placements(instance: Any) -> Iterator[Placement]:
    """All placements, whether they fit or not."""
    return product(range(-1, instance.n_hosts), repeat=instance.n_vms)


def fits(instance: Any, host_index: Placement) -> bool:
    """Whether what the VMs must get is within the capacity of each host."""
    load = [[0] * len(instance.resources) for _ in range(instance.n_hosts)]
    for vm, host in enumerate(host_index):
        if host >= 0:
            load[host] = [sum(pair) for pair in zip(load[host], instance.reserved[vm].tolist(), strict=True)]
    return all(a <= c for row in zip(load, instance.capacity.tolist(), strict=True) for a, c in zip(*row, strict=True))


def feasible(instance: Any) -> list[Placement]:
    """All placements that fit and keep all hard rules."""
    fitting = (at for at in placements(instance) if fits(instance, at))
    return [at for at in fitting if not broken(instance, at)]


def broken(instance: Any, host_index: Placement) -> list[Any]:
    """The hard rules that a placement breaks."""
    return [rule for rule in instance.rules if rule.penalty is None and not holds(rule, instance, host_index)]


def worth(instance: Any, host_index: Placement) -> float:
    """What a placement is worth, less what it costs to break soft rules."""
    return value(instance, host_index) - cost(instance, host_index)


def value(instance: Any, host_index: Placement) -> float:
    """What the VMs are worth: elastic ones get unit by unit what is left, where a unit is worth most."""
    placed = [vm for vm, host in enumerate(host_index) if host >= 0]
    total = sum(float(instance.value[vm]) for vm in placed)
    if instance.reservation is None:
        return total
    for host in range(instance.n_hosts):
        here = [vm for vm in placed if host_index[vm] == host]
        for k in range(len(instance.resources)):
            left = int(instance.capacity[host, k] - sum(instance.reserved[vm, k] for vm in here))
            for vm in sorted(here, key=lambda vm: -instance.unit_value[vm, k]):
                wish = int(instance.demand[vm, k] - instance.reserved[vm, k])
                total -= float(instance.unit_value[vm, k]) * (wish - min(wish, left))
                left -= min(wish, left)
    return total


def best(instance: Any) -> float | None:
    """What the best placement is worth; None where there is none."""
    return max((worth(instance, at) for at in feasible(instance)), default=None)
