"""`vmopt verify --recheck`: what a bound rests on, proven anew by a search of its own."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import TYPE_CHECKING

from vmopt.cli.checking.check import ROUNDING, Check

if TYPE_CHECKING:
    from vmopt.bounds import Bound, PatternBound
    from vmopt.model.instance import Instance

RECHECK = "recheck"
FIRST, RIVAL = "cp-sat", "highs"
"""Whom to ask about a bound that another solver claims; the second where the first claims it."""


def recheck(instance: Instance, certificate: Bound, time_limit: float) -> Iterator[Check]:
    """Prove anew what can only be proven by a search: knapsacks of patterns, and what a solver claims."""
    from vmopt.bounds import Claim, Enumeration, PatternBound

    match certificate.proof:
        case PatternBound():
            yield from _knapsacks(instance, certificate.proof, time_limit)
        case Claim(by) | Enumeration(by) if certificate.value < inf:
            yield from _searched_again(instance, certificate.value, by, time_limit)
        case _:
            yield Check(RECHECK, True, "the bound is not by patterns: there is no knapsack to prove")


def _knapsacks(instance: Instance, certificate: PatternBound, time_limit: float) -> Iterator[Check]:
    """Prove the stated optima of the knapsacks anew, by a search that shares nothing with the one that stated them."""
    import numpy as np

    from vmopt.bounds.pattern_bound import recheck_pattern_bound
    from vmopt.summary.figures import number

    found = recheck_pattern_bound(instance, certificate, time_limit=time_limit)
    higher = found.host_profit > certificate.host_profit * (1 + 2 * ROUNDING)
    for c, members in enumerate(instance.host_classes.members):
        like = f"hosts like {instance.host_names[int(members[0])]}"
        stated, most = number(float(certificate.host_profit[c])), number(float(found.host_profit[c]))
        if not found.proven[c]:
            yield Check(RECHECK, None, f"{like}: {stated} not proven in time; a relaxation proves {most}")
        elif higher[c]:
            yield Check(RECHECK, False, f"{like}: {stated} stated, but a pattern earns {most}")
    if found.proven.all() and not np.any(higher):
        yield Check(RECHECK, True, f"{number(found.bound)}, every knapsack proven by a search of its own")
    elif not (higher & found.proven).any():
        yield Check(
            RECHECK, None, f"{number(found.bound)} is proven, not what the file says; --time-limit gives it longer"
        )


def _searched_again(instance: Instance, claimed: float, by: str, time_limit: float) -> Iterator[Check]:
    """Search anew, with another solver, for anything worth more than a claimed bound."""
    from vmopt.solving import solve
    from vmopt.summary.figures import number

    backend = RIVAL if by.startswith(FIRST) else FIRST
    found = solve(instance, method="exact", backend=backend, gap=0, time_limit=time_limit, ties=None)
    if found.objective > claimed + ROUNDING * abs(claimed):
        yield Check(
            RECHECK, False, f"a placement is worth {number(found.objective)}, more than the bound {number(claimed)}"
        )
    elif found.bound <= claimed + ROUNDING * abs(claimed):
        yield Check(RECHECK, True, f"{number(found.bound)}, found again by a search with {backend}")
    else:
        yield Check(
            RECHECK, None, f"a search with {backend} proves {number(found.bound)} in its time, not what the file says"
        )
