"""How far a simulation is, on stderr: a bar for each policy on a terminal, a line when one is done elsewhere."""

from __future__ import annotations

import time
from collections.abc import Sequence
from types import TracebackType

from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from vmopt.cli.console import remarks

EVERY = 0.1
"""Seconds between two updates of the bar."""


class SimulationProgress:
    """Takes what `compare_policies` tells; a context manager.

    Parameters
    ----------
    n_vms : int
        How many VMs come.
    policies : sequence of str
    quiet : bool
    """

    def __init__(self, n_vms: int, policies: Sequence[str], *, quiet: bool = False) -> None:
        console = remarks()
        self._n_vms = n_vms
        self._is_live = console.file.isatty() and not console.is_dumb_terminal and not quiet
        self._console = console
        self._quiet = quiet
        self._bars = Progress(
            TextColumn("{task.description:16}"),
            BarColumn(complete_style="green", finished_style="green"),
            TextColumn("{task.completed:,.0f} of {task.total:,.0f} VMs, {task.fields[waiting]:,} wait"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._tasks: dict[str, TaskID] = {}
        self._begun: dict[str, float] = {}
        self._told = 0.0
        self._n_policies = len(policies)

    def __enter__(self) -> SimulationProgress:
        if self._is_live:
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_live:
            self._bars.stop()
        self._finish()

    def __call__(self, policy: str, now: float, n_come: int, n_waiting: int) -> None:
        """Take what the simulation tells after an event."""
        if policy not in self._tasks:
            self._finish()
            self._begun = {policy: time.perf_counter()}
            self._tasks[policy] = self._bars.add_task(policy, total=self._n_vms, waiting=0)
        if time.perf_counter() - self._told >= EVERY or n_come == self._n_vms:
            self._told = time.perf_counter()
            self._bars.update(self._tasks[policy], completed=n_come, waiting=n_waiting)

    def _finish(self) -> None:
        """Say on a plain stream how long the last policy took."""
        for policy, begun in self._begun.items():
            if not self._quiet and not self._is_live:
                seconds = time.perf_counter() - begun
                self._console.print(f"{policy}: {seconds:.1f} s", markup=False, soft_wrap=True)
        self._begun = {}
