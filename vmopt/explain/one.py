"""One VM: why it does not run, and what would let it run."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from vmopt.errors import OptionError, SolverError
from vmopt.explain.conflicts import conflict
from vmopt.explain.hosts import Hosts
from vmopt.explain.least_change import Step
from vmopt.explain.more_parts import more_parts
from vmopt.explain.moves import one_move
from vmopt.explain.priority import higher, may_help, unknown_kind
from vmopt.explain.records import Explanation, Reason
from vmopt.explain.scene import Scene
from vmopt.explain.steps import dropped_rule, more_capacity, placing
from vmopt.explain.tier import higher_tier
from vmopt.explain.verdict import Verdict, bid_of, judge
from vmopt.rules.contradictions import contradictions, never_runs
from vmopt.solution import Solution
from vmopt.status import Limit, Status

SHOWN = 10


def explain_one(solution: Solution, vm: int, time_limit: float) -> Explanation:
    """Explain one VM; see `vmopt.explain`."""
    require_placement(solution)
    scene = Scene(solution.instance, solution.host_index)
    if solution.host_index[vm] >= 0:
        return _running(scene, vm)
    deadline = time.perf_counter() + time_limit
    hosts = Hosts(scene, vm)
    verdict = _verdict(solution, hosts, time_limit)
    remarks: list[str] = []
    steps = tuple(_steps(solution, hosts, verdict, deadline, remarks))
    nowhere = verdict.kind in (Reason.TOO_LARGE, Reason.FORBIDDEN)
    if verdict.kind is Reason.NO_ROOM:
        remarks.append(_why_open(solution, verdict))
    return Explanation(
        vm=solution.instance.vm_names[vm],
        kind=Reason.LEFT_OUT if verdict.kind is Reason.NO_ROOM and hosts.free.any() else verdict.kind,
        certain=verdict.kind is not Reason.NO_ROOM,
        hosts=tuple(hosts.reasons()),
        nearest=hosts.nearest(),
        bid=None if nowhere else bid_of(solution, vm, verdict),
        steps=steps,
        because=_because(solution, vm, verdict, deadline),
        open=tuple(remarks),
    )


def require_placement(solution: Solution) -> None:
    """Refuse solutions without a placement.

    Raises
    ------
    OptionError
    """
    if solution.status in (Status.INFEASIBLE, Status.NOT_FOUND):
        raise OptionError(
            f"the solution has no placement ({solution.status.value}): vmopt.conflict(instance) says which rules and "
            "VMs cannot stand together."
        )


def _running(scene: Scene, vm: int) -> Explanation:
    host = int(scene.host_index[vm])
    others = scene.residents[host]
    others = others[others != vm]
    names = scene.instance.vm_names
    beside = tuple(names[int(other)] for other in others[:SHOWN])
    host_name = scene.instance.host_names[host]
    return Explanation(names[vm], Reason.RUNS, True, host=host_name, beside=beside, n_beside=len(others))


def _verdict(solution: Solution, hosts: Hosts, time_limit: float) -> Verdict:
    if hosts.too_small.all():
        return Verdict(Reason.TOO_LARGE)
    if not hosts.possible.any() or (solution.instance.rules and never_runs(solution.instance)[hosts.vm]):
        return Verdict(Reason.FORBIDDEN)
    free = np.flatnonzero(hosts.free)
    if free.size:
        step = next(placing(hosts))
        if step.gain >= 0 and not step.levels:
            return Verdict(Reason.LEFT_OUT)
    return judge(solution, hosts.vm, time_limit)


def _steps(solution: Solution, hosts: Hosts, verdict: Verdict, deadline: float, remarks: list[str]) -> Iterator[Step]:
    yield from placing(hosts)
    if not hosts.free.any():
        yield from more_capacity(hosts)
        yield from more_parts(hosts)
        move, complete = one_move(hosts)
        if move is not None:
            yield move
        elif not complete and verdict.kind is not Reason.TOO_LARGE:
            remarks.append("moves were tried for the nearest hosts only")
        yield from dropped_rule(hosts, remarks)
    if may_help(verdict.kind):
        yield from _raised(solution, hosts, verdict, deadline, remarks)


def _raised(solution: Solution, hosts: Hosts, verdict: Verdict, deadline: float, remarks: list[str]) -> Iterator[Step]:
    """What a higher priority, value or tier would do, or a remark that it is not worked out."""
    step: Step | None = None
    if solution.instance.tiers is not None:
        if verdict.run is not None:
            step = higher_tier(solution.instance, hosts.vm, deadline)
        unknown = "what a higher tier would do was not found out" if step is None else None
    else:
        unknown = unknown_kind(solution)
        if unknown is None:
            step = higher(solution, hosts, verdict, deadline)
    if unknown is not None:
        remarks.append(unknown)
    if step is not None:
        yield step


def _because(solution: Solution, vm: int, verdict: Verdict, deadline: float) -> tuple[str, ...]:
    """Contradictions that speak of the VM; if there are none, but it was proven to be in no placement, the conflict."""
    if not solution.instance.rules:
        return ()
    found = tuple(str(found) for found in contradictions(solution.instance) if vm in found.vms)[:SHOWN]
    if found or verdict.kind is not Reason.FORBIDDEN or verdict.run is None:
        return found
    try:
        against = conflict(solution.instance, vm, time_limit=max(deadline - time.perf_counter(), 0.0))
    except SolverError:
        return ()
    return () if against is None else (against.told,)


def _why_open(solution: Solution, verdict: Verdict) -> str:
    if solution.limit is Limit.TIME:
        return "the search ended for want of time: a longer one may run it"
    if verdict.at_best is None:
        return "whether a best placement runs it was not worked out: it could as well run"
    if solution.status is Status.OPTIMAL:
        if not solution.gap:
            return "the placement is as good as any; another that is as good may run it"
        return f"the placement is proven to lack at most {solution.gap:.2%} of the best: another may run it"
    return "the gap is open: it could as well run"
