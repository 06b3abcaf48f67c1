"""The bound of what moves cost at least that prices of hosts prove, and its check without any solver.

Let capacity of host h cost ``lam[h,k]``, a place in a domain that a rule limits ``nu``, and a unit of a utilisation
that has to be at least V be worth w. A VM i that runs on h pays ``lam[h] @ r[i]`` and its domain's nu where it stays,
c[i] and ``min_h' lam[h'] @ r[i]`` where it moves, and c[i] where it stops, if it may (r is what it must get: all that
it asks for, unless it is elastic); with ``t[i]`` the least of these less ``w v[i]``, no placement that keeps the holds
has moves that cost less than

    sum_i t[i] + w V - sum_h lam[h] @ C[h] - sum_r nu[r] b[r]

(Lagrangian duality; each host has prices of its own, as what runs there now is its own).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, fsum
from typing import Any

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.bounds import MovePrices, RulePrices
from vmopt.errors import PlacementError
from vmopt.goals.fewest_moves import FewestMoves
from vmopt.goals.holds import Hold
from vmopt.goals.wanted import Wanted, wanted
from vmopt.rules.eligible import eligible

ROUNDING = 1e-12
"""Part of the sum of all sizes of terms that rounding can add up to, and more."""
MOST_ENTRIES = 5_000_000
"""Pairs of VM classes and hosts that are looked at in one go."""


def verify_move_prices(instance: Any, goal: FewestMoves, holds: Sequence[Hold], proof: MovePrices) -> Fraction:
    """Lower bound of what moves cost, recomputed with numpy alone.

    Raises
    ------
    PlacementError
        If the proof has the wrong shape, or is negative or not finite.

    Examples
    --------
    >>> import vmopt
    >>> rules = [vmopt.MustRun("vm-*"), vmopt.Empty("host-1")]
    >>> cluster = vmopt.Instance.from_arrays([[2], [3]], [[9], [9]], current=[0, 1], rules=rules)
    >>> verify_move_prices(cluster, FewestMoves(), (), MovePrices(np.zeros((2, 1)), np.zeros(0), None))
    Fraction(1, 1)
    """
    asked = wanted(instance, holds)
    _check(proof.capacity, instance.capacity.shape, "prices of hosts")
    _check(proof.per_floor, (len(asked.floors),), "prices of utilisations")
    cost, unit = goal.costs(instance)
    toll, paid = tolls(instance, proof.rules)
    earned = sum((w * f.value for w, f in zip(proof.per_floor, asked.floors, strict=True)), np.zeros(len(asked.count)))
    terms, sizes = _least(instance, cost, asked, proof.capacity, toll, earned)
    given = [w * f.limit for w, f in zip(proof.per_floor, asked.floors, strict=True)]
    spent = np.concatenate([(proof.capacity * instance.capacity).ravel(), paid])
    total = fsum([*terms.tolist(), *given, *(-spent).tolist()])
    magnitude = fsum([*sizes.tolist(), *given, *spent.tolist()])
    return unit * max(ceil(total - ROUNDING * magnitude), 0)


def _least(
    instance: Any, cost: IntArray, asked: Wanted, prices: FloatArray, toll: FloatArray, earned: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """The least that each VM can pay, ``t[i]``, and the sizes of what it is made of."""
    of, home = instance.vm_classes.of, instance.current
    may_stay = stays(instance)
    away = cheapest(instance, prices)[of] + cost
    here = np.where(may_stay, (prices[home] * instance.reserved).sum(axis=1) + toll, np.inf)
    required = (asked.required >= asked.count)[of]
    runs = np.minimum(here, away) - earned[of]
    least = np.where(required & np.isfinite(runs), runs, np.minimum(runs, cost))
    return least, np.where(np.isfinite(runs), np.abs(runs) + earned[of], 0.0) + cost


def stays(instance: Any) -> BoolArray:
    """Which VMs may run where they run now: they do run, fit the host, and no rule bars them from it."""
    home, running = instance.current, instance.current >= 0
    allowed, fits = eligible(instance), (instance.reserved <= instance.capacity[home]).all(axis=1)
    if allowed is None:
        return np.asarray(running & fits)
    return np.asarray(running & fits & allowed[instance.vm_classes.of, instance.host_classes.of[home]])


def cheapest(instance: Any, prices: FloatArray) -> FloatArray:
    """What a VM of each class pays on the host that is cheapest for it, infinite where none can take it."""
    vms, hosts, allowed = instance.vm_classes, instance.host_classes, eligible(instance)
    pays = np.full(len(vms), np.inf)
    for c, members in enumerate(hosts.members):
        fits = np.flatnonzero(
            (vms.least <= hosts.capacity[c]).all(axis=1) & (True if allowed is None else allowed[:, c])
        )
        rows = np.unique(prices[members], axis=0)
        step = max(1, MOST_ENTRIES // len(rows))
        for first in range(0, len(fits), step):
            some = fits[first : first + step]
            pays[some] = np.minimum(pays[some], (vms.least[some] @ rows.T).min(axis=1))
    return pays


def tolls(instance: Any, prices: RulePrices | None) -> tuple[FloatArray, FloatArray]:
    """What each VM pays for its place where it runs now, and what each limited place brings at most.

    Raises
    ------
    PlacementError
        If a price is of a limit that is not there, negative or not finite.
    """
    toll = np.zeros(instance.n_vms)
    if prices is None:
        return toll, np.zeros(0)
    _check(prices.price, prices.price.shape, "prices of rules")
    paid = np.zeros(len(prices.price))
    for r in np.unique(prices.rule).tolist():
        mine = np.flatnonzero(prices.rule == r)
        rule = instance.rules_in_force[r] if 0 <= r < len(instance.rules_in_force) else None
        most = None if rule is None else rule.most_in_domain
        if rule is None or most is None:
            raise PlacementError(f"the proof has a price of rule {r}, which sets no limit.")
        group, domain = prices.group[mine], prices.domain[mine]
        if group.min() < 0 or domain.min() < 0 or group.max() >= len(most) or domain.max() >= len(rule.domain):
            raise PlacementError(f"the proof has a price of a limit of rule {r} that is not there.")
        paid[mine] = prices.price[mine] * most[group]
        toll += _toll(instance, rule, group, domain, prices.price[mine])
    return toll, paid


def _toll(instance: Any, rule: Any, group: IntArray, domain: IntArray, price: FloatArray) -> FloatArray:
    """What each VM pays to one rule where it runs now."""
    width = len(rule.domain)
    keys, place = np.unique(group * width + domain, return_inverse=True)
    each = np.bincount(place.ravel(), price, len(keys))
    where = rule.domain.of[instance.current]
    key = np.where((instance.current >= 0) & (rule.group.of >= 0) & (where >= 0), rule.group.of * width + where, -1)
    found = np.minimum(np.searchsorted(keys, key), len(keys) - 1)
    return np.where(keys[found] == key, each[found] * rule.weight, 0.0)


def _check(array: FloatArray, shape: tuple[int, ...], what: str) -> None:
    if np.shape(array) != shape or not np.isfinite(array).all() or (array < 0).any():
        raise PlacementError(f"the {what} must be finite numbers of at least 0, of shape {shape}.")
