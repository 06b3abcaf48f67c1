"""Measures of a simulation: averages over time, and waiting by priority."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from vmopt.arrays import FloatArray
from vmopt.errors import OptionError
from vmopt.simulation.kinds import VMState
from vmopt.simulation.lives import Table

PERCENTILES = (50, 95, 99)


class Percentiles(NamedTuple):
    """Mean and percentiles of a measure; NaN where there is nothing to measure."""

    mean: float
    median: float
    p95: float
    p99: float


class PriorityRow(NamedTuple):
    """How the VMs of one priority fared.

    Attributes
    ----------
    priority : float
    vms : int
        How many came and were not rejected.
    starved : int
        How many of them never ran.
    preempted : int
        How often one of them had to go.
    waiting, slowdown : Percentiles
        In seconds, and as a ratio; those who still wait count with what they have waited so far.
    """

    priority: float
    vms: int
    starved: int
    preempted: int
    waiting: Percentiles
    slowdown: Percentiles


def mean_of_steps(time: FloatArray, level: FloatArray, begin: float, end: float) -> float:
    """Average over an interval of a function that has ``level[i]`` from ``time[i]`` on, and 0 before.

    Raises
    ------
    OptionError
        If the interval is empty.

    Examples
    --------
    >>> mean_of_steps(np.array([0.0, 10.0]), np.array([1.0, 3.0]), 5.0, 15.0)
    2.0
    """
    if not end > begin:
        raise OptionError(f"the window from {begin:g} to {end:g} s is empty: give one that ends later than it begins.")
    edges = np.clip(np.append(time, np.inf), begin, end)
    return float((np.diff(edges) * level).sum() / (end - begin))


def by_priority(vms: Table) -> tuple[PriorityRow, ...]:
    """One row for each priority, the highest first; VMs that were rejected or never came do not count."""
    came = vms[np.isin(vms["state"], (VMState.WAITING, VMState.RUNNING, VMState.DONE))]
    return tuple(_row(float(level), came[came["priority"] == level]) for level in np.unique(came["priority"])[::-1])


def spread(measured: FloatArray) -> Percentiles:
    """Mean and percentiles of what was measured; NaN entries do not count.

    Examples
    --------
    >>> spread(np.array([1.0, 3.0, np.nan])).mean
    2.0
    """
    known = measured[~np.isnan(measured)]
    if not known.size:
        return Percentiles(*[float("nan")] * 4)
    return Percentiles(float(known.mean()), *(float(x) for x in np.percentile(known, PERCENTILES)))


def _row(level: float, vms: Table) -> PriorityRow:
    starved = (vms["state"] == VMState.WAITING) & (vms["starts"] == 0)
    return PriorityRow(
        priority=level,
        vms=len(vms),
        starved=int(starved.sum()),
        preempted=int(vms["preempted"].sum()),
        waiting=spread(vms["waited"]),
        slowdown=spread(vms["slowdown"]),
    )
