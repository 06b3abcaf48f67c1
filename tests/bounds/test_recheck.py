"""What proofs of bounds show, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from vmopt.bounds import AllPlaced, Bound, Claim, Enumeration, PatternBound, Prices
from vmopt.bounds.recheck import at_last_step, proven
from vmopt.errors import PlacementError
from vmopt.model import Instance

CLUSTER = Instance.from_arrays([[4], [5]], [[8]], value=[6, 9])


@pytest.mark.parametrize(
    ("proof", "sum_of_all"),
    [
        (Prices(np.array([[1.5]])), 8 * 1.5 + (9 - 5 * 1.5)),
        (PatternBound(np.array([1.0, 0.0]), np.array([9.0])), 1 + 9),
        (AllPlaced(), 6 + 9),
    ],
)
def test_it_is_added_up_anew(proof: Prices | PatternBound | AllPlaced, sum_of_all: float) -> None:
    """Tests each kind of proof that can be added up: what the bound says of itself is of no account."""
    assert proven(CLUSTER, Bound(1.0, proof)) == pytest.approx(sum_of_all, rel=1e-12)


def test_what_another_search_would_have_to_show_is_none() -> None:
    """Tests that an enumeration and a claim prove nothing from the data alone, with steps or without."""
    for proof in (Enumeration("all"), Claim("some-solver")):
        assert proven(CLUSTER, Bound(9.0, proof)) is None
        assert proven(CLUSTER, Bound(9.0, proof, step=3.0)) is None


def test_the_last_step_at_or_below() -> None:
    """Tests values of 6 and 9, which come in steps of 3: 13.5 is lowered to 12, and 12 less a rounding is still 12."""
    assert proven(CLUSTER, Bound(12.0, Prices(np.array([[1.5]])), step=3.0)) == 12
    assert at_last_step(CLUSTER, 12.0, 3.0) == at_last_step(CLUSTER, 12 * (1 - 2**-50), 3.0) == 12
    assert at_last_step(CLUSTER, 12 * (1 - 2**-40), 3.0) == 9


@pytest.mark.parametrize("step", [1.0, 1.5, 6.0])
def test_other_steps_are_refused(step: float) -> None:
    """Tests that a step that the values do not bear out is refused, be it finer or coarser."""
    with pytest.raises(PlacementError, match=f"do not come in steps of {step:g}"):
        at_last_step(CLUSTER, 13.5, step)


def test_values_that_are_not_known_exactly_come_in_no_steps() -> None:
    """Tests that elastic VMs, which may be worth anything in between, have no steps."""
    elastic = Instance.from_arrays([[4], [5]], [[8]], reservation=[[1], [5]])
    with pytest.raises(PlacementError, match="do not come in steps"):
        at_last_step(elastic, 1.0, 1.0)
