"""Parts of a program to search: the core, which is what placements better than a known one can look like.

A bold part looks for much better ones first: its core is smaller still, and when it turns out to be empty the bound
falls to where it began.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vmopt import metrics
from vmopt.arrays import FloatArray
from vmopt.formulation.assignment import Assignment
from vmopt.formulation.core import at_least, core
from vmopt.formulation.linear_program import LinearProgram
from vmopt.methods.exact_parameters import ExactParameters
from vmopt.methods.search import ROUNDING, Search


@dataclass(frozen=True)
class ProgramPart:
    """A part of the program to search.

    Attributes
    ----------
    program : LinearProgram
    outside : float
        No placement outside of the part is worth more.
    start : (n_columns,) array or None
    gap : float
        Gap that it was made at: it is made anew when much less is left.
    bold : bool
        Whether that gap is the gap to the best bound; else to what prices prove.
    """

    program: LinearProgram
    outside: float
    start: FloatArray | None
    gap: float
    bold: bool = False


def better(search: Search, model: Assignment, parameters: ExactParameters, *, bold: bool) -> ProgramPart:
    """Return the core of what is better than the best placement, or where that is asked for of what is much better."""
    host_index = search.host_index
    known = metrics.objective_of(search.instance, host_index)
    span = search.bound - known
    narrow = parameters.narrow_gap * max(abs(search.bound), abs(known))
    bold = bold and span > max(parameters.narrow_steps * search.step, narrow)
    least = search.bound - parameters.bold * span if bold else known
    if search.step:
        n_steps = max(np.ceil(least / search.step), np.rint(known / search.step) + 1)
        least, outside = n_steps * search.step, (n_steps - 1) * search.step
    else:
        outside = least
    gap = max(search.price_bound - least, 0.0) + ROUNDING * search.price_bound
    program = core(model, search.prices, gap, search.rule_prices)
    if not search.step and not bold:
        return ProgramPart(program, outside, model.start(host_index), gap)
    if search.step:  # whole numbers, which 3 * 0.1 / 0.1 is not
        row = np.rint(model.padded(model.columns.value(model.vms)) / search.step)
        least = np.rint(least / search.step)
    else:
        row, least = model.program.objective, least / model.unit
    return ProgramPart(at_least(program, row, least), outside, None, span if bold else gap, bold)


def no_worse(search: Search, model: Assignment) -> LinearProgram:
    """Return the core of what is no worse than the best placement."""
    gap = max(search.price_bound - search.objective, 0.0) + ROUNDING * search.price_bound
    return core(model, search.prices, gap, search.rule_prices)
