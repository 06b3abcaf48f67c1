"""What is made of claims that are wrong, contradictory or careless."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest

from tests.backends.programs import knapsack, program
from vmopt.backends import LPOptions, LPResult
from vmopt.backends.checks import bound_from_prices, is_feasible, nearest_point
from vmopt.backends.claims import SolverClaim, answer
from vmopt.backends.cp_sat.backend import CpSat
from vmopt.backends.math_opt.backend import glop
from vmopt.errors import SolverError
from vmopt.formulation.linear_program import LinearProgram
from vmopt.status import Limit, Status

PROGRAM = knapsack([5, 4, 3], 8, [10, 7, 6])
BEST, GOOD, BROKEN = np.array([1.0, 0.0, 1.0]), np.array([1.0, 0.0, 0.0]), np.ones(3)


def judged(claim: SolverClaim, given: LinearProgram = PROGRAM, **options) -> LPResult:
    """Return the result that is made of a claim."""
    backend = CpSat() if given.is_integer else glop()
    return answer(backend, given, LPOptions(**options), lambda clock: claim)


def test_a_true_claim_stands() -> None:
    """Tests that a claim without fault is taken over."""
    result = judged(SolverClaim(Status.OPTIMAL, None, BEST, 16.0), gap=0.0)
    assert (result.status, result.limit, result.bound, result.x.tolist()) == (Status.OPTIMAL, None, 16.0, [1, 0, 1])


@pytest.mark.parametrize("status", [Status.OPTIMAL, Status.FEASIBLE])
def test_a_point_that_breaks_the_program_is_an_error(status: Status) -> None:
    """Tests that a point outside the program is never handed out."""
    with pytest.raises(SolverError, match="breaks the program by 4"):
        judged(SolverClaim(status, None, BROKEN, 23.0))


def test_a_broken_point_of_a_stopped_solver_is_none() -> None:
    """Tests that what a solver leaves when it is stopped is dropped where it is no point, and the start comes back."""
    stopped = SolverClaim(Status.FEASIBLE, Limit.TIME, BROKEN, 23.0)
    assert (judged(stopped).status, judged(stopped).x) == (Status.NOT_FOUND, None)
    assert judged(stopped, start=GOOD).x.tolist() == GOOD.tolist()


def test_a_bound_below_a_feasible_point_is_an_error() -> None:
    """Tests that a bound is checked against the point and against the start."""
    with pytest.raises(SolverError, match="nothing is worth more than 15, but a feasible point is worth 16"):
        judged(SolverClaim(Status.OPTIMAL, None, BEST, 15.0))
    with pytest.raises(SolverError, match="nothing is worth more than 10"):
        judged(SolverClaim(Status.OPTIMAL, None, GOOD, 10.0), start=BEST)


def test_infeasibility_against_a_feasible_start_is_an_error() -> None:
    """Tests that the start refutes a wrong proof."""
    with pytest.raises(SolverError, match="the start is one"):
        judged(SolverClaim(Status.INFEASIBLE), start=GOOD)
    assert judged(SolverClaim(Status.INFEASIBLE), start=BROKEN).status is Status.INFEASIBLE


def test_optimal_beyond_the_gap_is_only_feasible() -> None:
    """Tests that the gap is recomputed: a claim of optimality needs a bound that bears it out."""
    claim = SolverClaim(Status.OPTIMAL, None, GOOD, 16.0)
    assert judged(claim, gap=0.1).status is Status.FEASIBLE
    assert judged(claim, gap=0.4).status is Status.OPTIMAL
    assert judged(SolverClaim(Status.OPTIMAL, None, GOOD, inf), gap=1.0).status is Status.FEASIBLE


def test_a_proof_at_the_time_limit_is_a_proof() -> None:
    """Tests that a point within the gap is optimal even if time ran out, and then no limit was met."""
    result = judged(SolverClaim(Status.FEASIBLE, Limit.TIME, BEST, 16.0))
    assert (result.status, result.limit) == (Status.OPTIMAL, None)


def test_the_start_replaces_a_worse_point() -> None:
    """Tests that the better of the solver's point and the start comes back."""
    assert judged(SolverClaim(Status.FEASIBLE, Limit.TIME, GOOD, 18.0), start=BEST).x.tolist() == BEST.tolist()
    assert judged(SolverClaim(Status.FEASIBLE, Limit.TIME, BEST, 18.0), start=GOOD).x.tolist() == BEST.tolist()
    assert judged(SolverClaim(Status.NOT_FOUND, Limit.TIME, None, 18.0), start=GOOD).status is Status.FEASIBLE


def test_nothing_found_is_not_infeasible() -> None:
    """Tests that a claim without a point proves nothing."""
    assert judged(SolverClaim(Status.OPTIMAL)).status is Status.NOT_FOUND
    assert judged(SolverClaim(Status.FEASIBLE, Limit.TIME)).status is Status.NOT_FOUND


def test_prices_replace_the_bound_of_a_continuous_program() -> None:
    """Tests that the bound of a continuous program is the one that its prices prove, not the one that is claimed."""
    given = knapsack([5, 4, 3], 8, [10, 7, 6], integer=False)
    claim = SolverClaim(Status.OPTIMAL, None, np.array([1.0, 0.0, 1.0]), 15.0, np.array([1.75]))
    assert judged(claim, given).bound == pytest.approx(1.75 * 8 + 1.25 + 0.75)


def test_a_careless_point_of_a_continuous_program_is_dropped_unless_it_is_optimal() -> None:
    """Tests that a point of an unfinished solve is kept only if it is feasible."""
    given = knapsack([5, 4, 3], 8, [10, 7, 6], integer=False)
    assert judged(SolverClaim(Status.FEASIBLE, Limit.TIME, BROKEN, 30.0), given).x is None
    assert judged(SolverClaim(Status.FEASIBLE, Limit.TIME, GOOD, 30.0), given).status is Status.FEASIBLE


def test_ctrl_c_while_the_model_is_built() -> None:
    """Tests that Ctrl-C before the solver has started returns the start."""

    def pressed(clock):
        raise KeyboardInterrupt

    result = answer(CpSat(), PROGRAM, LPOptions(start=GOOD), pressed)
    assert (result.status, result.limit, result.x.tolist()) == (Status.FEASIBLE, Limit.INTERRUPTED, GOOD.tolist())


def test_points_are_moved_to_what_they_mean() -> None:
    """Tests that almost whole numbers become whole, and that limits are kept."""
    given = program([1, 1], [[1, 1]], [-inf], [9], [0, 0], [3, 2.5], [True, False])
    assert nearest_point(given, np.array([2.9999997, 2.5000001])).tolist() == [3.0, 2.5]


def test_rows_of_integers_are_checked_exactly() -> None:
    """Tests that one byte too many in a terabyte is seen, and a millionth in a row of fractions is not."""
    terabyte = knapsack([2.0**40, 1.0], 2.0**40, [1, 1])
    fractions = program([1], [[0.1]], [-inf], [0.3], [0], [9], False)
    assert not is_feasible(terabyte, np.array([1.0, 1.0]))
    assert is_feasible(terabyte, np.array([1.0, 0.0]))
    assert is_feasible(fractions, np.array([3.0000001]))
    assert not is_feasible(fractions, np.array([3.001]))
    assert not is_feasible(fractions, np.array([np.nan]))
    assert not is_feasible(fractions, np.zeros(2))


def test_any_prices_give_a_bound() -> None:
    """Tests weak duality on random programs of all kinds of rows, with random prices of any sign."""
    rng = np.random.default_rng(2)
    for _ in range(50):
        rows = rng.normal(size=(3, 4))
        x = rng.uniform(-1, 1, 4)
        row_lower = np.where(rng.random(3) < 0.5, rows @ x - rng.random(3), -inf)
        row_upper = np.where(rng.random(3) < 0.5, rows @ x + rng.random(3), inf)
        given = program(rng.normal(size=4), rows, row_lower, row_upper, [-1] * 4, [1] * 4, False)
        assert bound_from_prices(given, rng.normal(size=3)) >= given.value(x) - 1e-9


def test_a_bound_may_be_infinite() -> None:
    """Tests that prices that leave an unlimited column profitable prove nothing."""
    given = program([2], [[1]], [-inf], [3], [0], [inf], False)
    assert bound_from_prices(given, np.array([1.0])) == inf
    assert bound_from_prices(given, np.array([2.0])) == pytest.approx(6.0, rel=1e-14)
