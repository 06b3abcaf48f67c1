"""Nearby: for many VMs at once, the host where least is short, or the rule that leaves them none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.explain.scene import Scene
from vmopt.model.dominance import largest
from vmopt.model.instance import Instance
from vmopt.rules import Quota, Whole

CHUNK = 1 << 20
"""Pairs of a VM and a host that are looked at together."""
FEW = 20
"""VMs for which it does not pay to look for the roomiest hosts first."""


@dataclass(frozen=True, eq=False)
class Nearby:
    """What was found for each of some VMs; -1 for nothing.

    Attributes
    ----------
    host : (n,) int64 array
        The host that rules leave it where least is short.
    resource, short : (n,) int64 arrays
        What is scarcest there, and by how many units.
    rule : (n,) int64 array
        Where rules leave it no host: the one that forbids most.
    fits, too_large, forbidden : (n,) bool arrays
        Whether a host takes it now, whether none does even when empty, and whether rules forbid all others.
    """

    host: IntArray
    resource: IntArray
    short: IntArray
    rule: IntArray
    fits: BoolArray
    too_large: BoolArray
    forbidden: BoolArray

    @classmethod
    def nothing(cls, n: int) -> Nearby:
        """Nothing found yet."""
        numbers = [np.full(n, -1) for _ in range(4)]
        return cls(*numbers, *(np.zeros(n, dtype=bool) for _ in range(3)))


def find_nearby(scene: Scene, vms: IntArray) -> Nearby:
    """Look for hosts near some unplaced VMs.

    Those that no rule concerns share one look at the hosts that have most left; those that rules treat alike share one
    question to the rules.

    Examples
    --------
    >>> from vmopt.model import Instance
    >>> cluster = Instance.from_arrays([[4], [3], [9]], [[8], [6]])
    >>> near = find_nearby(Scene(cluster, np.array([0, -1, -1])), np.array([1, 2]))
    >>> near.host.tolist(), near.short.tolist(), near.too_large.tolist()
    ([1, 0], [-1, 1], [False, True])
    """
    instance, near = scene.instance, Nearby.nothing(len(vms))
    need = instance.reserved[vms]
    empty = instance.host_classes.capacity
    room = largest(empty, np.arange(len(empty)))
    near.too_large[:] = _distances(need, empty[room], instance)[1] > 0
    _note(scene, near, np.flatnonzero(near.too_large), need, instance.capacity, np.arange(instance.n_hosts))
    told_apart = signatures(scene, vms)
    for signature, which in told_apart.items():
        mine = np.asarray(which)[~near.too_large[which]]
        if not mine.size:
            continue
        if not signature:
            _note(scene, near, mine, need, scene.free, scene.roomiest)
        else:
            _ruled(scene, near, mine, need, int(vms[mine[0]]))
    return near


def signatures(scene: Scene, vms: IntArray) -> dict[tuple[tuple[int, ...], ...], list[int]]:
    """Sort VMs by what rules see of them: for each rule that concerns it, its groups and what it counts for."""
    rows: list[list[tuple[int, ...]]] = [[] for _ in range(len(vms))]
    for number, here in scene.hard:
        concerned = here.group.inside if isinstance(here.rule, Whole) else here.concerns
        mine = np.flatnonzero(concerned[vms])
        if not mine.size:
            continue
        some = vms[mine]
        other = np.zeros(len(some), dtype=np.int64) if here.other is None else here.other.of[some]
        weight = here.weight[some] if isinstance(here.rule, Quota) else np.ones(len(some), dtype=np.int64)
        keys = zip(here.group.of[some].tolist(), other.tolist(), weight.tolist(), strict=True)
        for n, key in zip(mine.tolist(), keys, strict=True):
            rows[n].append((number, *key))
    found: dict[tuple[tuple[int, ...], ...], list[int]] = {}
    for n, row in enumerate(rows):
        found.setdefault(tuple(row), []).append(n)
    return found


def _ruled(scene: Scene, near: Nearby, mine: IntArray, need: IntArray, vm: int) -> None:
    """VMs that rules treat alike."""
    allowed, most, worst = np.ones(scene.instance.n_hosts, dtype=bool), 0, -1
    for number, mask in scene.masks(vm):
        allowed &= mask
        if np.count_nonzero(~mask) > most:
            most, worst = int(np.count_nonzero(~mask)), number
    possible, parts = np.ones((2, scene.instance.n_hosts), dtype=bool)
    for number, mask in scene.barred(vm):
        possible &= ~mask
        if number == scene.inside:
            parts &= ~mask
    hosts = scene.roomiest if allowed[scene.roomiest].all() else np.flatnonzero(allowed)
    if hosts.size:
        _note(scene, near, mine, need, scene.free, hosts)
    else:
        near.rule[mine] = worst
    near.too_large[mine] = _fit_none(scene, need[mine], parts)
    near.forbidden[mine] = _fit_none(scene, need[mine], possible)


def _fit_none(scene: Scene, need: IntArray, hosts: BoolArray) -> BoolArray:
    """Which VMs, who fit some host when it is empty, fit none of these."""
    if hosts.all() or not hosts.any():
        return np.full(len(need), not hosts.any())
    return np.asarray(_distances(need, scene.instance.capacity[hosts], scene.instance)[1] > 0)


def _note(scene: Scene, near: Nearby, mine: IntArray, need: IntArray, room: IntArray, hosts: IntArray) -> None:
    """Note the host of some where least is short, and what."""
    if not mine.size:
        return
    if len(mine) > FEW:
        hosts = hosts[largest(room[hosts], np.arange(len(hosts)))]
    at, distance = _distances(need[mine], room[hosts], scene.instance)
    short = np.maximum(need[mine] - room[hosts[at]], 0)
    scarcest = np.argmax(short / np.maximum(need[mine], 1), axis=1)
    near.host[mine], near.fits[mine] = hosts[at], (distance == 0) & ~near.too_large[mine]
    lacking = distance > 0
    near.resource[mine] = np.where(lacking, scarcest, -1)
    near.short[mine] = np.where(lacking, short[np.arange(len(mine)), scarcest], -1)


def _distances(need: IntArray, room: IntArray, instance: Instance) -> tuple[IntArray, FloatArray]:
    """For each VM the row of room where least is short, each resource as a part of the cluster's, and how much."""
    per_unit = 1.0 / np.maximum(instance.total, 1)
    at, best = np.zeros(len(need), dtype=np.int64), np.zeros(len(need))
    step = max(1, CHUNK // max(len(room), 1))
    for start in range(0, len(need), step):
        part = need[start : start + step]
        distance = np.zeros((len(part), len(room)))
        for k in range(room.shape[1]):
            distance += np.maximum(part[:, k, None] - room[None, :, k], 0) * per_unit[k]
        at[start : start + step] = distance.argmin(axis=1)
        best[start : start + step] = distance.min(axis=1)
    return at, best
