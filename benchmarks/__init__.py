"""Benchmarks: optimal against greedy, in one run on one machine.

A `TestSet` is a family of instances, `Settings` say how they are solved, `run` solves them, `Results` are the rows that
come of it, and a `Report` says what they mean. ``python -m benchmarks`` does all of it from a terminal.

    >>> from pathlib import Path
    >>> import benchmarks
    >>> from benchmarks.sets import SETS
    >>> results = benchmarks.Results(Path("results/generated.jsonl"))
    >>> benchmarks.run(SETS["generated"], benchmarks.Settings(time_limit=10), results)  # doctest: +SKIP
    >>> benchmarks.Report(results).write(Path("results"), "generated")  # doctest: +SKIP
"""

from benchmarks.report import Report
from benchmarks.results import Results
from benchmarks.runner import run
from benchmarks.sets import TestSet
from benchmarks.settings import Settings

__all__ = ["Report", "Results", "Settings", "TestSet", "run"]
