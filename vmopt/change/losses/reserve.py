"""`with_headroom`: a placement whose protected VMs survive any loss, by keeping a part of every host free."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

import numpy as np

from vmopt import checks, metrics
from vmopt.arrays import IntArray
from vmopt.change.losses.result import Headroom
from vmopt.change.losses.spare import headroom
from vmopt.errors import OptionError
from vmopt.model.columns import frozen
from vmopt.model.instance import Instance, require_instance
from vmopt.rules.domains import domains_of
from vmopt.solution import Solution
from vmopt.solving import require_options, solve
from vmopt.status import Status

MOST_RESERVED = 0.95
GROWTH = 1.2


@dataclass(frozen=True)
class Reserved:
    """A placement, and what becomes of it after losses.

    Attributes
    ----------
    solution : Solution
        Its bound is of all placements, with headroom or without: what the headroom costs is at most its gap.
    headroom : Headroom
        ``holds`` says whether everything protected survives, proven case by case.
    part : float
        Part of every host that was kept free to get there; 0: the best placement has the headroom by itself.

    Examples
    --------
    >>> import vmopt
    >>> found = vmopt.with_headroom(vmopt.Instance.from_arrays([[4], [4], [4]], [[8], [8]]))
    >>> found.headroom.holds, found.solution.n_placed, round(found.solution.gap, 3)
    (True, 2, 0.333)
    """

    solution: Solution
    headroom: Headroom
    part: float


def with_headroom(
    instance: Instance,
    failures: int = 1,
    over: str = "host",
    of: float | None = None,
    *,
    steps: int = 8,
    time_limit: float = 60.0,
    **options: Any,
) -> Reserved:
    """Find a placement with headroom.

    The best placement is taken if it has it. Otherwise a part of every host is kept free, first as much as the largest
    loss is of the cluster, then more, until `headroom` proves that all is survived, and then less again. This finds a
    placement that is proven to have the headroom, and not always the best one: a gap to the bound may be the
    price of the headroom or of this way to find it.

    Parameters
    ----------
    instance : Instance
        Without elastic VMs.
    failures, over, of
        As for `headroom`.
    steps : int
        How many parts are tried.
    time_limit : float
        Seconds for all placements together; headroom is proven besides.
    **options
        As for `solve`.

    Returns
    -------
    Reserved
        ``headroom.holds`` is not True if no part that was tried suffices.

    Raises
    ------
    OptionError
        If an argument makes no sense, or nothing was found to begin with.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[4], [4], [4]], [[8], [8]])
    >>> found = with_headroom(cluster)
    >>> found.headroom.holds, found.solution.n_placed
    (True, 2)
    """
    require_options(options, "with_headroom, which hands on what solve takes,", besides="time_limit")
    if require_instance(instance).elastic:
        raise OptionError("headroom for elastic VMs is not kept free: give VMs fixed sizes, reservation=None.")
    steps = checks.integer(steps, "steps", 1, 100)
    seconds = checks.seconds(time_limit, "time_limit") / (steps + 1)
    best = solve(instance, time_limit=seconds, **options)
    if best.status not in (Status.OPTIMAL, Status.FEASIBLE):
        raise OptionError(f"the instance is {best.status.value}, headroom or not: there is no placement.")
    found = Reserved(best, headroom(best, failures, over, of), 0.0)
    least, most, part = 0.0, MOST_RESERVED, min(_largest_loss(instance, over, failures), MOST_RESERVED)
    for _ in range(steps):
        if found.part == 0.0 and found.headroom.holds:
            return found
        placed = _placed(best, part, seconds, options)
        tried = Reserved(placed, headroom(placed, failures, over, of), part)
        if tried.headroom.holds:
            most = part
            if not found.headroom.holds or placed.objective >= found.solution.objective:
                found = tried
        else:
            least = part
        part = (least + most) / 2 if most < MOST_RESERVED else min(part * GROWTH + 0.01, MOST_RESERVED)
    return found


def _largest_loss(instance: Instance, over: str, failures: int) -> float:
    """Part of the cluster that is lost at most, of the resource of which it is largest."""
    domain = domains_of(instance, over)
    part = np.zeros((len(domain), len(instance.resources)))
    inside = domain.of >= 0
    np.add.at(part, domain.of[inside], instance.capacity[inside] / np.maximum(instance.total, 1))
    return float(np.sort(part, axis=0)[-failures:].sum(axis=0).max())


def _placed(best: Solution, part: float, seconds: float, options: dict[str, Any]) -> Solution:
    """The best placement with so much of every host kept free, as one of the whole instance."""
    instance = best.instance
    capacity: IntArray = np.floor(instance.capacity * (1 - part)).astype(np.int64)
    smaller = replace(instance, capacity=frozen(capacity), own_value=frozen(instance.value.copy()))
    found = solve(smaller, time_limit=seconds, **options)
    objective = metrics.objective_of(instance, found.host_index)
    status = best.status if isfinite(best.bound) and objective >= best.objective else Status.FEASIBLE
    made = replace(best, host_index=found.host_index, objective=objective, status=status)
    return replace(made, levels=(), history=())
