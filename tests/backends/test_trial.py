"""Tests of the trivial program that tells whether a solver of OR-Tools runs here."""

from __future__ import annotations

import pytest

from vmopt.backends.base import LPOptions, LPResult
from vmopt.backends.math_opt import backend as math_opt
from vmopt.formulation.linear_program import LinearProgram
from vmopt.status import Limit, Status


@pytest.mark.parametrize(
    ("limit", "seconds", "runs"),
    [
        (Limit.TIME, math_opt.TRIAL_SECONDS, True),
        (Limit.INTERRUPTED, 0.1, True),
        (Limit.TIME, 0.1, False),
        (None, 0.1, False),
    ],
)
def test_no_answer(limit: Limit | None, seconds: float, runs: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a solver which was cut off is not called broken, one that gives up by itself is."""

    def solve(_backend: object, _program: LinearProgram, _options: LPOptions) -> LPResult:
        return LPResult(Status.NOT_FOUND, limit, None, float("inf"), None, seconds)

    monkeypatch.setattr(math_opt.MathOpt, "solve", solve)
    math_opt._trial.cache_clear()
    try:
        assert (math_opt._trial(math_opt.glop()) is None) is runs
    finally:
        math_opt._trial.cache_clear()
