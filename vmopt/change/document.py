"""Plans as JSON, for programs that carry them out."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from vmopt.arrays import IntArray
from vmopt.change.action import NOWHERE
from vmopt.change.action_graph import ActionGraph
from vmopt.io.fingerprint import fingerprint
from vmopt.io.json_rules import rules_document

FORMAT, VERSION = "vmopt-plan", 2


def document(plan: ActionGraph) -> dict[str, Any]:
    """Return a plan as an object of JSON.

    ``actions`` lists kind, VM, ``from`` and ``to`` (null for none), the numbers of those that it waits for, and when it
    begins and how long it takes, in seconds. ``current`` and ``target`` say where VMs run before and after, ``rules``
    which hold on the way and which were made up to get past what blocked, as in instances.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[6]], [[8], [8]], current=[0], rules=[vmopt.Empty("host-0")])
    >>> made = document(vmopt.plan(vmopt.solve(cluster)))
    >>> made["outcome"], made["actions"][0]["to"]
    ('planned', 'host-1')
    """
    begin = plan.begins.tolist()

    def host(number: int) -> str | None:
        return None if number == NOWHERE else plan.instance.host_names[number]

    return {
        "format": FORMAT,
        "version": VERSION,
        "instance": fingerprint(plan.instance),
        "outcome": plan.outcome.value,
        "objective": plan.solution.objective,
        "settings": asdict(plan.settings),
        "makespan": plan.makespan,
        "parked": plan.n_parked,
        "blocking": list(plan.blocking),
        "forbidden": [str(rule) for rule in plan.forbidden],
        "always": [str(rule) for rule in plan.always],
        "rules": {"always": rules_document(plan.always), "forbidden": rules_document(plan.forbidden)},
        "current": _placement(plan, plan.current),
        "target": _placement(plan, plan.solution.host_index),
        "actions": [
            {
                "number": number,
                "kind": action.kind.value,
                "vm": plan.vm_name(action),
                "from": host(action.source),
                "to": host(action.target),
                "after": sorted(plan.graph.predecessors(number)),
                "begins": begin[number],
                "seconds": action.seconds,
            }
            for number, action in enumerate(plan.actions)
        ],
    }


def _placement(plan: ActionGraph, host_index: IntArray) -> dict[str, str]:
    """Names of the VMs that run, and of their hosts."""
    vms, hosts = plan.instance.vm_names, plan.instance.host_names
    return {vms[vm]: hosts[host] for vm, host in enumerate(host_index.tolist()) if host != NOWHERE}
