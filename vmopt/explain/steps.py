"""Steps: changes each of which lets a VM run beside what runs, the least of each kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from vmopt.arrays import IntArray
from vmopt.explain.gains import Gains
from vmopt.explain.hosts import Hosts
from vmopt.explain.least_change import Step
from vmopt.explain.scene import Scene
from vmopt.rules import Skew
from vmopt.verify import verify

MOST_DROPPED = 20
"""Rules that are dropped in trials, one by one."""


def placing(hosts: Hosts) -> Iterator[Step]:
    """Place the VM where it fits as things are, where the objective gains most.

    Examples
    --------
    >>> from vmopt.model import Instance
    >>> cluster = Instance.from_arrays([[4], [4]], [[8]], value=[3, 1])
    >>> step = next(placing(Hosts(Scene(cluster, np.array([0, -1])), 1)))
    >>> step.host, step.gain
    ('host-0', 1.0)
    """
    free = np.flatnonzero(hosts.free)
    if free.size:
        gains = Gains(hosts.scene, hosts.vm, free)
        best = int(gains.order()[0])
        name = hosts.scene.instance.host_names[int(free[best])]
        found = {"gain": float(gains.objective[best]), "levels": gains.of_levels(best)}
        yield Step("place", host=name, **found)  # type: ignore[arg-type]


def more_capacity(hosts: Hosts) -> Iterator[Step]:
    """Give one host more of one resource, where rules allow the VM and nothing else is short."""
    scene, names = hosts.scene, hosts.scene.instance.resources
    only = (hosts.now < 0) & ((hosts.short > 0).sum(axis=1) == 1)
    for k in np.flatnonzero((hosts.short[only] > 0).any(axis=0)).tolist():
        mine = np.flatnonzero(only & (hosts.short[:, k] > 0))
        host = int(mine[np.argmin(hosts.short[mine, k])])
        amount = scene.own(hosts.short[host, k], k)
        yield Step("capacity", host=scene.instance.host_names[host], resource=names[k], amount=amount)


def dropped_rule(hosts: Hosts, remarks: list[str]) -> Iterator[Step]:
    """Drop one rule, the only one that keeps the VM off a host with room for it; what parts hold is none to be dropped.

    Rules that close hosts to VMs also tell which domains a Skew counts, so that beside one they are dropped in trials.
    """
    scene, room = hosts.scene, ~hosts.short.any(axis=1)
    closing = _closing(scene, hosts.vm)
    if len(closing) > MOST_DROPPED:
        remarks.append(f"{MOST_DROPPED} of the {len(closing)} rules that close hosts to VMs were dropped in trials")
    against = np.zeros(len(hosts.now), dtype=np.int64)
    for _, mask in hosts.masks:
        against += ~mask
    freed = {n: np.flatnonzero(room & (against == 1) & ~mask) for n, mask in hosts.masks if n not in closing}
    freed |= {n: _taken_without(scene, n, hosts.vm) for n in closing[:MOST_DROPPED]}
    for number in sorted(n for n, some in freed.items() if some.size and n != scene.inside):
        host = scene.instance.host_names[int(freed[number][0])]
        yield Step("rule", host=host, rule=scene.rule(number), number=number)


def _closing(scene: Scene, vm: int) -> list[int]:
    """The hard rules that close hosts to VMs, those that concern this one first, where a Skew counts what is open."""
    if not any(isinstance(here.rule, Skew) for _, here in scene.hard):
        return []
    bars = [(n, here) for n, here in scene.hard if getattr(here.rule, "closes", False)]
    return [n for n, here in sorted(bars, key=lambda pair: not pair[1].concerns[vm])]


def _taken_without(scene: Scene, number: int, vm: int) -> IntArray:
    """Hosts that take a VM beside what runs once a rule is dropped; none where what runs then breaks another rule."""
    rules = tuple(rule for n, rule in enumerate(scene.instance.rules) if n != number)
    changed = replace(scene.instance, rules=rules)
    if verify(changed, scene.host_index):
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(Scene(changed, scene.host_index).takes(vm))
