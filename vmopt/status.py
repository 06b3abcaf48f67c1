"""What is known of an answer, and why a search stopped early: two questions, two answers."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """What is known of a solution.

    Examples
    --------
    >>> import vmopt
    >>> vmopt.solve(vmopt.Instance.from_arrays([[4], [5], [3]], [[8]])).status is vmopt.Status.OPTIMAL
    True
    >>> must = vmopt.Instance.from_arrays([[9]], [[8]], rules=[vmopt.MustRun("vm-0")])
    >>> vmopt.solve(must).status.value
    'infeasible'
    """

    OPTIMAL = "optimal"
    """Proven to be within the requested gap of the best."""
    FEASIBLE = "feasible"
    """A placement, not proven."""
    INFEASIBLE = "infeasible"
    """Proven that there is none."""
    NOT_FOUND = "not found"
    """Stopped with nothing, and nothing proven."""


class Limit(StrEnum):
    """Why a search stopped early.

    Examples
    --------
    >>> import vmopt
    >>> vmopt.solve(vmopt.generate("large", hosts=20, seed=1), gap=0, time_limit=0).limit is vmopt.Limit.TIME
    True
    """

    TIME = "time"
    NODES = "nodes"
    MEMORY = "memory"
    INTERRUPTED = "interrupted"
