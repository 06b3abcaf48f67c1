"""What blocks is forbidden, and another placement looked for."""

from __future__ import annotations

import numpy as np

from vmopt.change.plans import Plan
from vmopt.rules import Ban, BaseRule
from vmopt.solution import Solution
from vmopt.solving import solve
from vmopt.status import Status


def another(stuck: Plan, time_limit: float) -> tuple[Solution | None, BaseRule]:
    """Solve again without the largest of the moves that block, nor that of VMs that are alike and run beside it.

    Returns
    -------
    Solution or None
        None where there is none.
    BaseRule
        What it was forbidden.
    """
    instance, rule = stuck.instance, _ban(stuck)
    found = solve(instance.replace(rules=(*instance.rules, rule), current=stuck.current), time_limit=time_limit)
    return (found if found.status in (Status.OPTIMAL, Status.FEASIBLE) else None), rule


def _ban(stuck: Plan) -> BaseRule:
    """Forbid the host that the largest blocked VM is to go to, to it and to those like it."""
    instance = stuck.instance
    blocked = np.array([instance.vm_names.index_of[name] for name in stuck.blocking])
    vm = int(blocked[np.argmax(instance.share[blocked])])
    of = instance.vm_classes.of
    alike = np.flatnonzero((of == of[vm]) & (stuck.current == stuck.current[vm]))
    host = instance.host_names[int(stuck.solution.host_index[vm])]
    return Ban([instance.vm_names[int(other)] for other in alike], host)
