"""The programs of instances with rules, one by one or several side by side, and what a backend makes of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isclose

import numpy as np
from scipy import sparse

import vmopt
from tests.patience import PATIENCE
from tests.rules.brute import broken, fits, worth
from vmopt import Status
from vmopt.backends import registry
from vmopt.backends.base import LPOptions
from vmopt.formulation.assignment import Assignment, assignment
from vmopt.formulation.linear_program import LinearProgram
from vmopt.problem import compile

OPTIONS = LPOptions(time_limit=PATIENCE, gap=0.0)


def side_by_side(programs: Sequence[LinearProgram]) -> LinearProgram:
    """Make one program of several that have nothing to do with each other."""
    return LinearProgram(
        objective=np.concatenate([p.objective for p in programs]),
        matrix=sparse.block_diag([p.matrix for p in programs], format="csr"),
        row_lower=np.concatenate([p.row_lower for p in programs]),
        row_upper=np.concatenate([p.row_upper for p in programs]),
        lower=np.concatenate([p.lower for p in programs]),
        upper=np.concatenate([p.upper for p in programs]),
        integer=np.concatenate([p.integer for p in programs]),
    )


def program_faults(instance: vmopt.Instance, best: float | None, backend: str) -> Iterator[str]:
    """Find what a backend claims wrongly of the program of an instance."""
    model = assignment(compile(instance))
    result = registry.get(backend).solve(model.program, OPTIONS)
    if (result.status is Status.INFEASIBLE) != (best is None):
        yield f"is {result.status.value}, the best is {best}"
    elif result.x is not None and best is not None:
        yield from point_faults(model, result.x, best)


def joined_faults(instances: Sequence[vmopt.Instance], best: Sequence[float], backend: str) -> Iterator[str]:
    """Find what a backend does wrong on the programs of instances side by side, all of which have a placement."""
    models = [assignment(compile(instance)) for instance in instances]
    result = registry.get(backend).solve(side_by_side([model.program for model in models]), OPTIONS)
    if result.status is not Status.OPTIMAL or result.x is None:
        yield f"is {result.status.value}"
        return
    edges = np.cumsum([model.program.n_columns for model in models])[:-1]
    for model, x, most in zip(models, np.split(result.x, edges), best, strict=True):
        yield from point_faults(model, x, most)


def point_faults(model: Assignment, x: np.ndarray, best: float) -> Iterator[str]:
    """Find what is wrong with the placement of a point that ought to be the best."""
    instance = model.problem.instance
    at = tuple(model.host_index(x).tolist())
    if not fits(instance, at):
        yield f"{at} does not fit"
    yield from (f"{at} breaks {rule}" for rule in broken(instance, at))
    if not isclose(worth(instance, at), best, rel_tol=1e-9, abs_tol=1e-9):
        yield f"{at} is worth {worth(instance, at)}, the best is {best}: {list(map(str, instance.rules))}"
