"""Chosen: whom limits over many hosts leave room for, decided before anybody is placed.

A placement without rules runs as many of a group as it likes. Where a quota leaves a group less, dealing that placement
leaves holes that nobody else fills: so those of the group are left out beforehand that are worth least for what the
quota counts, and the others take their room.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vmopt.arrays import BoolArray, FloatArray
from vmopt.bounds import RulePrices
from vmopt.formulation.coarse import crossing
from vmopt.methods.ruled.blind import run_as
from vmopt.methods.ruled.bundles import bundles
from vmopt.methods.ruled.parameters import DEFAULT, RuledParameters
from vmopt.methods.ruled.stand_in import stand_in
from vmopt.methods.search import Search
from vmopt.model.rule import RuleInForce
from vmopt.problem import Problem
from vmopt.rules.lowered import lowered


def run_chosen(search: Search, inner: Callable[[Search], None], parameters: RuledParameters = DEFAULT) -> None:
    """Let a method place those VMs whom limits over many hosts leave room, and deal what it finds.

    Nothing where no such limit costs anything: the placement of all VMs says as much.
    """
    problem = search.problem
    if search.rule_prices is None or problem.elastic:
        return
    kept = chosen(problem, search.prices, search.rule_prices)
    if not kept.all():
        leader = bundles(problem, search.prices, parameters)
        leader[~(kept & kept[leader])] = -1  # who is left out takes along those that follow
        image = stand_in(lowered(search.instance), leader, np.full(problem.n_vms, -1))
        run_as(search, inner, image, parameters, among=kept)


def chosen(problem: Problem, prices: FloatArray, rule_prices: RulePrices) -> BoolArray:
    """Which VMs limits that cost something have room for, if all domains are filled, ``(n_vms,)``.

    Parameters
    ----------
    problem : Problem
    prices : (n_host_classes, n_resources) array
        Of capacity: what a VM is worth beyond them decides.
    rule_prices : RulePrices
        Limits without a price leave nobody out.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.problem import compile
    >>> rules = [vmopt.Quota(2, over="zone", of=["vm-0", "vm-1", "vm-2"])]
    >>> named = {"value": [1, 3, 2, 1], "host_labels": [{"zone": "a"}]}
    >>> cluster = vmopt.Instance.from_arrays([[1]] * 4, [[9]], rules=rules, **named)
    >>> costs = RulePrices(np.array([0]), np.array([0]), np.array([0]), np.array([1.0]))
    >>> chosen(compile(cluster), np.zeros((1, 1)), costs).tolist()
    [False, True, True, True]
    """
    kept = np.ones(problem.n_vms, dtype=bool)
    price = problem.hosts.count @ prices / max(problem.n_hosts, 1)
    worth = problem.value - problem.least @ price
    limits = problem.limits
    across = {id(rule) for rule in crossing(problem)}
    for number in np.unique(rule_prices.rule).tolist():
        rule = limits[number]
        if id(rule) in across and (rule.domain.of >= 0).all():
            for g in np.unique(rule_prices.group[rule_prices.rule == number]).tolist():
                _leave_out(rule, g, worth, kept)
    return kept


def _leave_out(rule: RuleInForce, g: int, worth: FloatArray, kept: BoolArray) -> None:
    """Leave out those of a group that all domains together have no room for."""
    domains = np.arange(len(rule.domain))
    room = rule.most_at(np.full(len(domains), g), domains).astype(np.float64).sum()
    vms = np.flatnonzero((rule.group.of == g) & (rule.weight > 0) & kept)
    vms = vms[np.argsort(-worth[vms] / rule.weight[vms], kind="stable")]
    kept[vms[np.cumsum(rule.weight[vms].astype(np.float64)) > room]] = False
