"""Measure: one solve, in this process, and the row that tells of it."""

from __future__ import annotations

import sys
import time
import warnings
from dataclasses import asdict
from typing import Any

import vmopt
from benchmarks.claims import NO_BOUND, bound_holds
from benchmarks.peers import PREFIX
from benchmarks.results import ERROR, Row
from benchmarks.sets import SETS, Case
from benchmarks.settings import Job
from benchmarks.statistics.thinned import thinned
from benchmarks.surroundings import surroundings
from vmopt.backends import registry as backends
from vmopt.backends.loading import why_not_ortools
from vmopt.methods import registry

MOST_POINTS = 40
"""Points of a history that are kept: as many as a picture shows."""


def measure(job: Job) -> Row:
    """Solve one case and check what comes of it."""
    case = next(case for case in SETS[job.set].cases() if case.name == job.instance)
    instance = case.make(job.seed)
    load(job)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        begin = time.perf_counter()
        solution = solve(instance, job)
        total = time.perf_counter() - begin
    return Row(
        **asdict(job),
        **outcome(instance, solution),
        vms=instance.n_vms,
        hosts=instance.n_hosts,
        total_seconds=round(total, 3),
        peak_memory_mb=round(peak_memory_mb(job.method.startswith(PREFIX)), 1),
        best_known=case.best_known,
        message="; ".join(dict.fromkeys(str(warning.message) for warning in caught)),
        **surroundings(),
    )


def load(job: Job) -> None:
    """Load OR-Tools, the method and its backend before the clock starts: whoever solves twice waits for them once."""
    why_not_ortools()
    if not job.method.startswith(PREFIX):
        registry.get(job.method)
    if job.backend:
        backends.get(job.backend)


def solve(instance: vmopt.Instance, job: Job) -> vmopt.Solution:
    """Solve with a method of vmopt or with a peer."""
    if job.method.startswith(PREFIX):
        from benchmarks.peers.adapter import solve_with_peer

        return solve_with_peer(instance, job)
    return vmopt.solve(
        instance,
        method=job.method,
        backend=job.backend,
        time_limit=job.time_limit,
        gap=job.requested_gap,
        seed=job.seed,
        threads=job.threads,
    )


def outcome(instance: vmopt.Instance, solution: vmopt.Solution) -> dict[str, Any]:
    """Columns that tell what a solve brought, checked from the data."""
    stated = solution.bound_by != NO_BOUND
    return {
        "status": solution.status.value,
        "limit": solution.limit.value if solution.limit else None,
        "objective": solution.objective,
        "bound": solution.bound if stated else None,
        "bound_by": solution.bound_by if stated else None,
        "gap": solution.gap if stated else None,
        "placed": solution.n_placed,
        "build_seconds": round(solution.build_seconds, 3),
        "solve_seconds": round(solution.solve_seconds, 3),
        "verified": not vmopt.verify(instance, solution),
        "bound_verified": bound_holds(instance, solution) if stated else None,
        "last_level": solution.levels[-1].value if len(solution.levels) > 1 else None,
        "last_level_bound": solution.levels[-1].bound if len(solution.levels) > 1 else None,
        "history": [[round(point.seconds, 3), *point[1:]] for point in thinned(solution.history, MOST_POINTS)],
    }


def failure(job: Job, case: Case, message: str, seconds: float) -> Row:
    """Return the row of a solve that ended in an error or had to be killed."""
    return Row(
        **asdict(job),
        vms=0,
        hosts=0,
        status=ERROR,
        limit=None,
        objective=0.0,
        bound=None,
        bound_by=None,
        gap=None,
        placed=0,
        build_seconds=0.0,
        solve_seconds=0.0,
        total_seconds=round(seconds, 3),
        peak_memory_mb=0.0,
        verified=False,
        bound_verified=None,
        best_known=case.best_known,
        message=message,
        history=[],
        **surroundings(),
    )


def peak_memory_mb(of_peer: bool) -> float:
    """Most memory that this process or one that it started has held, or of a peer only the latter; 0 on Windows."""
    try:
        import resource
    except ImportError:
        return 0.0
    unit = 2**20 if sys.platform == "darwin" else 2**10
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return max(children, 0 if of_peer else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / unit
