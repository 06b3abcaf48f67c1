"""What proves bounds of levels of goals, as data; `vmopt.goals.recheck` works out anew what each shows."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from vmopt.arrays import FloatArray
from vmopt.bounds.rule_prices import RulePrices


@dataclass(frozen=True, eq=False)
class HostPrices:
    """Prices of capacity that bound what hosts in use cost: `vmopt.goals.host_bound.verify_host_prices` checks them.

    Attributes
    ----------
    capacity : (n_host_classes, n_resources) float64 array
        At least 0, in units of the costs.
    per_floor : (n_floors,) float64 array
        What a unit of each utilisation counts for of which the levels above hold a least value; at least 0.
    """

    capacity: FloatArray
    per_floor: FloatArray


@dataclass(frozen=True, eq=False)
class HostPatterns:
    """Prices of VM classes that bound what hosts in use cost, checked by `vmopt.goals.host_bound.verify_host_patterns`.

    Attributes
    ----------
    prices : (n_vm_classes,) float64 array
        What running a VM of the class is worth, at least 0, in units of the costs.
    host_profit : (n_host_classes,) float64 array
        No pattern of the class is worth more than this at these prices.
    per_floor : (n_floors,) float64 array
    """

    prices: FloatArray
    host_profit: FloatArray
    per_floor: FloatArray


@dataclass(frozen=True, eq=False)
class MovePrices:
    """Prices of hosts that bound what moves cost: `vmopt.goals.move_bound.verify_move_prices` checks them.

    Attributes
    ----------
    capacity : (n_hosts, n_resources) float64 array
        At least 0, in units of the costs.
    per_floor : (n_floors,) float64 array
        What a unit of each utilisation counts for of which the levels above hold a least value; at least 0.
    rules : RulePrices or None
        What a place costs that a rule limits.
    in_use : (n_held,) float64 array or None
        What a unit of the cost of hosts in use counts for of which the levels above hold a most; at least 0.
    """

    capacity: FloatArray
    per_floor: FloatArray
    rules: RulePrices | None = None
    in_use: FloatArray | None = None


@dataclass(frozen=True)
class Nature:
    """It lies in the nature of the goal: no placement has less than nothing."""


@dataclass(frozen=True, eq=False)
class GoalPrices:
    """Prices that prove what a level of goals costs at least, given what the levels above hold.

    `vmopt.goals.price_proof.verify_goal_prices` works it out anew, with numpy alone.

    Attributes
    ----------
    capacity : (n_host_classes, n_resources) float64 array
        Price of a unit of capacity, at least 0.
    holds : (n_holds,) float64 array
        Price of a unit of what each level above has reached, at least 0.
    slopes : tuple of float64 arrays
        For each goal of the level, then of the levels above: how much each of its linear pieces counts, at least 0 and
        at most 1 in each group of them; see `vmopt.goals.minorant.LinearPieces`.
    below : Fraction or None
        Where it is not None, the level is the fullest host, and prices prove that no placement stays below this part.
    """

    capacity: FloatArray
    holds: FloatArray
    slopes: tuple[FloatArray, ...]
    below: Fraction | None = None


@dataclass(frozen=True)
class Counting:
    """Sums of whole numbers leave no more: the loads that hosts can have are multiples of what VMs ask for."""


@dataclass(frozen=True)
class Leavers:
    """What runs on a host does not fit it any more: `vmopt.goals.leaving.leaving_cost` adds up who has to leave."""
