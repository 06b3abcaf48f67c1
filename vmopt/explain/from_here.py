"""From here: changed data with the placement that there is as what runs now."""

from __future__ import annotations

from dataclasses import replace

from vmopt.carried_over import carry_over
from vmopt.errors import InstanceError
from vmopt.model.columns import frozen
from vmopt.model.instance import Instance
from vmopt.model.shapes import OF_MOVES, has
from vmopt.solution import Solution


def from_here(instance: Instance, solution: Solution) -> Instance:
    """Return an instance whose VMs run where the solution has them, so that what is equal stays where it is.

    It is returned as it is where rules or goals speak of what runs now, which is not for a question to change, and
    where latency decides among equals.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[4], [3]], [[5], [5]])
    >>> solution = vmopt.solve(cluster)
    >>> from_here(cluster, solution).current.tolist() == solution.host_index.tolist()
    True
    """
    if instance.objective.latency is not None or _speaks_of_now(instance):
        return instance
    return replace(instance, current=frozen(carry_over(instance, solution)[0]), move_cost=None)


def _speaks_of_now(instance: Instance) -> bool:
    """Whether a rule or a goal would say something else if other VMs ran now: it refuses not to know who does."""
    if instance.current is None:
        return False
    if instance.transient or any(has(instance, level, *OF_MOVES) for level in instance.objective.goal_levels):
        return True
    unknown = replace(instance, current=None, move_cost=None)
    try:
        for rule in unknown.rules:
            rule.on(unknown)
    except InstanceError:
        return True
    return False
