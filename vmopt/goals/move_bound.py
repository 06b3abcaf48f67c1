"""The bound of what moves cost at least that prices of hosts prove, and its check without any solver.

Let capacity of host h cost ``lam[h,k]``, a place in a domain that a rule limits ``nu``, and a unit of a utilisation
that has to be at least V be worth w. A VM i that runs on h pays ``lam[h] @ r[i]`` and its domain's nu where it stays,
c[i] and ``min_h' lam[h'] @ r[i]`` where it moves, and c[i] where it stops, if it may (r is what it must get: all that
it asks for, unless it is elastic). Where hosts in use may cost no more than G, and a unit of that is worth mu, a host
costs ``mu g[h]`` and offers its capacity while it is in use; while it is not, nobody stays there. With ``a[i]`` the
least that i pays, less ``w v[i]``, where it does not stay, and ``s[h]`` what those save that do stay on h, no placement
that keeps the holds has moves that cost less than

    sum_i a[i] + w V - mu G - sum_r nu[r] b[r] + sum_h min(0, mu g[h] - lam[h] @ C[h] - s[h])

(Lagrangian duality; each host has prices of its own, as what runs there now is its own). Where a level above holds how
full the fullest host is, C[h] is no more than that.
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
from vmopt.goals.forced import room_left
from vmopt.goals.held_hosts import held_hosts
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
    held = held_hosts(instance, holds)
    per_held = np.zeros(len(held)) if proof.in_use is None else proof.in_use
    _check(per_held, (len(held),), "prices of hosts in use")
    toll, paid = tolls(instance, proof.rules)
    earned = sum((w * f.value for w, f in zip(proof.per_floor, asked.floors, strict=True)), np.zeros(len(asked.count)))
    away, saved = _pays(instance, cost, asked, proof.capacity, toll, earned)
    on = sum((mu * hosts.cost for mu, hosts in zip(per_held, held, strict=True)), np.zeros(instance.n_hosts))
    offered = (proof.capacity * room_left(instance, holds)[instance.host_classes.of]).sum(axis=1)
    stay = np.bincount(np.maximum(instance.current, 0), saved, instance.n_hosts)
    given = [w * f.limit for w, f in zip(proof.per_floor, asked.floors, strict=True)]
    spent = np.concatenate([paid, [mu * hosts.most for mu, hosts in zip(per_held, held, strict=True)]])
    total = fsum([*away.tolist(), *given, *np.minimum(0.0, on - offered - stay).tolist(), *(-spent).tolist()])
    sizes = np.abs(away) + saved + earned[instance.vm_classes.of] + cost
    magnitude = fsum([*sizes.tolist(), *given, *on.tolist(), *offered.tolist(), *spent.tolist()])
    return unit * max(ceil(total - ROUNDING * magnitude), 0)


def _pays(
    instance: Any, cost: IntArray, asked: Wanted, prices: FloatArray, toll: FloatArray, earned: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """The least that each VM pays where it does not stay, ``a[i]``, and how much less where it does."""
    of, home = instance.vm_classes.of, instance.current
    away = cheapest(instance, prices)[of] + cost - earned[of]
    here = np.where(stays(instance), (prices[home] * instance.reserved).sum(axis=1) + toll - earned[of], np.inf)
    required = (asked.required >= asked.count)[of]
    stops = np.minimum(away, cost)
    nowhere_else = required & np.isinf(away) & np.isfinite(here)
    least = np.where(required & np.isfinite(away), away, np.where(nowhere_else, np.maximum(here, cost), stops))
    return least, np.where(np.isfinite(here), np.maximum(least - here, 0.0), 0.0)


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
