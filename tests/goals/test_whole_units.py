"""Costs in whole numbers of one unit, whether each is looked at or all are whole already."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from vmopt.errors import InstanceError
from vmopt.goals.whole_units import EXACT, in_units


@pytest.mark.parametrize("scale", [1.0, 3.0, 0.5, 0.1, 2.0**40])
def test_units_times_whole_numbers_are_the_costs_without_a_common_divisor(scale: float) -> None:
    costs = (np.random.default_rng(0).integers(0, 50, 200) * 4 * scale).round(3).tolist()
    whole, unit = in_units(costs, "cost")
    assert [unit * int(each) for each in whole] == [Fraction(str(cost)) for cost in costs]
    assert np.gcd.reduce(whole) == 1


def test_nothing_costs_nothing() -> None:
    assert in_units([], "cost")[0].tolist() == []
    assert in_units([0.0, 0.0], "cost")[0].tolist() == [0, 0]


@pytest.mark.parametrize("costs", [[float(EXACT), 1.0], [EXACT / 2, EXACT / 2 - 1.0, 1.0], [0.1, 1e16]])
def test_sums_beyond_doubles_are_refused(costs: list[float]) -> None:
    with pytest.raises(InstanceError, match="cost has too many digits"):
        in_units(costs, "cost")
