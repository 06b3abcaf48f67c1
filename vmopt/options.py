"""The options of one solve, and what they may be."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal

from vmopt import checks
from vmopt.errors import OptionError

ProgressCallback = Callable[[float, float, float, str], object]
"""Told (seconds, objective, bound, method) at every improvement."""

Ties = Literal["spread", "pack"]
"""What to do among placements of the same VMs."""

LONGEST = 1e9
"""Seconds, thirty years: clocks of backends know no more."""


@dataclass(frozen=True)
class Options:
    """The options of one solve, checked."""

    backend: str | None = None
    time_limit: float = 60.0
    gap: float = 1e-4
    seed: int = 0
    threads: int = 1
    progress: ProgressCallback | None = None


def checked_limits(time_limit: Any, gap: Any, seed: Any, threads: Any) -> tuple[float, float, int, int]:
    """Return the four as plain numbers, `threads` filled in, or say what is wrong with one."""
    if not checks.is_number(time_limit) or not isfinite(time_limit) or time_limit < 0:
        raise OptionError(f"time_limit is {time_limit!r}: give a finite number of seconds, at least 0.")
    if not checks.is_number(gap) or not 0 <= gap < 1:
        raise OptionError(f"gap is {gap!r}: give a fraction from 0 to below 1, such as 0.001 for 0.1 %.")
    if not checks.is_integer(seed) or not 0 <= seed < 2**31:
        raise OptionError(f"seed is {seed!r}: give an integer from 0 to 2^31 - 1.")
    if threads is None:
        threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if not checks.is_integer(threads) or not 1 <= threads <= 1024:
        raise OptionError(f"threads is {threads!r}: give an integer from 1 to 1024.")
    return min(float(time_limit), LONGEST), float(gap), int(seed), int(threads)


def checked_progress(progress: Any) -> ProgressCallback | None:
    """Return what was given, if it can be called."""
    if progress is not None and not callable(progress):
        raise OptionError(f"progress is {progress!r}: give a callable of (seconds, objective, bound, method).")
    return progress  # type: ignore[no-any-return]
