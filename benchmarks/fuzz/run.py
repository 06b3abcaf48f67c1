"""Solve drawn instances in many ways, and collect what is wrong."""

from __future__ import annotations

import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import numpy as np

import vmopt
from benchmarks.fuzz.draw import draw
from benchmarks.fuzz.judge import PROVING, wrong
from benchmarks.fuzz.truth import Truth
from vmopt.errors import RoundingWarning

Way = tuple[str, str | None]
"""Method and backend."""

ALWAYS: tuple[Way, ...] = (("auto", None),)
OFTEN: tuple[Way, ...] = (
    ("exact", None),
    ("exact", None),
    ("exact:plain", None),
    ("column-generation", None),
    ("price-guided", None),
    ("neighbourhood", None),
    ("greedy-priority", None),
    ("greedy-priority:best-fit", None),
    ("greedy-demand", None),
    ("greedy-demand:best-fit", None),
)
SELDOM: tuple[Way, ...] = (
    ("exact", "highs"),
    ("exact", "scip"),
    ("exact", "cbc"),
    ("exact:plain", "highs"),
    ("exact:plain", "cbc"),
    ("auto", "highs"),
)
"""Ways that start processes."""
PART_OF_SELDOM = 0.02
GAPS = (0.0, 0.0, 0.0, 1e-4, 0.1)
TIME_LIMIT = 120.0
"""Seconds for methods that come to an end of their own, far more than they need."""
SHORT_TIME_LIMIT = 0.3
"""Seconds for those that go on until the gap is reached."""


@dataclass
class Report:
    """What came of a fuzz.

    Attributes
    ----------
    instances : int
    solves : Counter
        By method and backend.
    faults : list of str
        What is wrong, and how to see it again.
    """

    instances: int = 0
    solves: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def add(self, other: Report) -> None:
        """Add what came of other instances."""
        self.instances += other.instances
        self.solves += other.solves
        self.faults += other.faults

    def __str__(self) -> str:
        ways = "\n".join(f"  {way:<28}{count:>8,}" for way, count in sorted(self.solves.items()))
        total = sum(self.solves.values())
        return f"{self.instances:,} instances, {total:,} solves, {len(self.faults):,} faults\n{ways}"


def fuzz(numbers: Iterable[int], seed: int = 0, jobs: int = 1, tell: Callable[[str], None] = lambda _: None) -> Report:
    """Draw instances by number, solve each in some ways, and judge the answers.

    Parameters
    ----------
    numbers : iterable of int
    seed : int
    jobs : int
        Processes to share the work.
    tell : callable
        Told of every fault at once, and of the progress now and then.
    """
    report, numbers = Report(), list(numbers)
    for done, one in enumerate(_all(partial(examine, seed), numbers, jobs), start=1):
        report.add(one)
        for fault in one.faults:
            tell(fault)
        if done % 1000 == 0:
            tell(f"{done:,} of {len(numbers):,}: {len(report.faults)} faults")
    return report


def _all(work: Callable[[int], Report], numbers: list[int], jobs: int) -> Iterator[Report]:
    if jobs == 1:
        yield from map(work, numbers)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(work, numbers, chunksize=20)


def examine(seed: int, number: int) -> Report:
    """Draw one instance, solve it in some ways, and judge the answers."""
    report = Report(instances=1)
    with _telling(report, f"draw({seed}, {number})"):
        instance = draw(seed, number)
        truth = Truth.of(instance)
        rng = np.random.default_rng([seed, number, 1])
        for method, backend in ways(rng):
            gap = float(rng.choice(GAPS))
            call = f"solve(draw({seed}, {number}), method={method!r}, backend={backend!r}, gap={gap}, threads=1)"
            report.solves[f"{method} {backend or ''}".strip()] += 1
            with _telling(report, call):
                seconds = TIME_LIMIT if method.startswith(PROVING) else SHORT_TIME_LIMIT
                solution = vmopt.solve(instance, method=method, backend=backend, gap=gap, threads=1, time_limit=seconds)
                report.faults += [f"{call}: {fault}" for fault in wrong(instance, truth, solution, gap)]
    return report


def ways(rng: np.random.Generator) -> list[Way]:
    """Choose how to solve an instance."""
    chosen = [*ALWAYS, *(OFTEN[i] for i in rng.choice(len(OFTEN), 2, replace=False))]
    if rng.random() < PART_OF_SELDOM:
        chosen.append(SELDOM[rng.integers(len(SELDOM))])
    return chosen


class _telling(warnings.catch_warnings):  # noqa: N801
    """Turn errors and warnings of what runs inside into faults."""

    def __init__(self, report: Report, call: str) -> None:
        super().__init__(record=True)
        self._report, self._call = report, call

    def __enter__(self) -> None:
        self._told = super().__enter__()
        warnings.simplefilter("always")
        warnings.simplefilter("ignore", RoundingWarning)  # as it should be for floats without a common unit

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        super().__exit__(kind, error, trace)
        self._report.faults += [f"{self._call}: warns {w.message}" for w in self._told or ()]
        if isinstance(error, Exception):
            where = traceback.extract_tb(error.__traceback__)[-1]
            self._report.faults.append(f"{self._call}: {type(error).__name__} at {where.name}: {error}")
        return isinstance(error, Exception)
