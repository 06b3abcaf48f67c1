"""Settle ties: the same VMs run, elsewhere; so the objective, and every bound, are what they were."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from vmopt.arrays import IntArray
from vmopt.errors import OptionError, SolverError
from vmopt.methods.ties.pack import pack
from vmopt.methods.ties.parameters import DEFAULT, TieParameters
from vmopt.methods.ties.spread import spread
from vmopt.metrics import penalty_of
from vmopt.model.columns import frozen
from vmopt.options import Ties
from vmopt.solution import Solution
from vmopt.verify import verify

METHODS = {"spread": spread, "pack": pack}


def settled(solution: Solution, ties: Ties | None, parameters: TieParameters = DEFAULT) -> Solution:
    """The solution with its VMs spread or packed; as it is where that is no better.

    Where a placed elastic VM gets less than it asks for, nothing is moved: what it gets depends on who is beside it.
    Neither is anything where the moves would break soft rules to another extent.
    """
    instance, placed = solution.instance, solution.host_index >= 0
    if ties is None or not placed.any():
        return solution
    if instance.elastic and (solution.allocation < instance.demand)[placed].any():
        return solution
    host_index = METHODS[ties](instance, solution.host_index, parameters)
    if _costs_more(solution, host_index):
        return solution
    violations = verify(instance, host_index, solution.elastic_allocation)
    if violations or not np.array_equal(host_index >= 0, placed):
        raise SolverError(f"settling ties lost a VM or overloaded a host ({violations[:1]}): please report this.")
    return replace(solution, host_index=frozen(host_index))


def _costs_more(solution: Solution, host_index: IntArray) -> bool:
    """Whether moves break soft rules more, or less, than before: then the objective is not what it was."""
    instance = solution.instance
    return penalty_of(instance, host_index) != penalty_of(instance, solution.host_index)


def checked_ties(given: Any) -> Ties | None:
    """Return what was given, if it is one of the choices; None for "none", the command line's word for it."""
    if given is None or (isinstance(given, str) and given == "none"):
        return None
    if isinstance(given, str) and given in METHODS:
        return given  # type: ignore[return-value]
    raise OptionError(f"ties is {given!r}: use 'spread', 'pack', or 'none' to leave VMs where the search put them.")
