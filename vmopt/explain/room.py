"""Room for more VMs of a kind: what hosts have left, and what limits of rules leave, added up."""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.arrays import IntArray
from vmopt.explain.scene import Scene
from vmopt.rules import Quota, Spread, Whole
from vmopt.rules.base import InForce

MOST = 1_000_000
"""VMs up to which more of a kind are counted."""


def most_on_hosts(scene: Scene, vm: int) -> IntArray:
    """How many more of the kind each host has room for, where no rule forbids it whoever else runs.

    Examples
    --------
    >>> from vmopt.model import Instance
    >>> scene = Scene(Instance.from_arrays([[3], [3]], [[8], [5]]), np.array([0, -1]))
    >>> most_on_hosts(scene, 1).tolist()
    [1, 1]
    """
    need, asked = scene.instance.reserved[vm], np.flatnonzero(scene.instance.reserved[vm])
    room = (scene.free[:, asked] // need[asked]).min(axis=1) if asked.size else np.full(len(scene.free), MOST)
    for _, mask in scene.barred(vm):
        room = np.where(mask, 0, room)
    return np.asarray(np.minimum(room, MOST))


def by_domains(scene: Scene, vm: int, most: IntArray) -> int:
    """The least that the limits of a rule let all domains together take."""
    bound = MOST
    for here in concerning(scene, vm, Spread | Quota):
        room = here.room(vm, here.counting(scene.host_index))
        if room is None:
            continue
        inside = here.domain.of >= 0
        by_domain = np.bincount(here.domain.of[inside], most[inside], len(here.domain)).astype(np.int64)
        bound = min(bound, int(np.minimum(by_domain, np.maximum(room, 0)).sum() + most[~inside].sum()))
    return bound


def by_wholes(scene: Scene, vm: int) -> int:
    """None, where the others of a group that runs whole do not all run; else any number."""
    for _, here in scene.hard:
        g = int(here.group.of[vm])
        if isinstance(here.rule, Whole) and here.rule.least is None and g >= 0:
            others = int(here.sizes[g]) - 1
            if here.n_placed(scene.host_index)[g] < others:
                return 0
    return MOST


def in_a_whole(scene: Scene, vm: int) -> bool:
    """Whether it is of a group that runs whole or not at all."""
    return any(isinstance(here.rule, Whole) and here.group.of[vm] >= 0 for _, here in scene.hard)


def concerning(scene: Scene, vm: int, sort: Any = object) -> list[InForce]:
    """Hard rules of some sort that do not let the VM go everywhere."""
    return [here for _, here in scene.hard if isinstance(here.rule, sort) and here.concerns[vm]]
