"""What VMs are worth, exactly."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import vmopt
from benchmarks.fuzz.truth import worth_of as true_worth
from vmopt.model.worth import MOST_CLASSES


@pytest.mark.parametrize("weighting", ["priority", "demand", "tiers"])
@pytest.mark.parametrize("weights", [None, {"cpu": 0.1, "memory": 3}])
def test_worth_is_that_of_plain_fractions(weighting: str, weights: dict[str, float] | None) -> None:
    """Tests every weighting, with values of some VMs' own, against fractions worked out one by one."""
    instance = vmopt.Instance.from_arrays(
        [[3, 1], [3, 1], [0, 7], [0, 0], [0.3, 2]],
        [[7, 9], [0, 4]],
        priority=[1, 10**9, 3, 5, 2],
        value=[np.nan, np.nan, 0.1, np.nan, np.nan],
        resources=["cpu", "memory"],
        objective=vmopt.Objective(weighting, weights),
    )
    assert instance.worth is not None
    exact = [instance.worth.number[j] * instance.worth.unit for j in instance.vm_classes.of]
    assert exact == [true_worth(instance, vm) for vm in range(5)]
    assert instance.worth.total * instance.worth.unit == sum(exact)


def test_what_only_looks_equal() -> None:
    """Tests that worth is unknown where VMs are merged whose values differ by less than doubles show."""
    near = [2.0**53, 2.0**53 - 1]
    merged = vmopt.Instance.from_arrays([[3], [3]], [[3 * 2**9 - 1]], priority=near)
    apart = vmopt.Instance.from_arrays([[1], [1]], [[1]], priority=near)
    assert apart.worth is not None
    assert apart.worth.unit == 1
    assert (merged.worth is None) == (len(merged.vm_classes) == 1)


def test_no_values_and_too_many_classes() -> None:
    """Tests that nothing is made of values that are all 0, and of more classes than fractions are quick for."""
    assert vmopt.Instance.from_arrays([[1]], [[1]], value=[0]).worth is None
    many = np.arange(1, MOST_CLASSES + 2)
    assert vmopt.Instance.from_arrays(many[:, None], [[10]]).worth is None
    assert vmopt.Instance.from_arrays(many[1:, None], [[10]]).worth.unit == Fraction(1, 10)
