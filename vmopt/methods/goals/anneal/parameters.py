"""What steers the annealing of placements whose moves are weighed against loads, and why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AnnealParameters:
    """How a placement cools down.

    Heats are in parts of what a VM costs more than the bound in the mean, so that they suit any unit of cost.
    """

    times: tuple[float, float, float] = (0.0, 0.75, 0.95)
    """Parts of the time between which it cools down, by the same factor each second; after the last it is cold."""
    heats: tuple[float, float, float] = (10.0, 0.03, 1e-6)
    """Heats at these: from where nearly all is accepted, most of the time to where little is, then to nothing."""
    partners: int = 100
    """Among whom somebody is drawn to change places with: so many that one of about the same size is among them."""
    drawn: int = 1_000
    """VMs drawn in the first round, by which is found how many take `look` seconds."""
    look: float = 0.05
    """Seconds between two looks at the clock and at the cost: often enough to end in time, and to keep the best."""
    smallest: float = 0.05
    """Part of the mean size that is added to each, by whose root VMs are drawn: small ones have their turn too."""
    most_ways: int = 30_000_000
    """Pairs of hosts up to which ways between them are held: 240 MB."""
    most_counts: int = 50_000_000
    """Groups times domains of rules up to which they are counted: 400 MB."""


DEFAULT = AnnealParameters()
