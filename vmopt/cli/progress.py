"""How a search is going, on stderr: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from threading import Timer
from types import TracebackType

from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from vmopt.cli.console import remarks
from vmopt.gap import relative_gap
from vmopt.summary.figures import number, percent

EVERY = 1.0
"""Seconds between two plain lines, at least; what comes between waits no longer than that."""


class Progress:
    """What `vmopt.solve` tells, shown as it comes; a context manager.

    Examples
    --------
    ``with Progress() as progress: vmopt.solve(instance, progress=progress)``
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self._console = remarks()
        self._quiet = quiet
        self._begun = time.perf_counter()
        self._told = -EVERY
        self._state = "starting"
        self._pending = ""
        self._timer = Timer(EVERY, self._tell)
        self._spinner = Spinner("dots", style="cyan")
        self._live = Live(
            get_renderable=self._line,
            console=self._console,
            transient=True,
            refresh_per_second=8,
            redirect_stdout=False,
        )

    @property
    def _is_live(self) -> bool:
        # not is_terminal: FORCE_COLOR sets that, and a live line in a log file is a mess
        return self._console.file.isatty() and not self._console.is_dumb_terminal and not self._quiet

    def __enter__(self) -> Progress:
        if self._is_live:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_live:
            self._live.stop()
        self._timer.cancel()
        self._tell()

    def __call__(self, seconds: float, objective: float, bound: float, method: str) -> None:
        """Take what the search tells at an improvement."""
        gap = percent(max(relative_gap(objective, bound), relative_gap(bound, objective)))  # of what is large, or small
        self._state = f"gap {gap}  objective {number(objective)}  bound {number(bound)}  {method}"
        self._pending = f"{seconds:8.1f} s  {self._state}"
        if seconds - self._told >= EVERY:
            self._told = seconds
            self._timer.cancel()
            self._tell()
        elif not self._timer.is_alive():
            self._told += EVERY
            self._timer = Timer(self._told - seconds, self._tell)
            self._timer.daemon = True
            self._timer.start()

    def _tell(self) -> None:
        """Print the newest line, once."""
        line, self._pending = self._pending, ""
        if line and not self._quiet and not self._is_live:
            self._console.print(line, markup=False, soft_wrap=True)

    def _line(self) -> Table:
        """Spinner, clock and figures on one line, cut off where the terminal ends."""
        line = Table.grid(padding=(0, 1, 0, 0))
        line.add_column(no_wrap=True)
        line.add_column(no_wrap=True, overflow="ellipsis")
        elapsed = time.perf_counter() - self._begun
        line.add_row(self._spinner, Text(f"{elapsed:6.1f} s  {self._state}"))
        return line
