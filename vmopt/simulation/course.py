"""The course of a simulation: what became of each VM, and what was used and waited for."""

from __future__ import annotations

from functools import cached_property
from math import isfinite
from typing import Any

import numpy as np

from vmopt import checks
from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.errors import OptionError
from vmopt.model.amounts import as_table, in_user_units
from vmopt.model.instance import Instance
from vmopt.model.requests import Requests
from vmopt.simulation import measures
from vmopt.simulation.kinds import EventKind, VMState
from vmopt.simulation.lives import Table, host_index, lives
from vmopt.simulation.measures import PriorityRow
from vmopt.simulation.workload import Workload


class Course:
    """What a timeline knows, however it is shown."""

    workload: Workload
    policy: str
    reallocate: str | None
    until: float
    events: Table
    series: Table

    @property
    def requests(self) -> Requests:
        """The requests that were replayed."""
        return self.workload.requests

    @property
    def end(self) -> float:
        """Seconds at which it stopped."""
        return self.until if isfinite(self.until) else float(self.series["time"][-1])

    @cached_property
    def vms(self) -> Table:
        """The life of each VM, ``(n_vms,)``; the columns are those of `vmopt.simulation.lives.lives`."""
        return lives(self.workload, self.events, self.end)

    @property
    def started(self) -> FloatArray:
        """When each VM first started, NaN if it never did."""
        column: FloatArray = self.vms["started"]
        return column

    @property
    def finished(self) -> FloatArray:
        """When each VM left after its full duration, NaN if it did not."""
        column: FloatArray = self.vms["finished"]
        return column

    @property
    def rejected(self) -> BoolArray:
        """VMs that no host could ever hold."""
        mask: BoolArray = self.vms["state"] == VMState.REJECTED
        return mask

    @property
    def starved(self) -> BoolArray:
        """VMs that came, were not rejected, and had never run when the simulation stopped."""
        mask: BoolArray = (self.vms["state"] == VMState.WAITING) & (self.vms["starts"] == 0)
        return mask

    @property
    def n_preemptions(self) -> int:
        """How often a VM had to make place for a more important one."""
        return int((self.events["kind"] == EventKind.PREEMPT).sum())

    @property
    def n_moves(self) -> int:
        """How often a running VM went to another host."""
        return int((self.events["kind"] == EventKind.MOVE).sum())

    @property
    def decision_seconds(self) -> float:
        """Wall clock of all decisions together."""
        return float(self.series["decision_seconds"].sum())

    @property
    def window(self) -> tuple[float, float]:
        """From the first arrival to the last, or to the end if that is sooner: while there is demand to speak of."""
        first, last = float(self.requests.arrival.min()), float(self.requests.arrival.max())
        return first, min(last, self.end) if last > first else self.end

    def mean_utilisation(self, window: tuple[float, float] | None = None) -> float:
        """Utilisation averaged over time, by default over `window`."""
        return self._mean("utilisation", window)

    def mean_weighted(self, window: tuple[float, float] | None = None) -> float:
        """Weighted utilisation averaged over time, by default over `window`."""
        return self._mean("weighted", window)

    def _mean(self, what: str, window: tuple[float, float] | None) -> float:
        begin, end = self.window if window is None else _checked_window(window)
        if begin == end == self.end:  # all came at the moment at which nothing more happened
            return float(self.series[what][-1])
        return measures.mean_of_steps(self.series["time"], self.series[what], begin, end)

    def by_priority(self) -> tuple[PriorityRow, ...]:
        """Waiting and slowdown of the VMs of each priority (the one they came with), highest first."""
        return measures.by_priority(self.vms)

    def snapshot(self, time: float) -> tuple[Instance, IntArray]:
        """Return who runs where at a time: an instance of what each VM must get then, and the host of each VM.

        So ``vmopt.verify(*timeline.snapshot(time))`` checks the moment.
        """
        time = checks.seconds(time, "time")
        so_far = self.events[self.events["time"] <= time]
        row = np.arange(self.workload.n_vms)
        for position, change in enumerate(self.requests.changes):
            if change.time <= time:
                row[self.workload.changed_vm[position]] = self.workload.n_vms + position
        whole = self.workload.instance
        instance = Instance.from_arrays(
            as_table(in_user_units(self.workload.asked[row], whole.scale)),
            as_table(in_user_units(whole.capacity, whole.scale)),
            priority=whole.priority[row],
            resources=whole.resources,
            vm_names=tuple(self.requests.vm_names),
            host_names=tuple(whole.host_names),
            objective=whole.objective,
            vm_labels=self.requests.vm_labels,
            host_labels=whole.host_labels,
            rules=self.requests.rules,
        )
        return instance, host_index(so_far, self.workload.n_vms)


def _checked_window(window: Any) -> tuple[float, float]:
    edges = checks.listed(window, "window", what="two times in seconds")
    if len(edges) != 2:
        raise OptionError(f"window is {checks.shown(window)}: give two times in seconds.")
    return checks.seconds(edges[0], "the begin of window"), checks.seconds(edges[1], "the end of window")
