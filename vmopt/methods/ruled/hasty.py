"""Hasty: a placement without rules, less what breaks them, where there is no time to place VM by VM."""

from __future__ import annotations

import time

import numpy as np

from vmopt.methods import greedy
from vmopt.methods.ruled.keep import keep
from vmopt.methods.ruled.mend import mend
from vmopt.methods.ruled.parameters import DEFAULT, RuledParameters
from vmopt.methods.search import Search
from vmopt.problem import compile

METHOD = "hasty"


def end_of(search: Search, parameters: RuledParameters = DEFAULT) -> float:
    """Value of ``time.perf_counter()`` at which a placement that is in the making has to be left as it is."""
    return search.started + (1 + parameters.grace_share) * search.options.time_limit + parameters.grace_seconds


def run(search: Search, parameters: RuledParameters = DEFAULT) -> None:
    """Place VMs as if there were no rules, take off those that break them, and add what fits in the time left.

    VMs that must run are placed before others where they are left out.
    """
    plain, end = compile(search.instance.without_rules), end_of(search, parameters)
    nothing = np.full(plain.n_vms, -1, dtype=np.int64)
    placed = greedy.place(plain, greedy.order_by(plain, "priority"), "first-fit", nothing, end)
    kept = keep(search.problem, placed, end, parameters)
    if kept is not None:
        search.offer(kept, METHOD)
        stop = min(end, time.perf_counter() + parameters.hasty_share * search.options.time_limit)
        completed = mend(search.problem, greedy.complete(search.problem, kept, stop))
        if completed is not None:
            search.offer(completed, METHOD)
