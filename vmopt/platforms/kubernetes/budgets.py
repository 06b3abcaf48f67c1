"""Disruption budgets: how many pods of an application may be missing."""

from __future__ import annotations

from vmopt.platforms.kubernetes.documents import Objects
from vmopt.platforms.kubernetes.fields import mapping, text, whole
from vmopt.platforms.kubernetes.pods import Pod
from vmopt.platforms.kubernetes.selectors import selects
from vmopt.platforms.tally import FeatureTally
from vmopt.rules import BaseRule, Keep


def budget_rules(given: Objects, pods: list[Pod], tally: FeatureTally) -> list[BaseRule]:
    """Pods of which none may be missing now are not moved; how many may be at a time is a matter of a plan's order."""
    kept: list[str] = []
    for one in given.of("PodDisruptionBudget"):
        namespace = text(one, "metadata", "namespace") or "default"
        selector = mapping(one, "spec").get("selector")
        named = [pod for pod in pods if pod.namespace == namespace and selects(selector, pod.labels)]
        moving = [pod.name for pod in named if pod.found.host is not None and not pod.stays]
        none_left = "disruptionsAllowed" in mapping(one, "status") and whole(one, "status", "disruptionsAllowed") == 0
        how = "none of them may be missing now: they are not moved (Keep)"
        tally.add("disruption budgets without room", "modelled", "pods", how, len(moving) if none_left else 0)
        how = "evictions of a plan are asked for one by one, and again until the budget allows them"
        tally.add("disruption budgets", "modelled", "pods", how, 0 if none_left else len(moving))
        kept += moving if none_left else []
    return [Keep(sorted(set(kept)))] if kept else []
