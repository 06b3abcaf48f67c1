"""Verdict: what a page says first, in words and in a few figures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vmopt.plurals import count
from vmopt.solution import Solution
from vmopt.status import Status
from vmopt.summary.contradictions import contradictions_of
from vmopt.summary.figures import apart, number, percent, short
from vmopt.summary.layout import Fact
from vmopt.summary.solutions import proof, status

TONES = {Status.OPTIMAL: "good", Status.FEASIBLE: "fair", Status.INFEASIBLE: "bad", Status.NOT_FOUND: "bad"}
ROUNDING = 1e-9
"""What sums in doubles may be apart by, in parts of themselves."""
LEAST_SAID = 1e-4
PROVEN = {
    Status.OPTIMAL: "optimal, proven",
    Status.FEASIBLE: "feasible, not proven to be the best",
    Status.INFEASIBLE: "infeasible, proven",
    Status.NOT_FOUND: "nothing found, nothing proven",
}


@dataclass(frozen=True)
class Figure:
    """A figure at the top of the page.

    Attributes
    ----------
    label, value : str
    of : str
        What it is part of.
    fraction : float or None
        How much of it.
    """

    label: str
    value: str
    of: str = ""
    fraction: float | None = None


@dataclass(frozen=True)
class ResourceBar:
    """What the cluster has of a resource, and what is asked of it.

    Attributes
    ----------
    name, capacity, used, asked : str
    fraction, wanted : float
        Load and demand over capacity, the latter at most 1.
    words : str
        All of it in a sentence.
    """

    name: str
    capacity: str
    used: str
    asked: str
    fraction: float
    wanted: float
    words: str


def has_placement(solution: Solution) -> bool:
    """Tell whether there is anything to show."""
    return solution.status in (Status.OPTIMAL, Status.FEASIBLE)


def headline(solution: Solution) -> str:
    """Return the first sentence: what runs, and how much better it could be at most.

    Examples
    --------
    >>> import vmopt
    >>> headline(vmopt.solve(vmopt.Instance.from_arrays([[4], [9]], [[8]])))
    '1 of 2 VMs runs. No placement is better.'
    """
    if not has_placement(solution):
        proven = solution.status is Status.INFEASIBLE
        return "No placement keeps all rules: that is proven." if proven else "No placement was found."
    n, all_of = solution.n_placed, solution.instance.n_vms
    who = count(all_of, "VM") if n < all_of or n == 1 else f"All {count(all_of, 'VM')}"
    part = f"{n:,} of " if n < all_of else ""
    return f"{part}{who} {'runs' if n == 1 else 'run'}. {_better(solution)}"


def _better(solution: Solution) -> str:
    if solution.instance.objective.goal_levels:
        open_ = sum(level.gap > solution.requested_gap for level in solution.levels)
        return "Each goal is proven." if not open_ else f"{count(open_, 'goal')} could be better."
    if solution.gap <= ROUNDING:
        return "No placement is better."
    if not np.isfinite(solution.gap):
        return "How much better it could be is not known."
    if solution.gap < LEAST_SAID:
        return f"No placement is as much as {percent(LEAST_SAID, 2)} better."
    return f"No placement is more than {percent(solution.gap, 2)} better."


def figures(solution: Solution) -> list[Figure]:
    """Return the figures at the top of the page."""
    if not has_placement(solution):
        return []
    instance = solution.instance
    used = len(np.unique(solution.host_index[solution.host_index >= 0]))
    objective, bound = apart(solution.objective, solution.bound)
    n_vms, n_hosts = instance.n_vms, instance.n_hosts
    return [
        Figure("VMs that run", f"{solution.n_placed:,}", f"of {n_vms:,}", solution.n_placed / n_vms),
        Figure("VMs left out", f"{n_vms - solution.n_placed:,}", f"of {n_vms:,}", 1 - solution.n_placed / n_vms),
        Figure("hosts in use", f"{used:,}", f"of {n_hosts:,}", used / n_hosts),
        Figure("objective", objective),
        Figure("at most possible", bound),
        Figure("gap", percent(solution.gap if solution.gap > ROUNDING else 0.0)),
    ]


def details(solution: Solution) -> list[Fact]:
    """Return who proved what, and what it took."""
    by = f" with {solution.backend}" if solution.backend else ""
    facts = [Fact("status", status(solution))]
    if has_placement(solution):
        more = number(solution.bound - solution.objective) if np.isfinite(solution.bound) else "an unknown amount"
        facts += [
            Fact(
                "a better placement",
                f"could bring {more} more at most" if solution.gap > ROUNDING else "does not exist",
            ),
            Fact("bound", f"{number(solution.bound)}, {proof(solution)}"),
        ]
    facts += [Fact("method", f"{solution.method}{by}"), Fact("time", f"{number(solution.solve_seconds, 3)} s")]
    return [*facts, *contradictions_of(solution.instance)]


def bars(solution: Solution) -> list[ResourceBar]:
    """Return load and demand of each resource of the cluster."""
    instance, found = solution.instance, []
    for k, (name, fraction) in enumerate(solution.utilisation.items()):
        unit, capacity = int(instance.scale[k]), int(instance.total[k])
        load, demand = int(solution.loads[:, k].sum()), int(instance.demand[:, k].sum())
        has, used, asked = (short(units / unit) for units in (capacity, load, demand))
        words = f"{used} of {has} {name} used, {percent(fraction, 1)}; {asked} asked for"
        found.append(
            ResourceBar(name, has, used, asked, fraction, min(1.0, demand / capacity if capacity else 0.0), words)
        )
    return found
