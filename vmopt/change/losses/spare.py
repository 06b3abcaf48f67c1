"""`headroom`: whether what is protected still fits after any loss."""

from __future__ import annotations

import time
from itertools import combinations
from math import comb
from typing import Any

import numpy as np

from vmopt import checks
from vmopt.arrays import BoolArray, IntArray
from vmopt.change.losses.afterwards import Afterwards
from vmopt.change.losses.prove import proven
from vmopt.change.losses.refit import refitted
from vmopt.change.losses.result import Headroom, Loss
from vmopt.errors import InstanceError, OptionError
from vmopt.model.instance import Instance, require_instance
from vmopt.plurals import count
from vmopt.rules.domains import domains_of
from vmopt.rules.resident import residents
from vmopt.solution import Solution

MOST_CASES = 50_000


def headroom(
    given: Instance | Solution,
    failures: int = 1,
    over: str = "host",
    of: float | None = None,
    *,
    moving: bool = False,
    time_limit: float = 60.0,
) -> Headroom:
    """Say whether the protected VMs still fit on what is left after the loss of any hosts, racks or zones.

    Parameters
    ----------
    given : Solution or Instance
        A placement; of an instance, what runs now.
    failures : int
        How many domains are lost at the same time.
    over : str
        ``host``, or a label of hosts such as ``rack``: all hosts with the same value are lost together.
    of : float, optional
        VMs of this priority and above are protected, and those that must run; default: all that run.
    moving : bool
        Whether VMs that survive may move; else only what is lost starts again, elsewhere. VMs that are not protected
        may be stopped in either case.
    time_limit : float
        Seconds for all cases that a first glance does not settle.

    Returns
    -------
    Headroom
        For each loss a placement of all, or how few stay out at least, proven by solving. Hard rules hold afterwards,
        those on moves apart, which do not mean VMs that have to start again. Who belongs to a lost host
        (`vmopt.Resident`) is gone with it, and not missed.

    Raises
    ------
    InstanceError, OptionError
        If there is no such label, nobody says what runs, or there are too many cases.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[4], [4], [2]], [[8], [8]], current=[0, 1, 1], vm_names=["a", "b", "c"])
    >>> found = headroom(cluster)
    >>> found.holds, [(loss.domains, loss.out) for loss in found.broken]
    (False, [(('host-0',), ('a',)), (('host-1',), ('c',))])
    """
    instance, host_index = _placement(given)
    domain = domains_of(instance, checks.text(over, "over", what="'host', or a label of the hosts such as 'rack'"))
    n_domains = len(domain)
    checks.integer(failures, "failures", 1)
    checks.flag(moving, "moving")
    until = time.perf_counter() + checks.seconds(time_limit, "time_limit")
    if failures >= n_domains:
        domains = count(n_domains, f"domain of {over}", f"domains of {over}")
        raise OptionError(f"failures is {failures}, of {domains} in all: one must be left.")
    cases = comb(n_domains, failures)
    if cases > MOST_CASES:
        raise OptionError(
            f"{failures} of {n_domains} {over}: {cases:,} cases are too many; give fewer failures, or a label."
        )
    protected, belong = _protected(instance, host_index, of), residents(instance)
    losses = [
        _loss(
            Afterwards.of(instance, host_index, protected, belong, np.isin(domain.of, lost), moving=moving),
            tuple(domain.names[d] for d in lost),
            until,
            cases - number,
        )
        for number, lost in enumerate(combinations(range(n_domains), failures))
    ]
    return Headroom(instance, host_index, over, failures, of, moving, tuple(losses))


def _placement(given: Any) -> tuple[Instance, IntArray]:
    if isinstance(given, Solution):
        return given.instance, given.host_index
    instance = require_instance(given)
    if instance.current is None:
        raise InstanceError("nobody says what runs: give a solution, or the instance current=...")
    return instance, instance.current


def _protected(instance: Instance, host_index: IntArray, of: float | None) -> BoolArray:
    """Which VMs are to survive: of those that run, the important ones, and those that must run."""
    runs = host_index >= 0
    if of is None:
        return runs
    if not checks.is_number(of):
        raise OptionError(f"of is {checks.shown(of)}: give the least priority that is protected, or None for all VMs.")
    important = np.asarray(instance.priority >= of)
    for rule in instance.rules_in_force:
        must = getattr(rule, "must_run", None)
        important = important if must is None else important | must
    return runs & important


def _loss(after: Afterwards, names: tuple[str, ...], until: float, cases_left: int) -> Loss:
    """Settle one case: by a placement made at a glance, else by solving."""
    n_victims = len(after.victims)
    found = refitted(after)
    least, seconds = 0, max(0.0, until - time.perf_counter()) / cases_left
    if (found[after.victims] < 0).any() or not after.is_allowed(found):
        found, least = proven(after, found, max(seconds, 0.05) if until > time.perf_counter() else 0.0)
    out = np.flatnonzero(after.protected & (found < 0))
    fits = True if not len(out) and after.is_allowed(found) else False if least else None
    changed = np.flatnonzero((found >= 0) & (found != after.survivors))
    restarts = np.column_stack([changed, found[changed]])
    return Loss(names, n_victims, fits, tuple(after.instance.vm_names[int(vm)] for vm in out), least, restarts)
