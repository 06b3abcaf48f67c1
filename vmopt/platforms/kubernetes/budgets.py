"""Disruption budgets: how many pods of an application may be missing, and who waits for which of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from vmopt.platforms.fields import wrong
from vmopt.platforms.found import KEPT_FOR
from vmopt.platforms.kubernetes.documents import Objects
from vmopt.platforms.kubernetes.fields import Object, mapping, objects, text, whole
from vmopt.platforms.kubernetes.pods import Pod
from vmopt.platforms.kubernetes.selectors import selects
from vmopt.platforms.tally import FeatureTally
from vmopt.plurals import first_of
from vmopt.rules import BaseRule, Keep

BUDGET, ALLOWED = "disruption-budget", "disruption-budget-allows"
"""Labels of pods: the budget that an eviction asks, and how many it allows now."""
NAMED = 3
"""Budgets that a line of the report names."""
PERCENT, NUMBER = re.compile(r"([0-9]{1,5})%"), re.compile(r"[0-9]{1,10}")


@dataclass(frozen=True)
class Budget:
    """A disruption budget.

    Attributes
    ----------
    name : str
        ``namespace/name``.
    allowed : int
        How many evictions it allows now.
    pods : tuple of Pod
        Those that it is for, on nodes.
    told : bool
        Whether its status says so; else it is worked out.
    """

    name: str
    allowed: int
    pods: tuple[Pod, ...]
    told: bool


def budget_rules(given: Objects, pods: list[Pod], tally: FeatureTally) -> list[BaseRule]:
    """Pods of which none may be missing now are not moved; the others are told whose budget they need."""
    of_pod: dict[str, list[Budget]] = {}
    moving: dict[str, Pod] = {pod.name: pod for pod in pods if pod.found.host is not None and not pod.stays}
    spaces: dict[str, list[Pod]] = {}
    for pod in pods:
        spaces.setdefault(pod.namespace, []).append(pod)
    budgets = [_budget(one, spaces) for one in given.of("PodDisruptionBudget")]
    for budget in budgets:
        for pod in budget.pods:
            of_pod.setdefault(pod.name, []).append(budget)
    asked = {name: several for name, several in of_pod.items() if name in moving}
    crowded = [name for name, several in asked.items() if len(several) > 1]
    shut = [name for name, several in asked.items() if len(several) == 1 and several[0].allowed == 0]
    for name, several in asked.items():
        moving[name].found.labels[BUDGET] = ", ".join(budget.name for budget in several)
        moving[name].found.labels[ALLOWED] = str(min(budget.allowed for budget in several) if len(several) == 1 else 0)
    for name in (*crowded, *shut):
        moving[name].found.labels[KEPT_FOR] = f"budget {moving[name].found.labels[BUDGET]}"
    _tell(asked, crowded, shut, tally)
    untold = sum(not budget.told and bool(budget.pods) for budget in budgets)
    how = "without a status: what they allow is worked out of the pods that are ready"
    tally.add("disruption budgets without status", "approximated", "budgets", how, untold)
    return [Keep(sorted({*crowded, *shut}))] if crowded or shut else []


def _tell(asked: dict[str, list[Budget]], crowded: list[str], shut: list[str], tally: FeatureTally) -> None:
    how = f"the API server evicts no pod of two budgets, here of {_few(asked, crowded)}: they are not moved (Keep)"
    tally.add("several disruption budgets", "modelled", "pods", how, len(crowded))
    how = f"no eviction is allowed now by {_few(asked, shut)}: not moved (Keep) until more of their pods are ready"
    tally.add("disruption budgets without room", "modelled", "pods", how, len(shut))
    how = "evictions of a plan are asked for one by one, and again until the budget, which the line names, allows them"
    tally.add("disruption budgets", "modelled", "pods", how, len(asked) - len(crowded) - len(shut))


def _few(asked: dict[str, list[Budget]], names: Iterable[str]) -> str:
    budgets = list(dict.fromkeys(budget.name for name in names for budget in asked[name]))
    return first_of(budgets, NAMED)


def _budget(given: Object, spaces: dict[str, list[Pod]]) -> Budget:
    """Read one; pods that do not run yet, or are on their way out, are evicted without it."""
    namespace = text(given, "metadata", "namespace") or "default"
    selector, status = mapping(given, "spec").get("selector"), mapping(given, "status")
    meant = [pod for pod in spaces.get(namespace, []) if selects(selector, pod.labels)]
    healthy = [pod for pod in meant if _ready(pod)]
    told = "disruptionsAllowed" in status
    wanted = whole(status, "desiredHealthy") if told else _desired(given, len(meant))
    count = whole(status, "currentHealthy", default=len(healthy)) if told else len(healthy)
    allowed = max(0, whole(status, "disruptionsAllowed") if told else count - wanted)
    lenient = text(given, "spec", "unhealthyPodEvictionPolicy") == "AlwaysAllow" or (0 < wanted <= count)
    bound = [pod for pod in meant if _runs(pod) and (_ready(pod) or not lenient)]
    return Budget(f"{namespace}/{text(given, 'metadata', 'name')}", allowed, tuple(bound), told)


def _desired(given: Object, n_pods: int) -> int:
    """How many pods are to be ready; parts of one are rounded up, of those that may be missing as well."""
    spec = mapping(given, "spec")
    if spec.get("maxUnavailable") is not None:
        return max(0, n_pods - _share(spec["maxUnavailable"], "maxUnavailable", n_pods))
    return n_pods if spec.get("minAvailable") is None else _share(spec["minAvailable"], "minAvailable", n_pods)


def _share(given: Any, name: str, n_pods: int) -> int:
    told = PERCENT.fullmatch(given) if isinstance(given, str) else None
    if told:
        return -(-int(told[1]) * n_pods // 100)
    if isinstance(given, bool) or not NUMBER.fullmatch(str(given)):
        raise wrong(f"{name} of a disruption budget", given, "a whole number, or one of percent such as 50%,")
    return min(int(given), n_pods)


def _runs(pod: Pod) -> bool:
    return (
        pod.found.host is not None
        and text(pod.given, "status", "phase") != "Pending"
        and not text(pod.given, "metadata", "deletionTimestamp")
    )


def _ready(pod: Pod) -> bool:
    """Whether it is ready, as its conditions say; one without any is, if it runs."""
    told = {text(one, "type"): text(one, "status") for one in objects(pod.given, "status", "conditions")}
    return _runs(pod) and told.get("Ready", "True") == "True"
