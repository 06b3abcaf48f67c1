"""Overasked: VMs that must run ask for more than the hosts that could give it have, proven by one weighed sum.

What VMs that must run ask for, weighed by how scarce it is where they may run, is compared with what the hosts have.
The weights are the prices of the relaxation in which as many of them run as can (a ray of Farkas), or those of one
resource by itself. That weights prove it is checked without a solver, by `verify_bound`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.bounds.best_profit import best_profit
from vmopt.bounds.price_bound import verify_bound
from vmopt.bounds.rule_prices import RulePrices
from vmopt.bounds.tolls import Tolls
from vmopt.errors import SolverError
from vmopt.explain.forced import moves_free
from vmopt.model.columns import frozen
from vmopt.model.instance import Instance
from vmopt.model.objective import Objective
from vmopt.rules import Quota
from vmopt.solving import relax

CLEARLY = 1e-9
"""Part of what is asked for by which it is more than there is: nearer than that it may be rounding."""
PAYING = 1e-9
"""Part of what a VM asks for by which it pays for it: less is the solver's tolerance."""
MOST_RULES = 30
"""Rules of which each is left out on trial."""


@dataclass(frozen=True)
class Overasked:
    """Who asks for too much, and of whom.

    Attributes
    ----------
    vms, rules : int arrays
        VMs that must run, and the rules that keep them from other hosts or limit them, by number.
    hosts : (n,) int64 array
        Hosts whose capacity counts: those that give, and those too small for some of the VMs.
    giving : (n,) int64 array
        Hosts that have what is asked for.
    resources : (n,) int64 array
        What is scarce there.
    excess : float
        What is asked for over what there is, both weighed, less 1.
    """

    vms: IntArray
    rules: tuple[int, ...]
    hosts: IntArray
    giving: IntArray
    resources: IntArray
    excess: float


def overasked(instance: Instance, must: IntArray, rules: Sequence[int], deadline: float) -> Overasked | None:
    """Find VMs that must run and ask for more than hosts have, under as few rules as may be; None where no sum tells.

    Parameters
    ----------
    must : (n,) int64 array
        VMs that must run.
    rules : sequence of int
        Hard rules that may have a part in it, by number.
    deadline : float
        Of `time.perf_counter`.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[4, 1], [5, 1], [0, 1]], [[8, 9]], resources=["cpu", "memory"])
    >>> found = overasked(cluster, np.arange(3), (), float("inf"))
    >>> found.vms.tolist(), found.hosts.tolist(), found.resources.tolist(), round(found.excess, 6)
    ([0, 1], [0], [0], 0.125)
    """
    found = _under(instance, must, (), deadline)
    if found is not None or not rules:
        return found
    found = _under(instance, must, rules, deadline)
    for rule in () if found is None or len(found.rules) > MOST_RULES else found.rules:
        assert found is not None
        fewer = _under(instance, must, [other for other in found.rules if other != rule], deadline)
        found = found if fewer is None else fewer
    return found


def _under(instance: Instance, must: IntArray, rules: Sequence[int], deadline: float) -> Overasked | None:
    asking = _asking(instance, must, rules)
    total = float(asking.value.sum())
    for prices, rule_prices in _weights(asking, deadline):
        if verify_bound(asking, prices, rule_prices) < total * (1 - CLEARLY):
            return _told(asking, must, rules, prices, rule_prices)
    return None


def _asking(instance: Instance, must: IntArray, rules: Sequence[int]) -> Instance:
    """An instance in which each VM that must run is worth its share of what there is, and others nothing."""
    there = instance.capacity.sum(axis=0)
    value = np.zeros(instance.n_vms)
    value[must] = (instance.reserved[must][:, there > 0] / there[there > 0]).sum(axis=1)
    return replace(
        moves_free(instance),
        demand=instance.reserved,
        reservation=None,
        rules=tuple(instance.rules[n] for n in rules),
        own_value=frozen(value),
        objective=Objective(),
        priority=frozen(np.ones(instance.n_vms)),
    )


def _weights(asking: Instance, deadline: float) -> Iterator[tuple[FloatArray, RulePrices | None]]:
    """Weights of what hosts have that may tell: one resource alone, then those of the relaxation."""
    there = asking.capacity.sum(axis=0)
    asked = asking.demand[asking.value > 0].sum(axis=0)
    for k in np.flatnonzero((asked > there) & (there > 0)).tolist():
        alone = np.zeros(asking.host_classes.capacity.shape)
        alone[:, k] = 1 / there[k]
        yield alone, None
    left = deadline - time.perf_counter()
    if left <= 0:
        return
    try:
        relaxed = relax(asking, time_limit=min(left, 1e9), threads=1)
    except SolverError:  # too large for it, or too slow
        return
    yield relaxed.prices, relaxed.rule_prices


def _told(
    asking: Instance, must: IntArray, rules: Sequence[int], prices: FloatArray, rule_prices: RulePrices | None
) -> Overasked | None:
    """Who pays, and who is paid; None where some VM fits nowhere, which is another matter."""
    vms, hosts, tolls = asking.vm_classes, asking.host_classes, Tolls.of(asking, rule_prices)
    best = best_profit(vms, hosts.capacity, prices, tolls)[0]
    required = np.zeros(asking.n_vms, dtype=bool)
    required[must] = True
    if not np.isfinite(best[vms.of[must]]).all():
        return None
    pays = np.asarray(vms.value - best > PAYING * vms.value)[vms.of] & required
    paid: FloatArray = hosts.capacity * prices
    worth = (hosts.count[:, None] * paid).sum() + (0.0 if tolls is None else float(tolls.earned.sum()))
    asked = float((vms.value - best)[vms.of[pays]].sum())
    gives: BoolArray = (paid > PAYING * paid.max(initial=0.0)).any(axis=1)
    scarce = (paid[gives] > PAYING * paid.max(initial=0.0)).any(axis=0)
    needed = [] if tolls is None else [rule for n, rule in enumerate(rules) if _has_part(asking, n, rule_prices)]
    return Overasked(
        vms=np.flatnonzero(pays),
        rules=tuple(needed),
        hosts=np.flatnonzero((gives | _too_small(asking, pays) | _any_counts(asking, rule_prices))[hosts.of]),
        giving=np.flatnonzero(gives[hosts.of]),
        resources=np.flatnonzero(scarce),
        excess=asked / float(worth) - 1 if worth > 0 else np.inf,
    )


def _has_part(asking: Instance, number: int, rule_prices: RulePrices | None) -> bool:
    """Whether a rule forbids hosts, or its limits cost something, or those of some rules that are not told apart."""
    nobody, rules = np.zeros(0, dtype=np.int64), asking.rules_in_force
    priced = nobody if rule_prices is None else rule_prices.rule
    return rules[number].forbids(nobody, nobody) is not None or bool(
        ((priced == number) | (priced >= len(rules))).any()
    )


def _any_counts(asking: Instance, rule_prices: RulePrices | None) -> bool:
    """Whether the capacity of any host may have a part in a limit that costs something: in all but plain quotas."""
    rules = asking.rules_in_force
    priced = () if rule_prices is None else np.unique(rule_prices.rule).tolist()
    return any(n >= len(rules) or not isinstance(rules[n].rule, Quota) for n in priced)


def _too_small(asking: Instance, vms: BoolArray) -> BoolArray:
    """Which host classes are too small for one of these VMs, though it has them for itself."""
    most = asking.demand[vms].max(axis=0, initial=0)
    return np.asarray((asking.host_classes.capacity < most).any(axis=1))
