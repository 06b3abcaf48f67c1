"""What steers the search level by level, and why."""

from __future__ import annotations

from dataclasses import dataclass, field

from vmopt.methods.dual_prices import DualPriceParameters


@dataclass(frozen=True)
class TierParameters:
    """How the time is shared among levels, and what a level counts for against others in one objective."""

    least_seconds: float = 0.3
    """Seconds that a search of its own takes at least: of more levels, some are searched together."""
    least_part: float = 0.01
    """The same as a part of the time limit."""
    bound_share: float = 0.15
    """Part of a level's time for its bound by prices alone: the search that follows has prices of its own."""
    grace_seconds: float = 0.5
    """What a fill may take beyond the time limit: even with one of 0 there is to be a placement."""
    most_passes: int = 3
    """Searches of a level, each with stricter weights: beyond, weights differ by more than solvers tell apart."""
    gentle: tuple[float, ...] = (1.0, 4.0)
    """Weights of the levels above at which a level is bounded by prices: small ones say most where those leave room."""
    most_exact: float = 2**46
    """Combined value up to which levels are kept apart for sure: beyond, double precision loses the low ones."""
    ratios: tuple[tuple[float, float], ...] = ((2.0**10, 2.0**20), (2.0**20, 2.0**30), (2.0**40, 2.0**40))
    """What a level counts for against the next, and the first against the last at most; stricter every time."""
    most_apart: int = 3
    """Of many levels that are solved as one, so many of the first are kept apart: more would not fit in doubles."""
    full_ratio: float = 8.0
    """What a unit of a level that runs in full counts for at least, against the level below: it is to stay so."""
    full_each: float = 4.0
    """What each VM of it counts for besides, so that none of little value is given up."""
    prices: DualPriceParameters = field(default_factory=DualPriceParameters)
    """How prices that bound a level are made."""


DEFAULT = TierParameters()
