"""Every VM that does not run: class by class, with the hosts sorted once."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import FloatArray
from vmopt.bounds.best_profit import best_profit
from vmopt.bounds.price_bound import verify_bound
from vmopt.bounds.tolls import Tolls
from vmopt.explain.levels import TOLERANCE
from vmopt.explain.near import Nearby, find_nearby
from vmopt.explain.one import require_placement
from vmopt.explain.records import Reason
from vmopt.explain.report import ClassReason, Report, rows_of
from vmopt.explain.scene import Scene
from vmopt.explain.verdict import least_of_best
from vmopt.rules.contradictions import never_runs
from vmopt.solution import Solution


def explain_all(solution: Solution) -> Report:
    """Explain all VMs that do not run; see `vmopt.explain`."""
    require_placement(solution)
    instance = solution.instance
    unplaced = np.flatnonzero(solution.host_index < 0)
    of = instance.vm_classes.of[unplaced]
    _, first, count = np.unique(of, return_index=True, return_counts=True)
    vms = unplaced[first]
    scene = Scene(instance, solution.host_index)
    near = find_nearby(scene, vms)
    never = never_runs(instance)[vms] if instance.rules else np.zeros(len(vms), dtype=bool)
    at_best = _at_best(solution)[instance.vm_classes.of[vms]]
    classes = []
    for n, vm in enumerate(vms.tolist()):
        kind, certain = _kind(solution, near, n, bool(never[n]), float(at_best[n]))
        rule, k, host = int(near.rule[n]), int(near.resource[n]), int(near.host[n])
        classes.append(
            ClassReason(
                example=instance.vm_names[vm],
                vms=int(count[n]),
                value=float(instance.value[vm]),
                kind=kind,
                certain=certain,
                rule=scene.rule(rule) if rule >= 0 and rule != scene.inside else None,
                resource=instance.resources[k] if k >= 0 else None,
                short=scene.own(near.short[n], k) if k >= 0 else 0.0,
                host=instance.host_names[host] if host >= 0 else None,
                pieces=_pieces(scene, vm, host, kind) if 0 <= rule == scene.inside else None,
            )
        )
    return Report(instance.n_vms, len(unplaced), rows_of(classes), tuple(classes), _open(solution, classes))


def _pieces(scene: Scene, vm: int, host: int, kind: Reason) -> str:
    """What is short of parts on the host that is nearest to taking a VM, or would be if there were no rules."""
    empty = kind is Reason.TOO_LARGE
    if host < 0:
        room = scene.instance.capacity if empty else scene.free
        short = np.maximum(scene.instance.reserved[vm] - room, 0) / np.maximum(scene.instance.total, 1)
        host = int(np.argmin(short.sum(axis=1)))
    (said,) = scene.pieces(vm, np.array([host]), empty=empty)
    return said


def _kind(solution: Solution, near: Nearby, n: int, never: bool, at_best: float) -> tuple[Reason, bool]:
    if near.too_large[n]:
        return Reason.TOO_LARGE, True
    if never or near.forbidden[n]:
        return Reason.FORBIDDEN, True
    if at_best < least_of_best(solution) - TOLERANCE * max(1.0, abs(solution.objective)):
        return Reason.OUTBID, True
    if near.fits[n]:
        return Reason.LEFT_OUT, not (solution.instance.soft_rules or solution.levels or solution.instance.elastic)
    return Reason.NO_ROOM, False


def _at_best(solution: Solution) -> FloatArray:
    """What placements that run a VM of each class are worth at most, by prices; infinite where that is not known."""
    instance = solution.instance
    if solution.prices is None or instance.tiers is not None:
        return np.full(len(instance.vm_classes), np.inf)
    tolls = Tolls.of(instance, solution.rule_prices)
    profit = best_profit(instance.vm_classes, instance.host_classes.capacity, solution.prices, tolls)[0]
    bound = verify_bound(instance, solution.prices, solution.rule_prices)
    lost = np.minimum(profit, 0.0)
    slack = TOLERANCE * (abs(bound) + np.abs(np.where(np.isfinite(profit), profit, 0.0)))
    return np.asarray(bound + lost + slack)


def _open(solution: Solution, classes: list[ClassReason]) -> tuple[str, ...]:
    if not any(one.kind is Reason.NO_ROOM for one in classes):
        return ()
    if solution.instance.tiers is not None:
        return ("who was outbid is not worked out under tiers: explain(solution, vm) solves for one VM",)
    if solution.prices is None:
        return ("who was outbid is not known without prices: explain(solution, vm) looks closer",)
    return ("whether a best placement runs the VMs with no room left is not known: explain(solution, vm) looks closer",)
