"""Packing a stage: prices, greedy packings, few hosts, patterns, and again as long as there is time."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import IntArray
from vmopt.methods.goals.packing import few_hosts, first_fit, patterns, relaxed
from vmopt.methods.goals.packing.covering import Covering
from vmopt.methods.goals.packing.emptying import Emptying
from vmopt.methods.goals.packing.ground import Ground
from vmopt.methods.goals.packing.relaxed import METHOD, Relaxed
from vmopt.methods.goals.packing.rounding import QUICK, THOROUGH, DiveSteps, combine, dive
from vmopt.methods.goals.stage import Stage
from vmopt.methods.ties.pack import pack

MOST_VM_CLASSES = 2000
FEW_PER_HOST = 16.0
MOST_ENTRIES = 20_000_000
"""VM classes times host classes times resources up to which the class program is built."""
EASES = (0.0, 0.002, 0.005, 0.01, 0.02, 0.04)
SHARE_OF_PATTERNS = 0.6
SHARE_OF_DIVE, SHARE_WITH_COSTS, SHARE_TO_COMBINE, SECONDS_TO_COMBINE = 0.3, 0.8, 0.1, 5.0
EXACTLY, FEW_KNAPSACKS = 2, 5
"""Effort in pricing that is exact where hosts hold few VMs, and host classes up to which that is quick."""
MOST_IN_VAIN = 400
"""Steps without gain after which a search ends."""


def run(stage: Stage, ground: Ground) -> None:
    """Bounds first where they are quick, then placements, until the gap is closed or nothing more is gained."""
    if len(ground.demand) * ground.capacity.size > MOST_ENTRIES:
        return
    prices = relaxed.relax(stage, ground)
    if prices is None or stage.finished:
        return
    if _is_free(stage, ground):
        _pack(stage, ground, prices)
    else:
        if ground.alone:
            stage.offer(pack(stage.instance, stage.host_index), METHOD)
        if not stage.finished and _has_patterns(stage, ground, prices):
            patterns.generate(stage, ground, patterns.begin(stage, ground, prices), 0.3)


def _is_free(stage: Stage, ground: Ground) -> bool:
    """Whether VMs may go wherever they fit, and nothing but the hosts in use counts."""
    held = {goal.name for hold in stage.holds for goal in hold.level.goals}
    return (
        ground.alone
        and not stage.instance.rules
        and not stage.problem.elastic
        and held <= {"utilisation", "fewest-hosts"}
        and bool((stage.host_index >= 0).any())
    )


def _pack(stage: Stage, ground: Ground, prices: Relaxed) -> None:
    """Where hosts hold few VMs, patterns come first: their bound is closer; else the hosts that prices choose."""
    packings = first_fit.run(stage, ground, prices)
    few_per_host = (stage.host_index >= 0).sum() <= FEW_PER_HOST * max(prices.in_use.sum(), 1.0)
    if not few_per_host and not stage.finished:
        _on_few_hosts(stage, ground, 0.3 if ground.alike else SHARE_WITH_COSTS)
    if stage.finished or not _has_patterns(stage, ground, prices):
        _on_few_hosts(stage, ground, 1.0)
        return
    program = patterns.begin(stage, ground, prices, packings)
    effort = EXACTLY if few_per_host and len(ground.hosts) <= FEW_KNAPSACKS else 0
    patterns.generate(stage, ground, program, SHARE_OF_PATTERNS, effort)
    _round(stage, ground, program, THOROUGH if ground.alike else QUICK)
    if not stage.finished and few_per_host:
        _on_few_hosts(stage, ground, 0.2 if ground.alike else 0.5)
    if not stage.finished and not ground.alike:
        _round(stage, ground, program, THOROUGH)
    _again(stage, Emptying(stage, ground, program, prices.in_use))


def _has_patterns(stage: Stage, ground: Ground, prices: Relaxed) -> bool:
    """Whether VM classes are few, and either repeat or fill hosts in small numbers."""
    n_running = int((stage.host_index >= 0).sum())
    few = n_running <= FEW_PER_HOST * max(prices.in_use.sum(), 1.0)
    return len(ground.demand) <= MOST_VM_CLASSES and (few or 2 * len(ground.demand) <= n_running)


def _round(stage: Stage, ground: Ground, program: Covering, steps: DiveSteps) -> None:
    """Dive, and choose among all patterns found."""
    if stage.finished:
        return
    end = stage.remaining * (1 - (SHARE_WITH_COSTS if steps is QUICK else SHARE_OF_DIVE))
    part = program.part(ground.running(stage), ground.hosts, len(program.pool))
    patterns.offer(stage, dive(part, lambda: stage.finished or stage.remaining < end, stage.remaining - end, steps))
    if stage.finished:
        return
    part = program.part(ground.running(stage), ground.hosts, len(program.pool))
    seconds = min(SHARE_TO_COMBINE * stage.remaining, SECONDS_TO_COMBINE)
    patterns.offer(stage, combine(part, seconds, stage.options.seed, stage.options.threads))


def _on_few_hosts(stage: Stage, ground: Ground, share: float) -> None:
    """Place all on hosts chosen by classes: as few as the bound allows, then with more and more room.

    Where hosts differ in cost it begins with most room, as long as all find a place: every step down gains.
    """
    end, tried = stage.remaining * (1 - share), set[bytes]()
    for ease in EASES if ground.alike else EASES[:0:-1]:
        left = stage.remaining - end
        if stage.finished or left <= 0:
            return
        in_use = few_hosts.choose(stage, ground, ease)
        if in_use is None:
            return
        in_use = _raised(stage, ground, in_use)
        now = float(stage.value / ground.weight) / _unit(stage, ground)
        if in_use.tobytes() in tried or in_use @ ground.cost * ground.scale >= now:
            continue
        tried.add(in_use.tobytes())
        if not few_hosts.place(stage, in_use, max(0.4 * left, 1.0)) and not ground.alike:
            return


def _raised(stage: Stage, ground: Ground, in_use: IntArray) -> IntArray:
    """Open more hosts, where all cost the same and the bound says that there are more."""
    if not ground.alike or stage.bound is None:
        return in_use
    raised, least = in_use.copy(), float(stage.bound / ground.weight) / _unit(stage, ground) / ground.scale
    for c in np.argsort(-(ground.capacity / ground.capacity.max(axis=0)).sum(axis=1), kind="stable").tolist():
        more = int(np.ceil(least - 1e-9)) - int(raised.sum())
        raised[c] += int(np.clip(more, 0, ground.hosts[c] - raised[c]))
    return raised


def _unit(stage: Stage, ground: Ground) -> float:
    return float(ground.goal.costs(stage.instance)[1])


def _again(stage: Stage, emptying: Emptying) -> None:
    """Empty few hosts and cover them anew, until too much was in vain."""
    in_vain = 0
    while not stage.finished and in_vain < MOST_IN_VAIN:
        in_vain = 0 if emptying.step() else in_vain + 1
