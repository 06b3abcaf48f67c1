"""From fractions of patterns to whole ones: an integer program over those found, and dives that fix them bit by bit."""

from __future__ import annotations

import time

import numpy as np
from scipy import sparse

from vmopt.arrays import FloatArray, IntArray
from vmopt.backends import registry
from vmopt.backends.base import LPOptions
from vmopt.formulation.linear_program import LinearProgram
from vmopt.methods.goals.packing.covering import Covering
from vmopt.methods.goals.packing.parameters import DEFAULT, DiveSteps
from vmopt.methods.patterns.diving import Chosen
from vmopt.methods.patterns.pricing import Stop

BACKEND = "highs"
WHOLE = 1e-6
"""What linear programs may be off a whole number."""
LEAST_PART = 0.4
"""Fraction of a pattern up to which it is not rounded up: what is less certain waits for new prices."""


def combine(program: Covering, seconds: float, seed: int, threads: int, most: int = 4000) -> Chosen | None:
    """Choose among the patterns found, exactly; None where no choice covers all in time."""
    counts, host_class, need = program.patterns.counts, program.patterns.host_class, program.need
    loss = program.kinds.cost[host_class] - counts @ program.valid.worth
    kept = np.arange(len(loss)) if len(loss) <= most else np.argpartition(loss, most)[:most]
    rows, of = counts[kept], host_class[kept]
    asked, hosts = np.flatnonzero(need.required), np.flatnonzero(need.hosts)
    cover = sparse.csr_array(rows[:, asked].T.astype(np.float64))
    short = sparse.csr_array((of[None, :] == hosts[:, None]).astype(np.float64))
    limit = need.hosts[hosts].astype(np.float64)
    model = LinearProgram(
        objective=-program.kinds.cost[of] / program.unit,
        matrix=sparse.vstack([cover, short], format="csr"),
        row_lower=np.concatenate([need.required[asked], np.full(len(hosts), -np.inf)]),
        row_upper=np.concatenate([np.full(len(asked), np.inf), limit]),
        lower=np.zeros(len(kept)),
        upper=need.hosts[of].astype(np.float64),
        integer=np.ones(len(kept), dtype=bool),
    )
    result = registry.get(BACKEND).solve(model, LPOptions(time_limit=seconds, gap=0.0, seed=seed, threads=threads))
    if result.x is None:
        return None
    return _chosen(of, rows, np.rint(result.x).astype(np.int64))


def dive(program: Covering, stop: Stop, seconds: float = np.inf, steps: DiveSteps = DEFAULT.thorough) -> Chosen:
    """Fix whole patterns, lower what is needed, price again, until all is covered; at `stop`, round at once.

    Parameters
    ----------
    seconds : float
        Time to be ready in: the steps become larger where they are slow.
    steps : DiveSteps
    """
    chosen, share, end = Chosen(), steps.share, time.perf_counter() + seconds
    while program.need.required.any() and program.need.hosts.any():
        begin = time.perf_counter()
        program.shrink()
        times = program.generate(steps.rounds, steps.hardest, stop).times
        if not _fix(program, times, chosen, 1.0 if stop() else share):
            break
        now = time.perf_counter()
        share = min(1.0, max(steps.share, (now - begin) / max(end - now, 1e-9)))
    return chosen


def _fix(program: Covering, times: FloatArray, chosen: Chosen, share: float) -> int:
    """Fix the whole part of every pattern and round up those nearest to the next; return how many hosts are fixed."""
    whole = np.floor(times + WHOLE).astype(np.int64)
    part = times - whole
    goal = max(1, int(share * times.sum()))
    fixed = sum(_take(program, index, int(whole[index]), chosen) for index in np.flatnonzero(whole).tolist())
    for index in np.argsort(-part, kind="stable").tolist():
        if fixed >= goal or part[index] < (LEAST_PART if fixed and share < 1 else WHOLE):
            break
        fixed += _take(program, index, 1, chosen)
    return fixed


def _take(program: Covering, index: int, times: int, chosen: Chosen) -> int:
    taken = program.take(index, times)
    if taken:
        chosen.add(int(program.patterns.host_class[index]), program.patterns.counts[index], taken)
    return taken


def _chosen(host_class: IntArray, counts: IntArray, times: IntArray) -> Chosen:
    chosen = Chosen()
    for index in np.flatnonzero(times).tolist():
        chosen.add(int(host_class[index]), counts[index], int(times[index]))
    return chosen
