"""MathOpt's codes as data, and what they mean here."""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.backends.checks import best_in_box
from vmopt.errors import SolverError
from vmopt.formulation.linear_program import LinearProgram
from vmopt.status import Limit, Status

REASON: dict[int, Status | str] = {
    0: "gave no reason for stopping",  # UNSPECIFIED
    1: Status.OPTIMAL,
    2: Status.INFEASIBLE,
    3: "the objective can grow without end: give the columns upper limits",  # UNBOUNDED
    4: "there is no feasible point, or the objective can grow without end",  # INFEASIBLE_OR_UNBOUNDED
    5: Status.FEASIBLE,  # IMPRECISE: tolerances not met, the point is checked
    6: Status.NOT_FOUND,  # NO_SOLUTION_FOUND
    7: "met numerical trouble",  # NUMERICAL_ERROR
    8: "failed",  # OTHER_ERROR
    9: Status.FEASIBLE,
}
"""What the codes of TerminationReasonProto mean; a text for those that are an error."""

INFEASIBLE_OR_UNBOUNDED = 4

LIMIT: dict[int, Limit | None] = {
    0: None,  # UNSPECIFIED: no limit was met
    1: Limit.TIME,  # UNDETERMINED: time is the only limit that is ever set
    2: Limit.NODES,  # ITERATION
    3: Limit.TIME,
    4: Limit.NODES,
    5: Limit.NODES,  # SOLUTION
    6: Limit.MEMORY,
    7: Limit.NODES,  # OBJECTIVE
    8: Limit.NODES,  # NORM
    9: Limit.INTERRUPTED,
    10: Limit.NODES,  # SLOW_PROGRESS
    11: Limit.TIME,  # OTHER
    12: Limit.NODES,  # CUTOFF
}
"""What the codes of LimitProto mean."""


def read(name: str, program: LinearProgram, termination: Any) -> tuple[Status, Limit | None]:
    """Return what a TerminationProto says.

    Raises
    ------
    SolverError
        If it says that the solver failed, that the program is unbounded, or something unknown.
    """
    reason = REASON.get(termination.reason, f"stopped for an unknown reason, code {termination.reason}")
    if termination.reason == INFEASIBLE_OR_UNBOUNDED and np.isfinite(best_in_box(program)):
        reason = Status.INFEASIBLE
    if isinstance(reason, Status):
        return reason, LIMIT.get(termination.limit)
    detail = f" ({termination.detail})" if termination.detail else ""
    raise SolverError(f"{name}: {reason}{detail}.")
