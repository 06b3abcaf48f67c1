"""What steers exchanges for balances, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(frozen=True)
class WalkParameters:
    """How many exchanges are looked at."""

    drawn: int = 8_000
    """Exchanges that are drawn in a round: so many that a pass over them is worth more than it costs."""
    alone: float = 0.3
    """Part of them in which nobody comes in return."""
    asked: int = 200
    """Exchanges of one host, the best first, about which rules are asked: that takes longer than all else."""
    partners: int = 4_000
    """VMs elsewhere that those of one host are compared with, at most; drawn where there are more."""


@dataclass(frozen=True)
class NarrowingParameters:
    """How a band around the loads of hosts gets narrower."""

    deal_share: float = 0.3
    """Part of the time left for dealing all VMs anew, before anything is exchanged."""
    opened_share: float = 0.1
    """Part of it for choosing which hosts are in use."""
    margin: Fraction = Fraction(1, 500)
    """How much fuller than the bound hosts may be for that choice: the bound itself is seldom reached."""
    walk_share: float = 0.4
    """Part of it for exchanges before hosts are cut; they go on afterwards."""
    cut_share: float = 0.25
    """Part of it for one try of hosts that are cut to a part of them."""
    cut_tried: int = 12
    """Parts that are tried: each halves what is open."""
    near: Fraction = Fraction(1, 10**6)
    """Part of the value that counts as reached there."""
    step: float = 0.1
    """Part of the way to the bound that a band is narrowed by; half of it where that was too much."""
    closest: float = 1e-4
    """Part of a value by which a band has to be narrower to be worth the walk."""
    evenness: float = 0.02
    """What the square of how full hosts are counts for beside what is outside of the band."""
    heats: tuple[float, ...] = (0.0, 0.03, 0.01)
    """What exchanges may cost at first, in parts of the mean of what hosts cost, in turn."""
    rounds: int = 60
    """In which a placement cools down."""
    cold: float = 0.2
    """Last part of the rounds, in which nothing may cost anything."""
    most_in_vain: int = 60
    """Bands that were not reached, one after the other, after which it ends."""
    walk: WalkParameters = field(default=WalkParameters())
    """How many exchanges are looked at."""


@dataclass(frozen=True)
class SumParameters:
    """How a placement cools down, again and again, where the level is a sum over hosts."""

    rounds: int = 600
    """In which a placement cools down: a sum has far more placements of about its value than a fullest host."""
    heats: tuple[float, ...] = (0.0, 0.25, 0.12, 0.06, 0.4)
    """What an exchange may cost at first, in parts of the mean of what hosts cost that cost anything, in turn."""
    half: float = 0.5
    """Part of the first heat, from which on placements may be the best."""
    cold: float = 0.1
    """Last part of the rounds, in which nothing may cost anything."""
    bend: float = 0.05
    """By which part a fragment counts less that is nearly a piece, in every other cooling that follows one in vain."""
    patience: int = 3
    """Coolings in vain after which few hosts at a time are filled anew."""
    most_in_vain: int = 10
    """Coolings in vain after which it ends."""
    walk: WalkParameters = field(default=WalkParameters())
    """How many exchanges are looked at."""


@dataclass(frozen=True)
class DescentParameters:
    """How many moves are compared, where each has to count."""

    most_pairs: int = 10_000_000
    """Demands times hosts up to which it is held what each adds to each: 80 MB."""
    parts: int = 1_000_000
    """Of these, how many are worked out in one go."""
    looked_at: int = 64
    """VMs, those first that can save most, whose moves are compared."""
    asked: int = 200
    """Moves, the best first, about which rules are asked: that takes longer than all else."""
    returns: int = 20
    """Moves, the cheapest first, that are taken back for a better one where no more are permitted."""


WALK, NARROWING, SUM, DESCENT = WalkParameters(), NarrowingParameters(), SumParameters(), DescentParameters()
