"""Account: what keeps each node from a pod that waits, as things are, in the order in which the scheduler looks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.model.instance import Instance
from vmopt.plurals import count
from vmopt.rules.in_force import InForce
from vmopt.rules.taken import Taken

PORTS, AFFINITY, ANTI, SPREAD, CLAIM = (
    "where its host ports are taken",
    "against pod affinity",
    "against pod anti-affinity",
    "against topology spread",
    "as another pod uses its claim",
)
"""What is said of nodes that rules between pods close, after their number."""
EARLY, LATE = (PORTS,), (CLAIM, SPREAD, ANTI, AFFINITY)

Bars = list[tuple[str, BoolArray]]


@dataclass(frozen=True)
class _Stated:
    """A rule between pods, and what it is for."""

    why: str
    rule: InForce
    taken: Taken


def accounts(instance: Instance, bars: Mapping[str, Bars], why: Mapping[int, str]) -> dict[str, str]:
    """Say of each pod that waits how many nodes would take it now, and why the others would not.

    Parameters
    ----------
    instance : Instance
    bars : mapping of str to list of (str, (n_hosts,) bool array)
        What each waiting pod asks of nodes, by its name, and which of them meet it.
    why : mapping of int to str
        What rules between pods are for, by their identity.
    """
    now = np.array(instance.current)
    free = instance.capacity.copy()
    np.subtract.at(free, now[now >= 0], instance.demand[now >= 0])
    stated = [_Stated(why[id(rule)], here, here.counting(now)) for rule, here in _between(instance) if id(rule) in why]
    found: dict[str, str] = {}
    kept: dict[tuple[int, tuple[int, ...]], str] = {}
    for vm in np.flatnonzero(now < 0).tolist():
        name, mine = instance.vm_names[vm], [one for one in stated if one.rule.concerns[vm]]
        own = bars.get(name, [])
        key = (int(instance.vm_classes.of[vm]), tuple(id(mask) for _, mask in own))
        if key not in kept:
            kept[key] = _told(instance, list(_in_order(instance, vm, own, free, mine)))
        found[name] = kept[key]
    return found


def _between(instance: Instance) -> Iterator[tuple[object, InForce]]:
    """Yield hard rules as they are stated, and as they are in force."""
    for rule, here in zip(instance.rules, instance.rules_in_force, strict=True):
        if isinstance(here, InForce) and here.penalty is None:
            yield rule, here


def _in_order(instance: Instance, vm: int, bars: Bars, free: IntArray, stated: list[_Stated]) -> Iterator[Bars]:
    """Yield what nodes have to meet, step by step, first what the scheduler looks at first."""
    yield from ([bar] for bar in bars if not _of_volumes(bar))
    yield from _between_pods(vm, stated, EARLY)
    short = instance.demand[vm] > free
    yield [(f"short of {kind}", ~short[:, at]) for at, kind in enumerate(instance.resources) if short[:, at].any()]
    yield from ([bar] for bar in bars if _of_volumes(bar))
    yield from _between_pods(vm, stated, LATE)


def _of_volumes(bar: tuple[str, BoolArray]) -> bool:
    return "volume" in bar[0] or "claim" in bar[0]


def _between_pods(vm: int, stated: list[_Stated], wanted: tuple[str, ...]) -> Iterator[Bars]:
    for why in wanted:
        yield from ([(why, one.rule.allows(vm, one.taken))] for one in stated if one.why == why)


def _told(instance: Instance, steps: list[Bars]) -> str:
    """Count nodes by the first step that is against each; one that lacks several resources counts for each of them."""
    left, told = np.ones(instance.n_hosts, dtype=bool), dict[str, int]()
    for bars in steps:
        for why, mask in bars:
            told[why] = told.get(why, 0) + int((left & ~mask).sum())
        left = np.logical_and.reduce([left, *(mask for _, mask in bars)])
    reasons = [f"{n:,} {why}" for why, n in told.items() if n]
    takes = f"{int(left.sum()):,} of {count(len(left), 'node')} {'takes' if left.sum() == 1 else 'take'} it now"
    return f"{takes}: {', '.join(reasons)}" if reasons else takes
