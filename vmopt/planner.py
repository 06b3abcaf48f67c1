"""Planner: an instance that changes, solved again and again from what is known."""

from __future__ import annotations

import warnings
from typing import Any

from vmopt.errors import OptionError
from vmopt.model.instance import Instance, require_instance
from vmopt.solution import Solution
from vmopt.solving import require_options, solve
from vmopt.status import Status

WITH_PLACEMENT = (Status.OPTIMAL, Status.FEASIBLE)


class Planner:
    """Remembers the last placement with its prices and proofs, so that small changes take a fraction of the first time.

    VMs and hosts are known again by their names: what is gone is left out, what is new is placed where it fits, and
    hosts that lose most against the bound of the old prices are filled anew. Where the data changed too much for that,
    it is solved as if for the first time; the result is never worse for what is remembered.

    Parameters
    ----------
    instance : Instance
    **options
        As for `vmopt.solve`, for every call; ``ties`` is None by default, so that VMs move only where that gains.

    Attributes
    ----------
    instance : Instance
        The data as they are now.
    solution : Solution or None
        The last one with a placement, of these data or of earlier ones.

    Examples
    --------
    >>> import vmopt
    >>> planner = Planner(vmopt.Instance.from_arrays([[4], [3]], [[5], [5]], vm_names=["web", "db"]), gap=0)
    >>> planner.solve().n_placed
    2
    >>> changed = vmopt.Instance.from_arrays([[4], [3], [1]], [[5], [5]], vm_names=["web", "db", "cron"])
    >>> solution = planner.update(changed).solve()
    >>> solution.n_placed, solution.warm_start.kept
    (3, 2)
    """

    def __init__(self, instance: Instance, **options: Any) -> None:
        if "warm_start" in options:
            raise OptionError("a Planner starts from its own last placement: give warm_start to solve(), for one call.")
        require_options(options, "a Planner, which hands on what solve takes,", besides="warm_start")
        self.instance = require_instance(instance)
        self.solution: Solution | None = None
        self._options = {"ties": None, **options}

    def update(self, instance: Instance) -> Planner:
        """Take the data as they are now; nothing is solved before `solve` is called."""
        self.instance = require_instance(instance)
        return self

    def solve(self, **options: Any) -> Solution:
        """Solve the data as they are now, from what is remembered, and remember the result.

        Parameters
        ----------
        **options
            As for `vmopt.solve`, for this call; a ``warm_start`` takes the place of what is remembered.
        """
        require_options(options)
        with warnings.catch_warnings():  # that nothing of it holds any more is no fault of the caller's
            warnings.filterwarnings("ignore", message=".*the warm start")
            found = solve(self.instance, **{**self._options, "warm_start": self.solution, **options})
        if found.status in WITH_PLACEMENT:
            self.solution = found
        return found

    def forget(self) -> Planner:
        """Start from nothing the next time."""
        self.solution = None
        return self

    def __repr__(self) -> str:
        known = "nothing solved yet" if self.solution is None else f"last: {self.solution!r}"
        return f"Planner({self.instance!r}; {known})"
