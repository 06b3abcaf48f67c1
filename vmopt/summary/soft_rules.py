"""What is worth saying of soft rules: how much a placement breaks them, and what that costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmopt.arrays import IntArray
from vmopt.metrics import penalty_of
from vmopt.plurals import count
from vmopt.summary.figures import number
from vmopt.summary.layout import Fact

if TYPE_CHECKING:
    from vmopt.model.instance import Instance

WHAT = "soft rules"
MOST_SHOWN = 5


def soft_rules_of(instance: Instance, host_index: IntArray) -> list[Fact]:
    """Say what breaking soft rules costs, and by how much each is broken; nothing where there are none.

    Examples
    --------
    >>> import numpy as np
    >>> import vmopt
    >>> rules = [vmopt.Spread("vm-*", penalty=2), vmopt.MustRun("vm-2", penalty=0.5)]
    >>> cluster = vmopt.Instance.from_arrays([[1]] * 3, [[9]], rules=rules)
    >>> for fact in soft_rules_of(cluster, np.array([0, 0, -1])):
    ...     print(fact.value)
    broken at a cost of 2.5: spread by 1 (2), must-run by 1 (0.5)
    """
    if not instance.soft_rules:
        return []
    both = zip(instance.rules, instance.rules_in_force, strict=True)
    measured = [(rule, here.penalty, here.violation(host_index)) for rule, here in both if here.penalty is not None]
    broken = [(_name(rule), size, penalty * size) for rule, penalty, size in measured if size > 0]
    if not broken:
        return [Fact(WHAT, f"{count(len(measured), 'rule')} kept")]
    broken.sort(key=lambda row: -row[2])
    told = [f"{name} by {number(size)} ({number(cost)})" for name, size, cost in broken[:MOST_SHOWN]]
    told += [f"{len(broken) - MOST_SHOWN:,} more"] if len(broken) > MOST_SHOWN else []
    return [Fact(WHAT, f"broken at a cost of {number(penalty_of(instance, host_index))}: {', '.join(told)}")]


def _name(rule: object) -> str:
    return str(getattr(rule, "name", type(rule).__name__))
