"""The bound that prices prove for containers in VMs on hosts, from the data alone."""

from __future__ import annotations

import time
from dataclasses import dataclass
from math import fsum

import numpy as np

from vmopt import checks
from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.bounds.knapsack_proof import largest_profit
from vmopt.nesting.nested import Nested, require_nested
from vmopt.rules.eligible import eligible

ROUNDING = 1e-11
"""Sums of doubles are exact to this part of what is added up."""


@dataclass(frozen=True, eq=False)
class NestPrices:
    """Prices of what containers may use inside of VMs, and of VMs.

    Attributes
    ----------
    inside : (n_host_classes, n_resources) array
        Of a unit of each resource inside of VMs on hosts of each class, at least 0.
    vms : (n_flavors,) array
        Of one of the `most` VMs of each flavour, at least 0; 0 where any number may be opened.
    worth : float, default 1
        What a unit of utilisation counts, at least 0.
    costs : bool, default False
        Whether VMs cost what their flavours do: for the second level.
    """

    inside: FloatArray
    vms: FloatArray
    worth: float = 1.0
    costs: bool = False


def allowed(nested: Nested) -> BoolArray:
    """Which container classes may run on which host classes: rules let them, and a VM that they fit in fits there."""
    demand, capacity = classes_of(nested)
    fits = np.zeros((len(demand), len(capacity)), dtype=bool)
    for inside, size in zip(nested.inside, nested.size, strict=True):
        fits |= (demand <= inside).all(axis=1)[:, None] & (size <= capacity).all(axis=1)
    told = eligible(nested.cluster)
    return fits if told is None else fits & told


def classes_of(nested: Nested) -> tuple[IntArray, IntArray]:
    """Demand of a container of each class, capacity of a host of each class, in the unit of both levels."""
    cluster = nested.cluster
    vm, host = (rows.first for rows in (cluster.vm_classes, cluster.host_classes))
    return nested.demand[vm], nested.capacity[host]


def most_open(nested: Nested) -> IntArray:
    """VMs of each flavour that are ever of use: one for each container at most."""
    n = nested.cluster.n_vms
    return np.array([n if f.most is None else min(f.most, n) for f in nested.flavors], dtype=np.int64)


def price_bound(nested: Nested, prices: NestPrices, *, seconds: float = np.inf) -> float:
    """Upper bound of ``worth * utilisation - cost of the VMs`` that prices prove.

    For prices ``lam[c,k]`` of what is inside of VMs on hosts of class c and ``mu[f]`` of VMs, all at least 0,

        sum_c m_c W_c + sum_j n_j max(0, max_c (worth value[j] - sum_k d[j,k] lam[c,k])) + sum_f most_f mu[f],
        W_c = max_y  sum_f y_f (sum_k inside[f,k] lam[c,k] - mu[f] - cost[f]),    sum_f size[f,k] y_f <= C[c,k], y whole

    is at least that of every answer: containers take no more of any resource than the VMs on their host have inside
    (Lagrangian duality; Geoffrion 1974). The overhead of VMs counts, as W is over VMs that fit. Without costs and with
    a worth of 1 it bounds utilisation; with costs, ``worth u`` less the bound is what answers with a utilisation of u
    cost at least. W comes from `knapsack_proof.largest_profit`, which has a bound of its own where time is up.

    Examples
    --------
    One VM of 4 fits on a host of 9 beside its overhead of 1, and not two of them:

    >>> from vmopt.model import VM, Host
    >>> from vmopt.nesting import Flavor
    >>> flavors, hosts = [Flavor("s", {"cpu": 4}, {"cpu": 1})], [Host("h", {"cpu": 9})]
    >>> nested = Nested.of([VM("a", {"cpu": 4}), VM("b", {"cpu": 4})], flavors, hosts)
    >>> price = nested.cluster.value[0] / 4
    >>> float(round(price_bound(nested, NestPrices(np.array([[price]]), np.zeros(1))) / nested.cluster.value[0], 6))
    1.0
    """
    checks.of_kind(prices, NestPrices, "prices", "NestPrices(...)")
    cluster, (demand, capacity) = require_nested(nested).cluster, classes_of(nested)
    end = time.perf_counter() + checks.seconds(seconds, "seconds")
    limited = [flavor.most is not None for flavor in nested.flavors]
    lam, mu = np.maximum(prices.inside, 0.0), np.where(limited, np.maximum(prices.vms, 0.0), 0.0)
    terms, most = [most_open(nested) * mu], most_open(nested)
    for number, room, price in zip(cluster.host_classes.count.tolist(), capacity, lam, strict=True):
        earned = nested.inside @ price - mu - (nested.cost if prices.costs else 0.0)
        held = largest_profit(nested.size, earned, most, room, 0.0, lambda: time.perf_counter() > end)
        terms.append(np.array([number * held.bound]))
    classes = cluster.vm_classes
    left = prices.worth * classes.value[:, None] - demand @ lam.T
    best = np.where(allowed(nested), left, 0.0).max(axis=1, initial=0.0)
    terms.append(classes.count * best)
    paid = np.abs(demand @ lam.T).max(axis=1, initial=0.0) + prices.worth * classes.value
    total = fsum(np.concatenate(terms).tolist())
    return total + ROUNDING * (total + float(classes.count @ paid))
