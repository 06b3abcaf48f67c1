"""Run: every case of a set in a process of its own, so that peak memory is its own."""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import vmopt
from benchmarks.results import Results, Row, surroundings
from benchmarks.sets import SETS


@dataclass(frozen=True)
class Settings:
    """How every case is solved."""

    method: str = "auto"
    backend: str | None = None
    time_limit: float | None = None
    threads: int = 2
    gap: float = 0.0


def run(
    name: str,
    settings: Settings,
    results: Results,
    *,
    seeds: Sequence[int] = (0,),
    only: str = "",
    tell: Callable[[Row], None] = lambda row: None,
) -> None:
    """Solve every case of a set whose name contains `only`, for every seed, unless the results have it already."""
    for case in SETS[name].cases():
        for seed in seeds:
            seconds = settings.time_limit or case.seconds
            key = (name, case.name, seed, settings.method, settings.backend, seconds, settings.threads)
            if only not in case.name or key in results:
                continue
            with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
                row = pool.submit(solve_case, name, case.name, seed, settings, seconds).result()
            results.add(row)
            tell(row)


def solve_case(set_name: str, case_name: str, seed: int, settings: Settings, seconds: float) -> Row:
    """Solve one case in this process and measure it; the claim is checked from the data."""
    instance = next(case for case in SETS[set_name].cases() if case.name == case_name).make(seed)
    begin = time.perf_counter()
    solution = vmopt.solve(
        instance,
        method=settings.method,
        backend=settings.backend,
        time_limit=seconds,
        gap=settings.gap,
        seed=seed,
        threads=settings.threads,
    )
    total = time.perf_counter() - begin
    return Row(
        set=set_name,
        instance=case_name,
        seed=seed,
        method=settings.method,
        backend=settings.backend,
        time_limit=seconds,
        threads=settings.threads,
        vms=instance.n_vms,
        hosts=instance.n_hosts,
        status=solution.status.value,
        limit=solution.limit.value if solution.limit else None,
        objective=solution.objective,
        bound=solution.bound,
        gap=solution.gap,
        placed=solution.n_placed,
        build_seconds=round(solution.build_seconds, 3),
        total_seconds=round(total, 3),
        peak_memory_mb=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        verified=_verified(instance, solution),
        **surroundings(),
    )


def _verified(instance: vmopt.Instance, solution: vmopt.Solution) -> bool:
    """Whether the placement fits and, where the bound is by prices or patterns, they prove it."""
    if vmopt.verify(instance, solution):
        return False
    if solution.bound_by == "prices":
        return vmopt.verify_bound(instance, solution.prices) <= solution.bound
    if solution.pattern_bound is not None:
        return vmopt.verify_pattern_bound(instance, solution.pattern_bound) <= solution.bound
    return solution.bound >= solution.objective
