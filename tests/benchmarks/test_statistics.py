"""Statistics of results, against figures worked out by hand."""

from __future__ import annotations

from math import inf, isnan, nan, sqrt

import numpy as np
import pytest

from benchmarks.statistics.growth import exponent, growths
from benchmarks.statistics.primal_integral import gap_at, primal_integral
from benchmarks.statistics.profile import times
from benchmarks.statistics.shifted_mean import shifted_geometric_mean
from benchmarks.statistics.standing import standings
from benchmarks.statistics.summary import summarise
from benchmarks.statistics.thinned import thinned
from benchmarks.statistics.wins import Wins, wins_over
from tests.benchmarks.rows import row
from vmopt.solution import HistoryPoint


def test_the_shifted_geometric_mean() -> None:
    """Tests the mean against its formula, and that the shift tames values near 0."""
    assert shifted_geometric_mean([1, 9], shift=1) == pytest.approx(sqrt(2 * 10) - 1)
    assert shifted_geometric_mean([7, 7, 7], shift=3) == pytest.approx(7)
    assert shifted_geometric_mean([0, 0], shift=1e-4) == 0
    assert isnan(shifted_geometric_mean([], shift=1))


@pytest.mark.parametrize(("values", "shift"), [([-1.0], 1.0), ([1.0], 0.0)])
def test_means_that_make_no_sense(values: list[float], shift: float) -> None:
    """Tests that negative values and a shift of 0 are refused."""
    with pytest.raises(ValueError, match="at least 0 and the shift above 0"):
        shifted_geometric_mean(values, shift)


def test_what_the_optimum_wins() -> None:
    """Tests wins over greedy: at least by the best placement of any method, at most by the bound, spread over seeds."""
    rows = [
        row(seed=0, method="greedy-priority", objective=8.0, bound=9.9),
        row(seed=0, method="auto", objective=10.0, bound=12.0),
        row(seed=1, method="greedy-priority", objective=5.0),
        row(seed=1, method="auto", objective=6.0, bound=6.5),
        row(seed=1, method="exact", objective=5.5, bound=7.0),
    ]
    won = Wins.of(wins_over("greedy-priority", rows, standings(rows)))
    assert won is not None
    assert won.by_seed == pytest.approx({0: 0.25, 1: 0.2})
    assert (won.mean, won.smallest, won.largest, won.count) == pytest.approx((0.225, 0.2, 0.25, 2))
    # The bound of 9.9 is below the best placement of seed 0, and is not believed.
    assert won.most == pytest.approx((12 / 8 - 1 + 6.5 / 5 - 1) / 2)
    assert won.points == pytest.approx(1.5)


def test_nothing_to_win_over() -> None:
    """Tests that greedy solves that failed, placed nothing, or have nothing beside them are left out."""
    rows = [row(), row(method="greedy-demand", objective=0.0), row(method="greedy-demand", verified=False)]
    rows += [row(seed=1, method="greedy-demand"), row(seed=1, status="error", verified=False)]
    assert Wins.of(wins_over("greedy-demand", rows, standings(rows))) is None


def test_times_of_a_profile() -> None:
    """Tests that only solves close to the bound or to the best known count, in the same order for every method."""
    rows = [
        row(instance="a", objective=9.95, total_seconds=3.0),
        row(instance="a", method="exact", objective=9.0, total_seconds=1.0),
        row(instance="b", method="exact", backend="highs", objective=10.0, total_seconds=2.0),
        row(instance="c", objective=8.0, best_known=8.05, total_seconds=4.0),
        row(instance="d", status="error", verified=False),
    ]
    assert times(rows, standings(rows)) == {
        "auto": [3.0, inf, 4.0, inf],
        "exact": [inf] * 4,
        "exact@highs": [inf, 2.0, inf, inf],
    }


def test_growth() -> None:
    """Tests medians over seeds, the fitted power, and that sizes whose gap was not reached are left out."""
    rows = [
        row(instance=f"flavor-{vms}", vms=vms, seed=seed, status="optimal", total_seconds=vms**1.5 * factor)
        for vms in (100, 1000, 10_000)
        for seed, factor in enumerate((1e-3, 2e-3, 9e-3))
    ]
    rows += [row(instance="flavor-1e5", vms=100_000, seed=seed) for seed in range(3)]
    (growth,) = growths(rows)
    assert growth.kind == "flavor"
    assert growth.vms == (100, 1000, 10_000, 100_000)
    assert growth.seconds[:3] == pytest.approx([2, 2e-3 * 1000**1.5, 2000])
    assert isnan(growth.seconds[3])
    assert growth.exponent == pytest.approx(1.5)


def test_one_size_has_no_slope() -> None:
    """Tests that one measured size fits no power."""
    assert isnan(exponent([10, 100], [1.0, nan]))


def test_summary_of_a_method() -> None:
    """Tests rates and means of a method, errors included where they belong."""
    rows = [
        row(seed=0, objective=10.0, status="optimal", total_seconds=1.0, best_known=10.0),
        row(seed=1, objective=9.0, total_seconds=7.0, best_known=10.0),
        row(seed=2, status="error", objective=0.0, bound=None, verified=False, message="it failed"),
        row(seed=3, objective=9.95, bound=9.9, total_seconds=3.0),
    ]
    of = summarise("auto", rows, standings(rows))
    assert (of.solves, of.errors, of.proven, of.success) == (4, 1, 0.25, 0.25)
    assert of.correct == pytest.approx(2 / 3)
    assert (of.gap, of.worst_gap) == pytest.approx((0.05, 0.1))
    assert of.best_known_gap == pytest.approx(0.05)
    # Seed 3 reaches 9.95, so its bound of 9.9 is not believed, and nothing is known of how far it was from a bound.
    assert of.primal_integral == pytest.approx(0.1 + 9.8 * 0.2 + 0.1 * 0.1)
    assert of.seconds == pytest.approx((2 * 8 * 4) ** (1 / 3) - 1)


def test_the_primal_integral() -> None:
    """Tests the area by hand: nothing for 2 s, half for 3 s, three quarters for 4 s, and all of it for the last one."""
    history = [
        [0.5, 0.0, 30.0, "dual"],
        [2.0, 8.0, 20.0, "greedy"],
        [5.0, 12.0, 16.0, "auto"],
        [9.0, 16.0, 16.0, "auto"],
    ]
    assert primal_integral(history, bound=16.0, end=10.0) == pytest.approx(2 + 3 / 2 + 4 / 4)
    assert primal_integral(history, bound=16.0, end=3.0) == pytest.approx(2 + 1 / 2)
    assert primal_integral([], bound=16.0, end=3.0) == 3.0
    assert gap_at(history, 16.0, np.array([0.0, 2.0, 4.9, 100.0])) == pytest.approx([1, 0.5, 0.5, 0])


def test_the_primal_integral_of_a_row() -> None:
    """Tests that it takes the least bound of all rows, up to the time limit, and is unknown without a history."""
    rows = [row(time_limit=20.0), row(method="exact", bound=9.5, history=[])]
    known = standings(rows)[rows[0].problem]
    assert known.primal_integral(rows[0]) == pytest.approx(0.1 + 9.8 * 1.5 / 9.5 + 10.1 * 0.5 / 9.5)
    assert known.primal_integral(rows[1]) is None


def test_thinned_histories_keep_their_integral() -> None:
    """Tests that the points that go are those of little area: first, last and a late jump stay."""
    points = [HistoryPoint(0.01 * step, 5.0 + 0.001 * step, 10.0, "auto") for step in range(90)]
    points += [
        HistoryPoint(5.0, 9.0, 10.0, "auto"),
        HistoryPoint(8.0, 9.5, 9.6, "auto"),
        HistoryPoint(9.0, 9.5, 9.6, "auto"),
    ]
    few = thinned(points, 10)
    assert len(few) == 10
    assert (few[0], few[-1], few[-2], few[-3]) == (points[0], points[-1], points[-2], points[-3])
    assert primal_integral(few, 9.6, 10.0) == pytest.approx(primal_integral(points, 9.6, 10.0), rel=2e-3)
    assert thinned(points, 200) == points
