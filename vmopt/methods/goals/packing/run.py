"""Packing a stage: prices, greedy packings, few hosts, patterns, and again as long as there is time."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import IntArray
from vmopt.methods.goals.packing import few_hosts, first_fit, on_chosen, patterns, relaxed, whole_hosts
from vmopt.methods.goals.packing.covering import Covering
from vmopt.methods.goals.packing.emptying import Emptying
from vmopt.methods.goals.packing.packing_problem import PackingProblem
from vmopt.methods.goals.packing.parameters import DEFAULT, FewHostsParameters, PackingParameters
from vmopt.methods.goals.packing.relaxed import METHOD, RelaxedPacking
from vmopt.methods.goals.packing.rounding import combine, dive
from vmopt.methods.goals.stage import Stage
from vmopt.methods.ties.pack import pack
from vmopt.model.shapes import HostsInUse, Worth, consists_of


def run(stage: Stage, ground: PackingProblem, parameters: PackingParameters = DEFAULT) -> None:
    """Bounds first where they are quick, then placements, until the gap is closed or nothing more is gained."""
    if len(ground.demand) * ground.capacity.size > parameters.most_entries:
        return
    prices = relaxed.relax(stage, ground)
    if prices is None or stage.finished:
        return
    if _is_free(stage, ground):
        _pack(stage, ground, prices, parameters)
    else:
        if ground.alone:
            stage.offer(pack(stage.instance, stage.host_index), METHOD)
        if not stage.finished and _has_patterns(stage, ground, prices, parameters):
            program = patterns.begin(stage, ground, prices, parameters=parameters.cover)
            patterns.generate(stage, ground, program, parameters.pattern_share_ruled)
        if ground.alone and not stage.finished:
            on_chosen.run(stage, ground, parameters)


def _is_free(stage: Stage, ground: PackingProblem) -> bool:
    """Whether VMs may go wherever they fit, and nothing but the hosts in use counts."""
    return (
        ground.alone
        and not stage.instance.rules
        and not stage.problem.elastic
        and all(consists_of(stage.instance, hold.level, Worth, HostsInUse) for hold in stage.holds)
        and bool((stage.host_index >= 0).any())
    )


def _pack(stage: Stage, ground: PackingProblem, prices: RelaxedPacking, parts: PackingParameters) -> None:
    """Where hosts hold few VMs, patterns come first: their bound is closer; else the hosts that prices choose."""
    packings = first_fit.run(stage, ground, prices, parts.first_fit)
    if not stage.finished:
        whole_hosts.tighten(stage, ground, parts.whole_share * stage.remaining)
    few_per_host = (stage.host_index >= 0).sum() <= parts.few_per_host * max(prices.in_use.sum(), 1.0)
    if not few_per_host and not stage.finished:
        _on_few_hosts(stage, ground, parts.few_hosts_first if ground.alike else parts.quick_share, parts.few_hosts)
    if stage.finished or not _has_patterns(stage, ground, prices, parts):
        _on_few_hosts(stage, ground, 1.0, parts.few_hosts)
        return
    program = patterns.begin(stage, ground, prices, packings, parts.cover)
    effort = parts.exactly if few_per_host and len(ground.hosts) <= parts.few_knapsacks else 0
    patterns.generate(stage, ground, program, parts.pattern_share, effort)
    _round(stage, ground, program, parts, quick=not ground.alike)
    if not stage.finished and few_per_host:
        _on_few_hosts(stage, ground, parts.few_hosts_later[not ground.alike], parts.few_hosts)
    if not stage.finished and not ground.alike:
        _round(stage, ground, program, parts)
    _again(stage, Emptying(stage, ground, program, prices.in_use, parts.emptying))


def _has_patterns(stage: Stage, ground: PackingProblem, prices: RelaxedPacking, parts: PackingParameters) -> bool:
    """Whether VM classes are few, and either repeat or fill hosts in small numbers."""
    n_running = int((stage.host_index >= 0).sum())
    few = n_running <= parts.few_per_host * max(prices.in_use.sum(), 1.0)
    return len(ground.demand) <= parts.most_vm_classes and (few or 2 * len(ground.demand) <= n_running)


def _round(
    stage: Stage, ground: PackingProblem, program: Covering, parts: PackingParameters, *, quick: bool = False
) -> None:
    """Dive, and choose among all patterns found."""
    if stage.finished:
        return
    steps, share = (parts.quick, parts.quick_share) if quick else (parts.thorough, parts.dive_share)
    end = stage.remaining * (1 - share)
    part = program.part(ground.running(stage), ground.hosts, len(program.pool))
    patterns.offer(stage, dive(part, lambda: stage.finished or stage.remaining < end, stage.remaining - end, steps))
    if stage.finished:
        return
    part = program.part(ground.running(stage), ground.hosts, len(program.pool))
    seconds = min(parts.combined_share * stage.remaining, parts.combined_seconds)
    patterns.offer(stage, combine(part, seconds, stage.options.seed, stage.options.threads))


def _on_few_hosts(stage: Stage, ground: PackingProblem, share: float, parts: FewHostsParameters) -> None:
    """Place all on hosts chosen by classes: as few as the bound allows, then with more and more room.

    Where hosts differ in cost it begins with most room, as long as all find a place: every step down gains.
    """
    end, tried = stage.remaining * (1 - share), set[bytes]()
    for ease in parts.eases if ground.alike else parts.eases[:0:-1]:
        left = stage.remaining - end
        if stage.finished or left <= 0:
            return
        in_use = few_hosts.choose(stage, ground, ease, parts)
        if in_use is None:
            return
        in_use = _raised(stage, ground, in_use)
        now = float(stage.value / ground.weight) / _unit(stage, ground)
        if in_use.tobytes() in tried or in_use @ ground.cost * ground.scale >= now:
            continue
        tried.add(in_use.tobytes())
        if not few_hosts.place(stage, in_use, max(parts.try_share * left, 1.0)) and not ground.alike:
            return


def _raised(stage: Stage, ground: PackingProblem, in_use: IntArray) -> IntArray:
    """Open more hosts, where all cost the same and the bound says that there are more."""
    if not ground.alike or stage.bound is None:
        return in_use
    raised, least = in_use.copy(), float(stage.bound / ground.weight) / _unit(stage, ground) / ground.scale
    for c in np.argsort(-(ground.capacity / ground.capacity.max(axis=0)).sum(axis=1), kind="stable").tolist():
        more = int(np.ceil(least - 1e-9)) - int(raised.sum())
        raised[c] += int(np.clip(more, 0, ground.hosts[c] - raised[c]))
    return raised


def _unit(stage: Stage, ground: PackingProblem) -> float:
    return float(ground.in_use.unit)


def _again(stage: Stage, emptying: Emptying) -> None:
    """Empty few hosts and cover them anew, until too much was in vain."""
    in_vain = 0
    while not stage.finished and in_vain < emptying.parameters.most_in_vain:
        in_vain = 0 if emptying.step() else in_vain + 1
