"""Talks: the traffic of an instance with further VMs, where latency counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from vmopt import checks
from vmopt.errors import OptionError
from vmopt.model.goal_level import GoalLevel
from vmopt.model.names import Names
from vmopt.model.objective import Objective
from vmopt.network.latency import Latency
from vmopt.network.traffic import Traffic

TalksTo = Mapping[str, Mapping[str, float]]
"""For each new VM the VMs that it exchanges data with, and how much, bit/s."""


def latency_of(objective: Objective) -> Any:
    """Return the latency of an objective, which has a price, decides among equals, or is the last level."""
    in_levels = [goal for level in objective.goal_levels for goal in level.goals if isinstance(goal, Latency)]
    return objective.latency if objective.latency is not None else next(iter(in_levels), None)


def objective_with(objective: Objective, names: Names, new: Sequence[str], talks_to: TalksTo) -> Objective:
    """Return the objective of an instance with these VMs, some of which are new.

    A second between two VMs that talk costs what it did: the price of latency, which is a mean over all traffic, grows
    with the traffic. New VMs of which nothing is told talk to nobody.

    Raises
    ------
    OptionError
        If there is traffic, but no latency, or traffic of a VM that is not new.
    NetworkError
        If a VM is unknown or talks to itself, or a rate is no number of at least 0.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.network import star
    >>> cluster = vmopt.Instance.from_arrays([[1], [1]], [[2], [1]], vm_names=["web", "db"])
    >>> chatty = Traffic.from_edges(cluster, [("web", "db", 4e6)])
    >>> goal = vmopt.Objective(latency=Latency(star(cluster, latency=1.0), chatty, weight=0.5))
    >>> names = Names.given(["web", "db", "cron"], 3, "VM")
    >>> more = objective_with(goal, names, ["cron"], {"cron": {"db": 2e6}}).latency
    >>> more.traffic.total, more.weight
    (6000000.0, 0.75)
    """
    latency = latency_of(objective)
    if latency is None:
        if talks_to:
            raise OptionError("talks_to says whom a new VM talks to, but no latency counts here: leave it out.")
        return objective
    old = latency.traffic
    more = Traffic.from_edges(names, _edges(talks_to, new))
    columns = zip((old.source, old.target, old.rate), (more.source, more.target, more.rate), strict=True)
    source, target, rate = (np.concatenate(both) for both in columns)
    traffic = Traffic.from_arrays(names, source, target, rate)
    grown = replace(latency, traffic=traffic)
    if objective.latency is not None:
        factor = traffic.total / old.total if old.total else 1.0
        return replace(objective, latency=replace(grown, weight=latency.weight * factor))
    return replace(objective, levels=tuple(_with(level, grown) for level in objective.goal_levels))


def _edges(talks_to: Any, new: Sequence[str]) -> list[tuple[str, str, float]]:
    if not isinstance(talks_to, Mapping) or not all(isinstance(row, Mapping) for row in talks_to.values()):
        raise OptionError(f"talks_to is {checks.shown(talks_to)}: give VMs and bit/s, such as {{'db': 1e6}}.")
    wrong = next((name for name in talks_to if name not in new), None)
    if wrong is not None:
        raise OptionError(f"talks_to names {wrong!r}, which is not among the new VMs: {', '.join(new[:3])}.")
    return [(one, other, rate) for one, row in talks_to.items() for other, rate in row.items()]


def _with(level: GoalLevel, latency: Latency) -> GoalLevel:
    terms = ((weight, latency if isinstance(goal, Latency) else goal) for weight, goal in level.terms)
    return GoalLevel(tuple(terms))
