"""A bound and its proof: what a proof rests on is data, to be carried about, written down and rechecked."""

from __future__ import annotations

from dataclasses import dataclass

from vmopt.arrays import FloatArray
from vmopt.bounds.level_proofs import Counting, GoalPrices, HostPatterns, HostPrices, Leavers, MovePrices, Nature
from vmopt.bounds.rule_prices import RulePrices


@dataclass(frozen=True, eq=False)
class Prices:
    """Prices of capacity, and of limits of rules, prove it: `vmopt.verify_bound` works it out anew, with numpy alone.

    Attributes
    ----------
    capacity : (n_host_classes, n_resources) float64 array
        At least 0.
    rules : RulePrices or None
        None where the limits of rules cost nothing.
    """

    capacity: FloatArray
    rules: RulePrices | None = None


@dataclass(frozen=True, eq=False)
class PatternBound:
    """What proves a pattern bound: a price for each VM class, and the best that a host can then still earn.

    `vmopt.verify_pattern_bound` adds it up anew, with numpy alone; that no pattern earns more is believed unless it is
    asked to prove that too.

    Attributes
    ----------
    prices : (n_vm_classes,) float64 array
        At least 0.
    host_profit : (n_host_classes,) float64 array
        No pattern of the class is worth more than this after paying the prices of its VMs.

    Examples
    --------
    >>> import numpy as np
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[5], [4]], [[7]], value=[5, 4])
    >>> proof = vmopt.PatternBound(prices=np.array([0.0, 0.0]), host_profit=np.array([5.0]))
    >>> round(vmopt.verify_pattern_bound(cluster, proof), 6)
    5.0
    """

    prices: FloatArray
    host_profit: FloatArray


@dataclass(frozen=True, eq=False)
class LevelBound:
    """Prices that bound the value of levels of priority, given what the levels above them have.

    Attributes
    ----------
    prices : (n_host_classes, n_resources) float64 array
    per_value : (n,) float64 array
        What a unit of value (see `vmopt.bounds.level_worth.worth_of`) in each of the first n levels counts for; the
        others
        count for nothing.
    per_vm : (n,) float64 array
        What each VM of a level counts for beyond that; above 0 only where the whole level runs.

    Examples
    --------
    >>> import numpy as np
    >>> import vmopt
    >>> tiers = vmopt.Objective("tiers")
    >>> cluster = vmopt.Instance.from_arrays([[4], [5], [3]], [[8]], priority=[2, 1, 1], objective=tiers)
    >>> proof = vmopt.LevelBound(prices=np.array([[0.0]]), per_value=np.array([1.0]), per_vm=np.array([0.0]))
    >>> vmopt.verify_level_bound(cluster, [-1, -1, -1], 2, proof)
    0.5
    """

    prices: FloatArray
    per_value: FloatArray
    per_vm: FloatArray


@dataclass(frozen=True)
class Enumeration:
    """All there is was looked at: all patterns of every host class, or, in whole numbers of any length, all placements.

    Only another search can recheck that.
    """

    by: str


@dataclass(frozen=True)
class Claim:
    """A backend says so, within its tolerances: there is nothing to recheck it with."""

    by: str


@dataclass(frozen=True)
class AllPlaced:
    """All VMs together are not worth more."""


@dataclass(frozen=True)
class Levels:
    """The bounds of the levels of priority add up to it, each given the levels above."""


Proof = (
    Prices
    | PatternBound
    | LevelBound
    | Enumeration
    | Claim
    | AllPlaced
    | Nature
    | Leavers
    | Levels
    | HostPrices
    | HostPatterns
    | MovePrices
    | GoalPrices
    | Counting
)


@dataclass(frozen=True)
class Bound:
    """No placement is worth more than `value`.

    Attributes
    ----------
    value : float
        In the unit of the objective.
    proof : Prices, PatternBound, Enumeration, Claim, or another of this module
    step : float
        Where above 0, objectives are multiples of it, and the value is the last one at or below what is proven.

    Examples
    --------
    >>> Bound(9.0, Claim("some-solver"), step=3.0).by
    'some-solver, values in steps of 3'
    """

    value: float
    proof: Proof
    step: float = 0.0

    @property
    def by(self) -> str:
        """What proves it, in words."""
        steps = f", values in steps of {self.step:g}" if self.step else ""
        return name_of(self.proof) + steps


def name_of(proof: Proof) -> str:
    """Return the word for a proof: ``prices``, ``patterns``, ``total``, ``levels``, ``counting``, or a backend."""
    match proof:
        case Prices() | LevelBound() | HostPrices() | MovePrices() | GoalPrices():
            return "prices"
        case PatternBound() | HostPatterns():
            return "patterns"
        case AllPlaced():
            return "total"
        case Nature():
            return "nature"
        case Leavers():
            return "leavers"
        case Counting():
            return "counting"
        case Levels():
            return "levels"
        case Enumeration(by) | Claim(by):
            return by
