"""Bid: what a VM is worth against what it would take from others."""

from __future__ import annotations

from dataclasses import dataclass

from vmopt.explain.plain import Record
from vmopt.plurals import count
from vmopt.summary.figures import number


@dataclass(frozen=True)
class Bid(Record):
    """What a VM is worth against what it would take from others.

    Attributes
    ----------
    value : float
        What it would add to the objective, when it gets all that it asks for.
    cost : float or None
        What the capacity and the limits of rules that it needs are worth at the solution's prices, where that is
        cheapest; None where the solution has no prices.
    takers : int
        How many VMs run, on hosts where it could, that are worth at least as much for what they take.
    examples : tuple of str
        Those of the takers that are worth least for what they take.
    at_best : float or None
        No placement that runs it is worth more; None where that is not known.
    found : float or None
        What a placement that runs it is worth; None where none was looked for, or found.
    objective : float
        What the solution is worth.
    """

    value: float
    cost: float | None
    takers: int
    examples: tuple[str, ...]
    at_best: float | None
    found: float | None
    objective: float

    def __str__(self) -> str:
        said = f"worth {number(self.value)}"
        if self.cost is not None:
            said += f"; what it needs is worth {number(self.cost)} at the solution's prices"
        if self.takers:
            said += f", and {count(self.takers, 'VM')} worth at least as much for what they take run instead: "
            said += ", ".join(self.examples) + (" and more" if self.takers > len(self.examples) else "")
        if self.found is not None:
            said += f"; the best found with it is {number(self.found)}, the solution is {number(self.objective)}"
        elif self.at_best is not None:
            said += f"; with it at most {number(self.at_best)}, the solution is {number(self.objective)}"
        return said
