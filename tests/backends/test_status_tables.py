"""Every code of every vendor, and unknown ones."""

from __future__ import annotations

from itertools import product
from types import SimpleNamespace

import pytest

from tests.backends.programs import knapsack, program
from vmopt.backends.cp_sat import backend as cp_sat
from vmopt.backends.cp_sat.model import integer_model
from vmopt.backends.math_opt import status as math_opt_status
from vmopt.backends.pulp import status as pulp_status
from vmopt.errors import SolverError
from vmopt.status import Limit, Status

BOXED = knapsack([1.0], 1.0, [1.0])
OPEN = program([1], [[-1]], [-float("inf")], [5], [0], [float("inf")], False)


def termination(reason: int, limit: int = 0) -> SimpleNamespace:
    """Return what MathOpt returns, without MathOpt."""
    return SimpleNamespace(reason=reason, limit=limit, detail="its words")


def test_every_code_of_cp_sat_is_known() -> None:
    """Tests that the table has each code of CP-SAT and no other, and the right meaning for each."""
    from ortools.sat import cp_model_pb2

    meaning = {name: cp_sat.STATUS[code] for name, code in cp_model_pb2.CpSolverStatus.items()}
    assert len(meaning) == len(cp_sat.STATUS)
    assert meaning == {
        "UNKNOWN": Status.NOT_FOUND,
        "MODEL_INVALID": None,
        "FEASIBLE": Status.FEASIBLE,
        "INFEASIBLE": Status.INFEASIBLE,
        "OPTIMAL": Status.OPTIMAL,
    }


@pytest.mark.parametrize("code", [1, 5, -1])
def test_invalid_and_unknown_codes_of_cp_sat_are_errors(code: int) -> None:
    """Tests that an invalid model and a code that nobody knows raise an error with the solver's words."""
    response = SimpleNamespace(status=code, solution_info="its words", best_objective_bound=0.0)
    with pytest.raises(SolverError, match=f"status {code} \\(its words\\)"):
        cp_sat._claim(response, None, integer_model(BOXED), 1)


def test_every_code_of_math_opt_is_known() -> None:
    """Tests that the tables have each code of MathOpt and no other."""
    from ortools.math_opt import result_pb2

    assert set(math_opt_status.REASON) == set(result_pb2.TerminationReasonProto.values())
    assert set(math_opt_status.LIMIT) == set(result_pb2.LimitProto.values())
    optimal = [code for code, meaning in math_opt_status.REASON.items() if meaning is Status.OPTIMAL]
    infeasible = [code for code, meaning in math_opt_status.REASON.items() if meaning is Status.INFEASIBLE]
    assert optimal == [result_pb2.TERMINATION_REASON_OPTIMAL]
    assert infeasible == [result_pb2.TERMINATION_REASON_INFEASIBLE]


def test_every_solver_code_of_math_opt_is_the_right_one() -> None:
    """Tests that the backends name the solvers that they mean."""
    from ortools.math_opt import parameters_pb2

    from vmopt.backends.math_opt.backend import glop, highs, pdlp, scip

    names = {backend.code: backend.name.upper() for backend in (glop(), highs(), pdlp(), scip())}
    for code, name in names.items():
        vendor = parameters_pb2.SolverTypeProto.Name(code).removeprefix("SOLVER_TYPE_")
        assert vendor == {"SCIP": "GSCIP"}.get(name, name)


def test_limits_of_math_opt() -> None:
    """Tests that why MathOpt stopped is told."""
    assert math_opt_status.read("highs", BOXED, termination(9, 3)) == (Status.FEASIBLE, Limit.TIME)
    assert math_opt_status.read("highs", BOXED, termination(6, 6)) == (Status.NOT_FOUND, Limit.MEMORY)
    assert math_opt_status.read("highs", BOXED, termination(6, 9)) == (Status.NOT_FOUND, Limit.INTERRUPTED)
    assert math_opt_status.read("highs", BOXED, termination(6, 99)) == (Status.NOT_FOUND, None)


def test_infeasible_or_unbounded_is_infeasible_only_where_nothing_is_unbounded() -> None:
    """Tests that the doubtful code is taken for infeasible only where the columns bound the objective."""
    assert math_opt_status.read("highs", BOXED, termination(4)) == (Status.INFEASIBLE, None)
    with pytest.raises(SolverError, match="no feasible point, or the objective can grow"):
        math_opt_status.read("highs", OPEN, termination(4))


@pytest.mark.parametrize("code", [0, 3, 7, 8, 42])
def test_failures_of_math_opt_are_errors(code: int) -> None:
    """Tests that unbounded, failed and unknown terminations raise an error with the solver's words."""
    with pytest.raises(SolverError, match=r"highs: .*its words"):
        math_opt_status.read("highs", BOXED, termination(code))


def test_every_pair_of_pulp_3_claims_no_more_than_it_may() -> None:
    """Tests that of all pairs of codes only (Optimal, Optimal) is optimal, and INFEASIBLE needs status Infeasible."""
    for status, solution in product(range(-4, 4), range(-3, 4)):
        meaning, _ = pulp_status.read("3", status, solution)
        assert (meaning is Status.OPTIMAL) == ((status, solution) == (1, 1))
        assert meaning is not Status.INFEASIBLE or status == -1
        assert meaning is not Status.FEASIBLE or solution in (1, 2)


def test_every_code_of_pulp_is_known() -> None:
    """Tests that the tables have every code of the installed PuLP."""
    import pulp

    if hasattr(pulp.const, "LpSolveStatus"):
        assert set(pulp_status.PULP_4) == {int(code) for code in pulp.const.LpSolveStatus}
    else:
        assert {status for status, _ in pulp_status.PULP_3} == set(pulp.const.LpStatus)
        assert {solution for _, solution in pulp_status.PULP_3} == set(pulp.const.LpSolution)


@pytest.mark.parametrize("code", [*pulp_status.PULP_4, 17, -99])
def test_every_code_of_pulp_4_claims_no_more_than_it_may(code: int) -> None:
    """Tests that without a solution nothing is optimal or feasible, and with one nothing is lost."""
    without, _ = pulp_status.read("4", code, False)
    with_one, _ = pulp_status.read("4", code, True)
    assert (without is Status.INFEASIBLE) == (code == -1)
    assert without in (Status.INFEASIBLE, Status.NOT_FOUND)
    assert (with_one is Status.OPTIMAL) == (code in (1, -7))
    assert with_one in (Status.OPTIMAL, Status.FEASIBLE) or code == -1


def test_a_time_out_of_pulp_3_is_feasible_at_most() -> None:
    """Tests what PuLP 3 says at a time-out: status Optimal, solution Integer Feasible."""
    assert pulp_status.read("3", 1, 2) == (Status.FEASIBLE, Limit.TIME)


LOG = """\
Cbc0010I After 100 nodes, 9 on tree, -51 best solution, best possible -99.5 (1.00 seconds)
Cbc0005I Partial search - best objective -51.6 (best possible -57.3128), took 48398 iterations (3.00 seconds)

Result - Stopped on time limit

Objective value:                -51.60000000
Lower bound:                    -57.313
Gap:                            0.11
"""


@pytest.mark.parametrize(
    ("log", "bound"),
    [
        (LOG, -57.3129),
        ("Lower bound:                    -5.18947e+07\n", -5.18948e7),
        ("Cbc0010I After 100 nodes, best possible -9.5 (1.00 seconds)\n", -float("inf")),
        ("", -float("inf")),
    ],
)
def test_bounds_are_read_from_the_end_of_a_log_of_cbc(log: str, bound: float) -> None:
    """Tests that only the last words of CBC count, and that the digits it leaves out are given away."""
    assert pulp_status.cbc_bound(log) == pytest.approx(bound, rel=1e-12)


def test_a_search_that_ended_is_told_from_one_within_the_gap() -> None:
    """Tests that only a finished search counts as one."""
    assert pulp_status.cbc_searched_all("x\nResult - Optimal solution found\n\n")
    assert not pulp_status.cbc_searched_all("Result - Optimal solution found (within gap tolerance)\n")
    assert not pulp_status.cbc_searched_all(LOG)
