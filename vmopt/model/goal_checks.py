"""Whether an instance has what the goals of its objective speak of."""

from __future__ import annotations

from typing import Any

from vmopt.errors import InstanceError


def check_goals(instance: Any) -> None:
    """Refuse goals that do not speak of an instance.

    Raises
    ------
    InstanceError, NetworkError
        If a name or a label is not there, or VMs are elastic, of which goals know no measure.
    """
    levels = instance.objective.goal_levels
    if levels and instance.elastic:
        raise InstanceError(
            "levels of goals measure what VMs ask for, but some VMs may get less: "
            "give an instance with levels no reservations, or its objective no levels."
        )
    for level in levels:
        for goal in level.goals:
            goal.check(instance)
