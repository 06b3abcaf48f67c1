"""Priorities of pods: which come before which, and who may stop for whom."""

from __future__ import annotations

from vmopt.platforms.kubernetes.fields import text
from vmopt.platforms.kubernetes.pods import Pod
from vmopt.platforms.tally import FeatureTally


def ranks_of(pods: list[Pod], tally: FeatureTally, *, preempt: bool) -> tuple[list[int] | None, list[str]]:
    """Return the level of each pod, the higher the sooner, where they differ; and which that run may stop.

    Without preemption what runs goes on running, whatever its priority is, and the levels are those of pods that wait.
    With it a pod of each priority that runs comes before those of the same priority that wait, and after those of a
    higher one that may preempt; those that may not come after all that run.
    """
    may = [pod for pod in pods if pod.found.host is None and text(pod.given, "spec", "preemptionPolicy") != "Never"]
    never = sum(pod.found.host is None for pod in pods) - len(may)
    tally.add("preemptionPolicy Never", "modelled", "waiting pods", "nobody is stopped for them", never)
    runs = [pod for pod in pods if pod.found.host is not None]
    least = min((pod.priority for pod in runs), default=0)
    could = [pod for pod in may if pod.priority > least]
    if not preempt or not could:
        how = "what runs goes on running: nobody is stopped for a pod of higher priority"
        tally.add("preemption", "left out", "waiting pods", how, len(could))
        return _of_waiting(pods, tally), []
    highest = max(pod.priority for pod in could)
    victims = [pod.name for pod in runs if pod.priority < highest]
    how = "pods of a lower priority may stop for them (levels)"
    tally.add("preemption", "modelled", "waiting pods", how, len(could))
    tally.add(
        "may be preempted", "modelled", "pods", "they stop if that lets one of a higher priority run", len(victims)
    )
    can = {pod.name for pod in may}
    keys = [(pod.found.host is not None or pod.name in can, pod.priority, pod.found.host is not None) for pod in pods]
    ranks = {key: rank for rank, key in enumerate(sorted(set(keys)))}
    return [ranks[key] for key in keys], victims


def _of_waiting(pods: list[Pod], tally: FeatureTally) -> list[int] | None:
    waits = [pod for pod in pods if pod.found.host is None]
    ranks = {priority: rank for rank, priority in enumerate(sorted({pod.priority for pod in waits}))}
    if len(ranks) < 2:
        return None
    how = "those of a higher priority come before all lower ones (levels)"
    tally.add("priorities", "modelled", "waiting pods", how, len(waits))
    return [ranks[pod.priority] if pod.found.host is None else 0 for pod in pods]
