"""Time limits, Ctrl-C, starts and progress, on a program that nobody solves in time."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import replace

import numpy as np
import pytest

from tests.backends.programs import CASES, assignment, hard
from tests.patience import PATIENCE
from vmopt.backends import Backend, Capability, LPOptions, LPResult, get
from vmopt.status import Limit, Status

INTEGER = ["cp-sat", "highs", "scip", "cbc"]


@pytest.fixture(scope="module")
def program():
    """A program that takes every solver minutes."""
    return hard()


def interrupted(solve) -> LPResult:
    """Run a call and press Ctrl-C after a second."""
    timer = threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    try:
        return solve()
    finally:
        timer.cancel()


def test_no_time_proves_nothing(backend: Backend) -> None:
    """Tests that a limit of 0 s never says INFEASIBLE, even where that can be seen at a glance."""
    name = "limits cross" if Capability.CONTINUOUS in backend.capabilities else "no whole number between"
    result = backend.solve(CASES[name].program, LPOptions(time_limit=0.0))
    assert (result.status, result.limit, result.x, result.bound) == (Status.NOT_FOUND, Limit.TIME, None, np.inf)


def test_no_time_still_returns_the_start(backend: Backend) -> None:
    """Tests that a feasible start comes back at a limit of 0 s, and an infeasible one does not."""
    name = "counts" if Capability.INTEGER in backend.capabilities else "two rows"
    feasible = backend.solve(CASES[name].program, LPOptions(time_limit=0.0, start=np.array([1.0, 1.0])))
    broken = backend.solve(CASES[name].program, LPOptions(time_limit=0.0, start=np.array([9.0, 9.0])))
    assert (feasible.status, feasible.limit, feasible.x.tolist()) == (Status.FEASIBLE, Limit.TIME, [1.0, 1.0])
    assert (broken.status, broken.x) == (Status.NOT_FOUND, None)


@pytest.mark.parametrize("name", INTEGER)
def test_the_time_limit_is_kept(name: str, program) -> None:
    """Tests that a search far too long for its limit is stopped by it, with a point, and nothing claimed beyond it."""
    result = get(name).solve(program, LPOptions(time_limit=1.0, gap=0.0, start=np.zeros(program.n_columns)))
    assert (result.status, result.limit) == (Status.FEASIBLE, Limit.TIME)
    assert program.violation(result.x) == 0.0
    relaxed = get("glop").solve(replace(program, integer=np.zeros(program.n_columns, bool)), LPOptions()).bound
    assert 0 <= program.value(result.x) < min(result.bound, relaxed * (1 + 1e-6))


@pytest.mark.parametrize("name", ["glop", "pdlp", "highs"])
def test_the_time_limit_is_kept_by_continuous_programs(name: str) -> None:
    """Tests that a large continuous program is left at its limit or ends, and never with a point that is none."""
    program = assignment(1000, 60, integer=False)
    result = get(name).solve(program, LPOptions(time_limit=0.3))
    assert (result.limit, result.status is Status.OPTIMAL) in [(Limit.TIME, False), (None, True)]
    assert result.x is None or program.violation(result.x) < 1e-6


@pytest.mark.parametrize("name", INTEGER)
def test_ctrl_c_returns_the_best_point(name: str, program) -> None:
    """Tests that Ctrl-C ends a solve early, with the best point so far and without an exception."""
    options = LPOptions(time_limit=PATIENCE, gap=0.0, start=np.zeros(program.n_columns))
    result = interrupted(lambda: get(name).solve(program, options))
    assert (result.status, result.limit) == (Status.FEASIBLE, Limit.INTERRUPTED)
    assert program.violation(result.x) == 0.0


def test_ctrl_c_ends_a_continuous_program() -> None:
    """Tests that Ctrl-C reaches a solver that runs in a thread."""
    program = assignment(2000, 100, integer=False)
    result = interrupted(lambda: get("pdlp").solve(program, LPOptions(time_limit=PATIENCE)))
    assert result.limit is Limit.INTERRUPTED
    assert result.status in (Status.FEASIBLE, Status.NOT_FOUND)


@pytest.mark.parametrize("name", ["cp-sat", "highs", "cbc"])
def test_a_start_is_never_lost(name: str, program) -> None:
    """Tests that the answer is at least as good as the start, however short the time."""
    good = get("cp-sat").solve(program, LPOptions(time_limit=1.0))
    again = get(name).solve(program, LPOptions(time_limit=0.05, start=good.x))
    assert again.status is Status.FEASIBLE
    assert program.value(again.x) >= program.value(good.x)


@pytest.mark.parametrize("name", ["cp-sat", "highs"])
def test_progress_is_told_in_the_calling_thread(name: str, program) -> None:
    """Tests that better points are told, each feasible and better than the last, in the thread that called."""
    told = []

    def note(x: np.ndarray, bound: float) -> None:
        told.append((program.value(x), bound, program.violation(x), threading.current_thread()))

    result = get(name).solve(program, LPOptions(time_limit=3.0, gap=0.0, on_incumbent=note))
    values = [value for value, *_ in told]
    assert values
    assert values == sorted(values)
    assert values[-1] <= program.value(result.x)
    assert all(value <= bound and violation == 0.0 for value, bound, violation, _ in told)
    assert {thread for *_, thread in told} == {threading.current_thread()}


@pytest.mark.parametrize("name", ["cp-sat", "highs"])
def test_an_error_of_the_progress_callback_is_raised(name: str, program) -> None:
    """Tests that what the callback raises ends the solve and reaches the caller."""

    def fail(x: np.ndarray, bound: float) -> None:
        raise LookupError("from the callback")

    with pytest.raises(LookupError, match="from the callback"):
        get(name).solve(program, LPOptions(time_limit=PATIENCE, gap=0.0, on_incumbent=fail))


@pytest.mark.parametrize("name", ["cp-sat", "highs", "glop", "cbc"])
def test_other_threads_may_solve(name: str) -> None:
    """Tests that a solve works in a thread that is not the main one."""
    backend = get(name)
    case = CASES["counts" if Capability.INTEGER in backend.capabilities else "two rows"]
    results: list[LPResult] = []
    thread = threading.Thread(target=lambda: results.append(backend.solve(case.program, LPOptions())))
    thread.start()
    thread.join(60.0)
    assert case.program.value(results[0].x) == pytest.approx(case.optimum)
