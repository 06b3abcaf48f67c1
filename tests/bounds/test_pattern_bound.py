"""The bound over patterns and its recheck, worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from vmopt import Spread
from vmopt.bounds import PatternBound, pattern_bound
from vmopt.bounds.pattern_bound import EPSILON, recheck_pattern_bound, verify_pattern_bound
from vmopt.errors import OptionError, PlacementError
from vmopt.model import Instance

CLUSTER = Instance.from_arrays([[4], [4], [5]], [[8], [8], [5]], value=[4, 4, 6])


def of(small: float, large: float, eight: float, five: float) -> PatternBound:
    """Prices of the VMs of 4 and 5, and what hosts of 8 and 5 earn, in the order of the classes."""
    prices, profit = np.empty(2), np.empty(2)
    prices[CLUSTER.vm_classes.of] = [small, small, large]
    profit[CLUSTER.host_classes.of] = [eight, eight, five]
    return PatternBound(prices, profit)


def test_every_vm_and_every_host_counts() -> None:
    """Tests ``2 x 1 + 3 + 2 x 6 + 3``, raised by four units in the last place: patterns are believed."""
    assert verify_pattern_bound(CLUSTER, of(1, 3, 6, 3)) == (2 * 1 + 3 + 2 * 6 + 3) * (1 + 4 * EPSILON)
    assert verify_pattern_bound(CLUSTER, of(0, 0, 0, 0)) == 0


def test_patterns_that_earn_more_are_found() -> None:
    """Tests profits of 3 and 3: two VMs of 4 earn 6 on a host of 8, one VM of either earns 3 on a host of 5."""
    found = recheck_pattern_bound(CLUSTER, of(1, 3, 4, 3))
    assert found.host_profit[CLUSTER.host_classes.of] == pytest.approx([6, 6, 3], rel=1e-8)
    assert found.proven.tolist() == [True, True]
    assert found.bound == pytest.approx(2 * 1 + 3 + 2 * 6 + 3, rel=1e-8)
    assert verify_pattern_bound(CLUSTER, of(1, 3, 4, 3), recheck=True) == pytest.approx(20, rel=1e-8)


def test_a_host_holds_no_more_than_rules_let_it() -> None:
    """Tests that at most one VM of a size on a host earns 4, where two would fit, and that more is not demanded."""
    pair = Instance.from_arrays([[4], [4]], [[8], [8]], value=[4, 4])
    free = PatternBound(np.zeros(1), np.zeros(1))
    assert recheck_pattern_bound(pair, free).host_profit == pytest.approx([8], rel=1e-8)
    apart = pair.replace(rules=[Spread("vm-*")])
    assert recheck_pattern_bound(apart, free).host_profit == pytest.approx([4], rel=1e-8)


@pytest.mark.parametrize(("late", "end"), [(100.0, 110.0), (104.0, 110.0), (200.0, 200.0)])
def test_time_is_shared_out(monkeypatch: pytest.MonkeyPatch, late: float, end: float) -> None:
    """Tests that of 10 seconds the first of two host classes may take 5, and the second what is left, if anything."""
    clock, ends = iter([100.0, 100.0, late]), []
    monkeypatch.setattr(pattern_bound.time, "perf_counter", lambda: next(clock))
    monkeypatch.setattr(pattern_bound, "_until", lambda end: ends.append(end) or (lambda: len(ends) > 1))
    found = recheck_pattern_bound(CLUSTER, of(1, 3, 0, 0), time_limit=10)
    assert ends == [105.0, end]
    assert found.proven[0]
    assert found.bound >= 20


def test_time_is_up_when_it_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that the end itself is too late."""
    monkeypatch.setattr(pattern_bound.time, "perf_counter", lambda: 7.0)
    assert [pattern_bound._until(end)() for end in (6.0, 7.0, 8.0)] == [True, True, False]


@pytest.mark.parametrize("check", [verify_pattern_bound, recheck_pattern_bound])
@pytest.mark.parametrize(
    ("prices", "profit", "why"),
    [
        ([1.0], [1.0, 1.0], "the prices of a pattern bound must be 2 finite numbers"),
        ([1.0, -1.0], [1.0, 1.0], "the prices"),
        ([1.0, np.inf], [1.0, 1.0], "the prices"),
        ([1.0, 1.0], [[1.0, 1.0]], "the profit of a pattern bound must be 2 finite numbers"),
        ([1.0, 1.0], [1.0, -1.0], "the profit"),
        ([1.0, 1.0], [1.0, np.nan], "the profit"),
    ],
)
def test_what_proves_nothing_is_refused(check: Any, prices: list[float], profit: list[Any], why: str) -> None:
    """Tests wrong shapes, and one wrong number among right ones."""
    with pytest.raises(PlacementError, match=why):
        check(CLUSTER, PatternBound(np.array(prices), np.array(profit)))


def test_wrong_arguments_are_named() -> None:
    """Tests something else in place of a certificate, a time and a flag."""
    with pytest.raises(PlacementError, match="the pattern_bound of a Solution"):
        verify_pattern_bound(CLUSTER, 3.0)  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="time_limit"):
        recheck_pattern_bound(CLUSTER, of(1, 3, 6, 3), time_limit=-0.5)
    with pytest.raises(OptionError, match="recheck"):
        verify_pattern_bound(CLUSTER, of(1, 3, 6, 3), recheck=1)  # type: ignore[arg-type]
    assert recheck_pattern_bound(CLUSTER, of(1, 3, 6, 3), time_limit=0).bound >= 20
