"""Account: what keeps each node from a pod that waits, as things are, in the order in which the scheduler looks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from vmopt.arrays import IntArray
from vmopt.model.instance import Instance
from vmopt.platforms.kubernetes.bars import Bar, Step, meeting_all
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
ATTACHED = "volumes:"
"""What resources begin with that count attached volumes, before the name of the driver."""
DEVICES = "devices:"
"""What resources begin with that count devices for claims, before their class."""
AMOUNTS = "amounts"
LATE = (ATTACHED, Step.ATTACH, Step.VOLUME, Step.SPREAD, SPREAD, AFFINITY, ANTI, DEVICES)
ORDER: tuple[Step | str, ...] = (
    Step.BEFORE,
    Step.CORDONED,
    Step.TAINT,
    Step.NODE,
    PORTS,
    AMOUNTS,
    CLAIM,
    *LATE,
)
"""In which order the scheduler looks; the first that is against a node is its reason."""
BEFORE_1_21: tuple[Step | str, ...] = (
    Step.BEFORE,
    Step.CORDONED,
    AMOUNTS,
    PORTS,
    Step.NODE,
    CLAIM,
    Step.TAINT,
    *LATE,
)
"""In which order it looked before version 1.21."""


@dataclass(frozen=True)
class _Stated:
    """A rule between pods, and what it is for."""

    why: str
    rule: InForce
    taken: Taken


def accounts(
    instance: Instance, bars: Mapping[str, list[Bar]], why: Mapping[int, str], *, older: bool = False
) -> dict[str, str]:
    """Say of each pod that waits how many nodes would take it now, and why the others would not.

    Parameters
    ----------
    instance : Instance
    bars : mapping of str to list of Bar
        Of each waiting pod, by its name.
    why : mapping of int to str
        What rules between pods are for, by their identity.
    older : bool
        Whether the scheduler is of a version before 1.21.
    """
    order = BEFORE_1_21 if older else ORDER
    now = np.array(instance.current)
    free = instance.capacity.copy()
    np.subtract.at(free, now[now >= 0], instance.demand[now >= 0])
    stated = [_Stated(why[id(rule)], here, here.counting(now)) for rule, here in _between(instance) if id(rule) in why]
    found: dict[str, str] = {}
    kept: dict[tuple[int, tuple[int, ...]], str] = {}
    for vm in np.flatnonzero(now < 0).tolist():
        name, mine = instance.vm_names[vm], [one for one in stated if one.rule.concerns[vm]]
        own = bars.get(name, [])
        key = (int(instance.vm_classes.of[vm]), tuple(id(bar.meets) for bar in own))
        if key not in kept:
            kept[key] = _told(instance, list(_in_order(instance, vm, own, free, mine, order)))
        found[name] = kept[key]
    return found


def _between(instance: Instance) -> Iterator[tuple[object, InForce]]:
    """Yield hard rules as they are stated, and as they are in force."""
    for rule, here in zip(instance.rules, instance.rules_in_force, strict=True):
        if isinstance(here, InForce) and here.penalty is None:
            yield rule, here


def _in_order(
    instance: Instance, vm: int, bars: list[Bar], free: IntArray, stated: list[_Stated], order: tuple[Step | str, ...]
) -> Iterator[list[Bar]]:
    """Yield what nodes have to meet, step by step, first what the scheduler looks at first."""
    short = instance.demand[vm] > free
    lacks: dict[str, list[Bar]] = {AMOUNTS: [], ATTACHED: [], DEVICES: []}
    for at, kind in enumerate(instance.resources):
        if short[:, at].any():
            sort = next((start for start in (ATTACHED, DEVICES) if kind.startswith(start)), AMOUNTS)
            lacks[sort].append(Bar(f"short of {kind}", ~short[:, at]))
    exact = any(bar.step is Step.SPREAD for bar in bars)
    for step in order:
        if isinstance(step, Step):
            yield from ([bar] for bar in bars if bar.step is step)
        elif step in lacks:
            yield lacks[step]
        elif step != SPREAD or not exact:
            yield from ([Bar(step, one.rule.allows(vm, one.taken))] for one in stated if one.why == step)


def _told(instance: Instance, steps: list[list[Bar]]) -> str:
    """Count nodes by the first step that is against each; one that lacks several resources counts for each of them."""
    left, told = np.ones(instance.n_hosts, dtype=bool), dict[str, int]()
    for bars in steps:
        for bar in bars:
            told[bar.why] = told.get(bar.why, 0) + int((left & ~bar.meets).sum())
        left = meeting_all(left, bars)
    reasons = [f"{n:,} {why}" for why, n in told.items() if n]
    takes = f"{int(left.sum()):,} of {count(len(left), 'node')} {'takes' if left.sum() == 1 else 'take'} it now"
    return f"{takes}: {', '.join(reasons)}" if reasons else takes
