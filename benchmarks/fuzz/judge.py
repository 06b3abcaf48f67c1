"""Judges what a method says of a tiny instance against what is true."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import lcm

import numpy as np

import vmopt
from benchmarks.fuzz.truth import Truth
from vmopt.levels import Level

ROUNDING = Fraction(1, 2**50)
"""Part by which a double may differ from the number it stands for; four units in the last place."""
LEVEL_ROUNDING = 1e-9
"""Part by which a level may be missed whose values are no short decimals."""
LONG = 2**30
"""Units up to which levels are told apart by any solver; beyond, they may stay unproven."""
PROVING = ("auto", "exact")
"""Methods that prove the optimum when time is left."""


def wrong(instance: vmopt.Instance, truth: Truth, solution: vmopt.Solution, gap: float) -> Iterator[str]:
    """Say what is wrong with a solution, if anything."""
    if not fits(instance, solution.host_index):
        yield "the placement does not fit"
    worth = truth.of_placement(solution.host_index.tolist())
    if abs(Fraction(solution.objective) - sum(worth)) > ROUNDING * sum(worth):
        yield f"the objective is {solution.objective!r}, the placement is worth {float(sum(worth))!r}"
    if solution.status is vmopt.Status.INFEASIBLE:
        yield "called infeasible"
    proves = solution.method.partition(":")[0] in PROVING and (not solution.levels or _short(truth))
    if proves and solution.status is not vmopt.Status.OPTIMAL:
        yield f"called {solution.status.value} at {solution.objective!r} of {solution.bound!r}, with time left"
    claims = solution.levels or (solution,)
    for own, optimum, claim in zip(worth, truth.optimum, claims, strict=True):
        yield from _wrong_claim(own, optimum, claim, gap + (LEVEL_ROUNDING if solution.levels else 0.0))
        if own != optimum:  # what the levels below have then is beside the point
            break


def _short(truth: Truth) -> bool:
    """Whether doubles, and the tolerances of solvers, have room for the worth of all VMs in whole units."""
    common = lcm(*(worth.denominator for worth in truth.worth))
    return sum(truth.worth) * common < LONG


def _wrong_claim(own: Fraction, optimum: Fraction, claim: vmopt.Solution | Level, gap: float) -> Iterator[str]:
    if claim.bound < optimum * (1 - ROUNDING):
        yield f"the bound is {claim.bound!r}, the optimum {float(optimum)!r}"
    if claim.status is vmopt.Status.OPTIMAL and optimum - own > Fraction(gap) * optimum:
        yield f"called optimal at {float(own)!r}, short by {float((optimum - own) / optimum):.2g} of the optimum"


def fits(instance: vmopt.Instance, host_index: np.ndarray) -> bool:
    """Whether a placement keeps every capacity, in Python's integers."""
    for host, room in enumerate(instance.capacity.tolist()):
        here = [d for d, h in zip(instance.demand.tolist(), host_index.tolist(), strict=True) if h == host]
        if any(sum(column) > most for column, most in zip(zip(*here, strict=True), room, strict=False)):
            return False
    return bool((host_index < instance.n_hosts).all())
