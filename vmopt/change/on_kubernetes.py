"""Actions as commands of Kubernetes: evictions, the budgets that they wait for, and nodes that are cordoned first."""

from __future__ import annotations

import json
from urllib.parse import quote

from vmopt.change.action import Action, Kind
from vmopt.change.action_graph import ActionGraph
from vmopt.change.labelled import line, of_vm
from vmopt.plurals import count
from vmopt.rules.fence import Empty
from vmopt.rules.hard import hard_ones
from vmopt.summary.layout import printable

BUDGET, ALLOWED = "disruption-budget", "disruption-budget-allows"
BETWEEN = ", "
"""What stands between budgets in the label of a pod that has several."""


def kubectl_head(plan: ActionGraph) -> list[str]:
    """Return what comes first: budgets that allow nothing now, and cordons of nodes that are emptied.

    The scheduler would bring pods back to these.
    """
    waits: dict[str, int] = {}
    for action in plan.actions:
        budget = of_vm(plan, action, BUDGET)
        if budget is not None and action.kind is not Kind.START and of_vm(plan, action, ALLOWED) == "0":
            waits[budget] = waits.get(budget, 0) + 1
    told = [f"# {count(n, 'eviction')} below: {_shut(budget)}" for budget, n in waits.items()]
    emptied = [here.domain.inside for here in hard_ones(plan.instance, Empty)]
    sources = {action.source for action in plan.actions if action.source >= 0}
    left = [host for host in sorted(sources) if any(inside[host] for inside in emptied)]
    return [*told, *(line("kubectl", "cordon", plan.host_name(host)) for host in left)]


def kubectl_lines(plan: ActionGraph, action: Action) -> list[str]:
    """Return the commands of one action.

    The labels that `read_kubernetes` gives say more: ``disruption-budget`` whose leave an eviction needs, and
    ``disruption-budget-allows`` how many it grants now.
    """
    space, _, pod = plan.vm_name(action).rpartition("/")
    space = space or of_vm(plan, action, "namespace") or "default"
    if action.kind is Kind.START:
        return [f"# {printable(pod)} of {printable(space)} is to start on {printable(plan.host_name(action.target))}"]
    goes = "stops" if action.kind is Kind.STOP else f"is to go to {printable(plan.host_name(action.target))}"
    budget = of_vm(plan, action, BUDGET)
    gone = line("kubectl", "wait", "--for=delete", f"pod/{pod}", "--namespace", space, "--timeout=1h")
    if budget is not None and BETWEEN in budget:
        return [f"# {printable(pod)} {goes}", f"{line('echo', _shut(budget))} >&2; exit 1"]
    body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": pod, "namespace": space}}
    path = f"/api/v1/namespaces/{quote(space, safe='')}/pods/{quote(pod, safe='')}/eviction"
    send = f"{line('printf', '%s', json.dumps(body))} | {line('kubectl', 'create', '--raw', path, '-f', '-')}"
    told = [] if budget is None else [f"# {_asked(budget, of_vm(plan, action, ALLOWED))}"]
    return [f"# {printable(pod)} {goes}", *told, f"n=0; until {send}; do {_patience(budget)}; sleep 10; done", gone]


def _patience(budget: str | None) -> str:
    """While a disruption budget is used up, the API server refuses: it is asked again, for half an hour."""
    told = "" if budget is None else f"{line('echo', f'still refused: {_shut(budget)}')} >&2; "
    return f"[ $((n += 1)) -lt 180 ] || {'exit 1' if not told else f'{{ {told}exit 1; }}'}"


def _asked(budget: str, allows: str | None) -> str:
    if allows == "0":
        return _shut(budget)
    return f"budget {printable(budget)} allows {printable(allows or 'some')} at a time: it is asked until there is room"


def _shut(budget: str) -> str:
    """Say of budgets without room what to wait for, or what to change."""
    if BETWEEN in budget:
        return f"budgets {printable(budget)} cover one pod, and the API server evicts no such pod: change them first"
    space, _, name = budget.rpartition("/")
    look = line("kubectl", "get", "pdb", "--namespace", space or "default", "--watch", "--", name)
    return printable(f"budget {budget} allows no eviction now: wait until more of its pods are ready ({look})")
