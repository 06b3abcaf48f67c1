"""Run: every case of a set by every method, one after the other; what the results hold is not run again."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.child import measure_apart
from benchmarks.peers import PEERS
from benchmarks.results import Results, Row
from benchmarks.sets import TestSet
from benchmarks.settings import Job, Settings


class Watch:
    """Told of what a run does; this one does not look."""

    def start(self, jobs: Sequence[Job], done: int) -> None:
        """Hear what is to be run, and how many solves the results hold already."""

    def skip(self, why: str) -> None:
        """Hear why a method is left out."""

    def begin(self, job: Job) -> None:
        """Hear that a solve begins."""

    def end(self, row: Row) -> None:
        """Hear what came of it; the row is saved."""


def run(test_set: TestSet, settings: Settings, results: Results, *, watch: Watch | None = None) -> None:
    """Solve every case of a set by every method and seed of the settings, unless the results have it already.

    Each row is saved as soon as it is there: after Ctrl-C, or a crash, the same call goes on where this one ended. A
    peer that is not installed is left out.

    Parameters
    ----------
    test_set : TestSet
    settings : Settings
    results : Results
        Rows are added to it and to its file.
    watch : Watch, optional

    Raises
    ------
    KeyboardInterrupt
        After Ctrl-C, when the solve that ran then has been stopped; it leaves no row.
    """
    watch = watch or Watch()
    every = settings.jobs(test_set)
    cases = {case.name: case for case in settings.chosen(test_set)}
    missing = {name: PEERS[name].missing() for name in dict.fromkeys(job.method for job in every) if name in PEERS}
    for why in filter(None, missing.values()):
        watch.skip(why)
    every = [job for job in every if not missing.get(job.method)]
    to_do = [job for job in every if job not in results]
    watch.start(to_do, len(every) - len(to_do))
    for job in to_do:
        watch.begin(job)
        row = measure_apart(job, cases[job.instance])
        results.add(row)
        watch.end(row)
