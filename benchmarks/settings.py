"""Settings: how the cases of a test set are solved; Job: one solve of it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import isfinite

from benchmarks.peers import PEERS, PREFIX
from benchmarks.sets import Case, TestSet
from vmopt.errors import OptionError
from vmopt.methods import registry

SEEDS = (0, 1, 2, 3, 4)


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class Job:
    """One solve: what is solved, by what, how long. Equal jobs need not be run twice."""

    set: str
    instance: str
    seed: int
    method: str
    backend: str | None
    time_limit: float
    requested_gap: float
    threads: int

    @property
    def label(self) -> str:
        """The method, with its backend where one was asked for: ``exact@highs``."""
        return f"{self.method}@{self.backend}" if self.backend else self.method


@dataclass(frozen=True)
class Settings:
    """How every case of a set is solved; None leaves the choice to the set.

    Attributes
    ----------
    methods : tuple of str, optional
        Names of methods, with a backend after an @ where one is wanted (``exact@highs``), or peers (``peer:cp-sat``).
    backend : str, optional
        For the methods that use one and name none.
    time_limit : float, optional
        Seconds for each solve; None: each case's own.
    gap : float, optional
        Gap between placement and bound at which a solve may stop.
    threads : int
    seeds : tuple of int, optional
        None: 0 to 4 where the set depends on the seed, else 0.
    only : str
        Only cases whose name contains this.
    """

    methods: tuple[str, ...] | None = None
    backend: str | None = None
    time_limit: float | None = None
    gap: float | None = None
    threads: int = field(default_factory=cores)
    seeds: tuple[int, ...] | None = None
    only: str = ""

    def __post_init__(self) -> None:
        if self.time_limit is not None and not (isfinite(self.time_limit) and self.time_limit > 0):
            raise OptionError(f"time_limit is {self.time_limit!r}: give a number of seconds above 0.")
        for name in self.methods or ():
            check_method(name)

    def jobs(self, test_set: TestSet) -> list[Job]:
        """All solves of a set, method by method for each instance, so that what was begun can be compared early."""
        methods = [split(name) for name in self.methods or test_set.methods]
        seeds = self.seeds or (SEEDS if test_set.seeded else SEEDS[:1])
        return [
            self._job(test_set, case, seed, method, backend)
            for case in self.chosen(test_set)
            for seed in seeds
            for method, backend in methods
        ]

    def chosen(self, test_set: TestSet) -> Iterable[Case]:
        """Cases whose name contains `only`."""
        return (case for case in test_set.cases() if self.only in case.name)

    def _job(self, test_set: TestSet, case: Case, seed: int, method: str, backend: str | None) -> Job:
        if backend is None and uses_backend(method):
            backend = self.backend
        return Job(
            set=test_set.name,
            instance=case.name,
            seed=seed,
            method=method,
            backend=backend,
            time_limit=float(self.time_limit or case.seconds),
            requested_gap=next(gap for gap in (self.gap, case.gap, test_set.gap) if gap is not None),
            threads=self.threads,
        )


def split(name: str) -> tuple[str, str | None]:
    """Split ``method@backend`` in two.

    Examples
    --------
    >>> split("exact@highs"), split("auto")
    (('exact', 'highs'), ('auto', None))
    """
    method, _, backend = name.partition("@")
    return method, backend or None


def uses_backend(method: str) -> bool:
    """Whether a method can be told which backend to use."""
    return not method.startswith(PREFIX) and registry.get(method)[0].uses_backend


def check_method(name: str) -> None:
    """Refuse a name that is neither a method nor a peer.

    Raises
    ------
    OptionError
    """
    method, backend = split(name)
    if method.startswith(PREFIX):
        if method not in PEERS:
            raise OptionError(f"peer {method!r} is unknown: use one of {', '.join(PEERS)}.")
    else:
        registry.get(method)
    if backend and not uses_backend(method):
        raise OptionError(f"method {method!r} uses no backend: leave out @{backend}.")
