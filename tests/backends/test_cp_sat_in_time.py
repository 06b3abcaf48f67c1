"""Programs that there is no time to state to CP-SAT."""

from __future__ import annotations

from itertools import count

import pytest
from scipy import sparse

from vmopt.backends.cp_sat.model import ROWS_AT_ONCE, TooLateError, integer_model, to_proto
from vmopt.formulation.linear_program import LinearProgram

ROWS = 3 * ROWS_AT_ONCE
PROGRAM = LinearProgram.with_upper_rows(
    [1, 1], sparse.csr_array([[1, 1]] * ROWS), [1] * ROWS, upper=[1, 1], integer=True
)


def test_rows_are_stated_as_long_as_it_is_not_late() -> None:
    """Tests that whoever interrupts need not wait for all rows."""
    looks = count()
    with pytest.raises(TooLateError):
        integer_model(PROGRAM, lambda: next(looks) == 1)
    assert next(looks) == 2


def test_a_model_is_handed_over_as_long_as_it_is_not_late() -> None:
    """Tests that the second half of the work is left off too."""
    from ortools.sat.python import cp_model, cp_model_helper

    model, cp = integer_model(PROGRAM), cp_model.CpModel()
    assert model is not None
    with pytest.raises(TooLateError):
        to_proto(model, cp.proto, cp_model_helper.IntegerVariableProto, lambda: len(cp.proto.constraints) > 0)
    assert len(cp.proto.constraints) == ROWS_AT_ONCE
