"""Plans as JSON, for programs that carry them out."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from vmopt.change.action import NOWHERE
from vmopt.io.fingerprint import fingerprint

if TYPE_CHECKING:
    from vmopt.change.plans import Plan

FORMAT, VERSION = "vmopt-plan", 1


def document(plan: Plan) -> dict[str, Any]:
    """Return a plan as an object of JSON.

    ``actions`` lists kind, VM, ``from`` and ``to`` (null for none), the numbers of those that it waits for, and when it
    begins and how long it takes, in seconds.

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
