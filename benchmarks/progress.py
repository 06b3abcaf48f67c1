"""Progress: what a run does, on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from benchmarks.results import Row
from benchmarks.runner import Watch
from benchmarks.settings import Job

START_SECONDS = 1.0
"""What starting a process costs; greedy methods take little more."""


class ProgressBar(Watch):
    """A line for each solve, and a bar with the time left, which counts each solve by the seconds it may take."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress = Progress(
            TextColumn("{task.fields[done]}/{task.fields[count]}"),
            BarColumn(bar_width=None),
            TimeElapsedColumn(),
            TextColumn("left:"),
            TimeRemainingColumn(),
            TextColumn("{task.description}"),
            console=console,
        )
        self._task: TaskID | None = None
        self._done = 0

    def __enter__(self) -> ProgressBar:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def start(self, jobs: Sequence[Job], done: int) -> None:
        """Show how many solves there are."""
        if done:
            self._console.print(f"{done} of {done + len(jobs)} solves are in the results already")
        total = sum(expected_seconds(job) for job in jobs)
        self._task = self._progress.add_task("", total=total, done=0, count=len(jobs))

    def skip(self, why: str) -> None:
        """Print why a method is left out."""
        self._console.print(why, style="yellow", soft_wrap=True)

    def begin(self, job: Job) -> None:
        """Show what is being solved."""
        if self._task is not None:
            self._progress.update(self._task, description=f"{job.instance} {job.label} seed {job.seed}")

    def end(self, row: Row) -> None:
        """Print what came of it."""
        self._done += 1
        if self._task is not None:
            self._progress.update(self._task, advance=expected_seconds(row.job), done=self._done)
        self._console.print(line(row), highlight=False, soft_wrap=True)


def expected_seconds(job: Job) -> float:
    """Seconds that a solve may take, for the time left."""
    return START_SECONDS + (0.0 if job.method.startswith("greedy") else job.time_limit)


def line(row: Row) -> str:
    """One solve in one line of console markup."""
    head = f"{row.instance:18} seed {row.seed}  {row.label:24}"
    if row.failed:
        return f"{head} [red]error[/]: {escape(row.message)}"
    gap = "      -    " if row.gap is None else f"{100 * row.gap:8.4f} % "
    checked = "" if row.verified and row.bound_verified is not False else "  [red]NOT VERIFIED[/]"
    return f"{head} {row.status:9} gap {gap} {row.total_seconds:7.2f} s {row.peak_memory_mb:8,.0f} MB{checked}"
