"""Amounts: exact integers, rounded the safe way where no integer is exact."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmopt.errors import InstanceError, RoundingWarning
from vmopt.model import Instance

FLOATS = st.floats(0, 1e6, allow_nan=False)
CLOSE = 1 + 2.0**-44
"""Sums of floats are off by less."""
rounds = pytest.mark.filterwarnings("ignore::vmopt.errors.RoundingWarning")


def of(demand: object, capacity: object = 10**6) -> Instance:
    return Instance.from_arrays([[demand]], [[capacity]])


def test_integers_are_kept() -> None:
    """Tests that integers are taken as they are, with scale 1."""
    cluster = of(2**53 + 1, 2**60)
    assert (cluster.demand.item(), cluster.capacity.item(), cluster.scale.item()) == (2**53 + 1, 2**60, 1)


@pytest.mark.parametrize(
    ("amount", "units", "scale"),
    [(0.5, 1, 2), (0.1, 1, 10), (2.25, 9, 4), (3.0, 3, 1), (0.000001, 1, 10**6), (8706.1, 87061, 10), (1 / 3, 1, 3)],
)
def test_fractions_are_exact(amount: float, units: int, scale: int) -> None:
    """Tests that a float becomes the fraction or decimal that it is the nearest float of, by the smallest scale."""
    cluster = of(amount, 10**4)
    assert (cluster.demand.item(), cluster.scale.item()) == (units, scale)


@pytest.mark.parametrize("amount", [Decimal("0.1"), Fraction(1, 10), np.float64(0.1)])
def test_other_kinds_of_numbers(amount: object) -> None:
    """Tests that decimals, fractions and numpy scalars count as the numbers they are."""
    assert of(amount).demand.item() == 1


def test_inexact_amounts_round_the_safe_way() -> None:
    """Tests that where no scale is exact, demand rounds up and capacity down, and a warning says so."""
    with pytest.warns(RoundingWarning):
        cluster = of(np.pi, np.e)
    demand, capacity = cluster.demand.item() / cluster.scale.item(), cluster.capacity.item() / cluster.scale.item()
    assert np.pi <= demand <= np.pi + 1e-8
    assert np.e - 1e-8 <= capacity <= np.e


@rounds
@given(FLOATS, FLOATS)
def test_integers_bound_the_floats(demand: float, capacity: float) -> None:
    """Tests that integer demand is never below the float, and integer capacity never above it, but for rounding."""
    cluster = of(demand, capacity)
    assert cluster.demand.item() / cluster.scale.item() >= demand / CLOSE
    equal = demand / CLOSE <= capacity <= demand * CLOSE
    assert cluster.capacity.item() <= capacity * CLOSE * cluster.scale.item() + equal


@rounds
@given(st.lists(FLOATS, min_size=1, max_size=4), FLOATS)
def test_replace_changes_no_amount(demand: list[float], capacity: float) -> None:
    """Tests that amounts survive the way to the user's units and back."""
    cluster = Instance.from_arrays([[d] for d in demand], [[capacity]])
    again = cluster.replace()
    assert again == cluster
    assert (again.demand == cluster.demand).all()
    assert (again.scale == cluster.scale).all()


def test_resources_have_scales_of_their_own() -> None:
    """Tests that a float in one resource leaves the integers of another alone, beyond 2^53 too."""
    cluster = Instance.from_arrays([[2**53 + 1, 0.5]], [[2**60 + 1, 4]])
    assert cluster.scale.tolist() == [1, 2]
    assert cluster.demand.tolist() == [[2**53 + 1, 1]]
    assert cluster.replace() == cluster
    assert cluster.replace().demand.tolist() == cluster.demand.tolist()


def test_large_floats_are_not_scaled_beyond_their_digits() -> None:
    """Tests that a fraction beside a huge amount rounds instead of overflowing."""
    with pytest.warns(RoundingWarning, match=r"by at most 0\.75"):
        cluster = Instance.from_arrays([[0.25], [1e15]], [[2e15]])
    assert cluster.demand.ravel().tolist() == [1, 10**15]


def test_unsigned_and_narrow_types() -> None:
    """Tests that every integer and float type of numpy is taken."""
    for dtype in (np.uint8, np.uint64, np.int16, np.float32):
        cluster = Instance.from_arrays(np.array([[7]], dtype=dtype), np.array([[9]], dtype=dtype))
        assert (cluster.demand.item(), cluster.demand.dtype) == (7, np.int64)


BAD = [
    (-1, "cannot be negative"),
    (-0.5, "cannot be negative"),
    (float("nan"), "finite"),
    (float("inf"), "finite"),
    (None, "must be numbers"),
    ("4", "must be numbers"),
    (True, "must be numbers"),
    (1j, "must be numbers"),
    (2**64, "larger unit"),
    (10**400, "larger unit"),
    (np.uint64(2**63), "larger unit"),
    (2**62, "larger unit"),
    (Decimal("NaN"), "finite"),
    (Decimal("sNaN"), "finite"),
    (Fraction(10**400, 3), "finite"),
]


@pytest.mark.parametrize(("amount", "why"), BAD)
def test_bad_amounts_are_refused(amount: object, why: str) -> None:
    """Tests that what is no amount is refused with its cause."""
    with pytest.raises(InstanceError, match=why):
        of(amount)
    with pytest.raises(InstanceError, match=why):
        of(1, amount)


@pytest.mark.parametrize("amount", [-1, float("nan"), None, "4", 2**64])
def test_the_owner_of_a_bad_amount_is_named(amount: object) -> None:
    """Tests that the message names VM or host, resource and amount."""
    given = {"resources": ["cpu", "gpu"], "vm_names": ["a", "web-1"], "host_names": ["h1"]}
    with pytest.raises(InstanceError, match=r"demand of VM 'web-1' for 'gpu' is "):
        Instance.from_arrays([[1, 1], [1, amount]], [[9, 9]], **given)
    with pytest.raises(InstanceError, match=r"capacity of host 'h1' for 'cpu' is "):
        Instance.from_arrays([[1, 1], [1, 1]], [[amount, 9]], **given)


def test_totals_must_fit_64_bits() -> None:
    """Tests that amounts whose sum could overflow are refused, integers and floats alike."""
    for amount in (2**61, 2.0**61, 1e308):
        with pytest.raises(InstanceError, match=r"capacity of resource 'resource-0' adds up to more than 2\^62"):
            Instance.from_arrays([[1]], [[amount]] * 8)


def test_huge_integers_beside_fractions_are_refused() -> None:
    """Tests that an integer that no float holds is refused in a column of fractions, not rounded."""
    with pytest.raises(InstanceError, match="too large"):
        Instance.from_arrays([[2**53 + 1], [0.5]], [[8]])


@pytest.mark.parametrize(
    ("demand", "capacity", "why"),
    [
        ([[1, 2], [3]], [[4, 4]], "ragged"),
        ([[1, 2]], [[4], [4, 4]], "ragged"),
        ([1, 2], [[4]], "shape"),
        ([[1, 2]], [[4]], "shape"),
        ([[[1]]], [[4]], "shape"),
        ([[1]], [4], "shape"),
        ([[]], [[]], "shape"),
        ([], [[4]], "there is no VM"),
        ([[1]], [], "there is no host"),
        (5, [[4]], "one row per VM"),
        ([[1]], None, "one row per host"),
    ],
)
def test_bad_tables_are_refused(demand: object, capacity: object, why: str) -> None:
    """Tests that a table of the wrong shape is refused with its cause."""
    with pytest.raises(InstanceError, match=why):
        Instance.from_arrays(demand, capacity)
