"""Prices of capacity from the dual of the class relaxation: they prove a bound, and guide what is placed where."""

from __future__ import annotations

from dataclasses import dataclass

from vmopt.arrays import FloatArray
from vmopt.bounds import dual
from vmopt.methods.search import Search

METHOD = "dual-prices"


@dataclass(frozen=True)
class DualPriceParameters:
    """How long prices may take."""

    refining: float = 0.05
    """Part of the time left that the step from a sample to all may take: the sample's are nearly as good."""
    guiding: float = 0.3
    """Part of the time left that prices may take which are made to search by: nothing is searched without them."""
    found: dual.DualParameters = dual.DEFAULT
    """How near to the minimum they go."""


DEFAULT = DualPriceParameters()


def run(search: Search, parameters: DualPriceParameters = DEFAULT) -> None:
    """Tighten the bound by the best prices found: those of a sample at once, better ones in a part of the time left."""
    steps = dual.approach(search.problem, lambda: not search.finished, parameters.found)
    search.tighten_by_prices(next(steps), METHOD)
    with search.within(parameters.refining):
        for found in steps:
            search.tighten_by_prices(found, METHOD)
    search.priced = True


def guiding_prices(search: Search, parameters: DualPriceParameters = DEFAULT) -> FloatArray:
    """Prices to search by: those that prove the bound, else new ones, made in a part of the time left."""
    if not (search.priced or search.prices.any()):
        with search.within(parameters.guiding):
            run(search, parameters)
    return search.prices
