"""The policies by name: one line each."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches

from vmopt import checks
from vmopt.arrays import FloatArray
from vmopt.errors import OptionError
from vmopt.sharing import dominant, max_min, proportional, utilization
from vmopt.sharing.pool import Pool

Policy = Callable[[Pool], FloatArray]
"""Divides a pool: the allocation, ``(n_vms, n_resources)``."""

POLICIES: dict[str, Policy] = {
    "utilization": utilization.allocate,
    "proportional": proportional.allocate,
    "max-min": max_min.allocate,
    "dominant": dominant.allocate,
}


def get(name: str, argument: str = "policy") -> Policy:
    """Look a policy up by name; `argument` is what the user calls it.

    Raises
    ------
    OptionError
        If there is no such policy.
    """
    policy = POLICIES.get(name) if isinstance(name, str) else None
    if policy is None:
        close = get_close_matches(str(name), POLICIES, 1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        raise OptionError(f"{argument} {checks.shown(name)} is unknown{hint}: use one of {', '.join(POLICIES)}.")
    return policy
