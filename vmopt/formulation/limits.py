"""The limits that rules set to groups of VMs in domains, as rows over VM classes and host classes.

With the weight w[j] of a VM of class j, 1 or its demand of a resource:

    rules     sum_(j in g) sum_(c in d) w[j] x[j,c] <= most[g]    for each group g and domain d of a rule

Where each host is a domain, one row stands for the hosts of a class together, with as many times the limit. Rows that
cannot be broken are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from vmopt.arrays import FloatArray, IntArray
from vmopt.formulation.columns import Columns
from vmopt.formulation.rows import Rows
from vmopt.model.rule import RuleInForce
from vmopt.problem import Problem
from vmopt.rules.eligible import class_members


@dataclass(frozen=True, eq=False)
class Limits:
    """Rows of rules, and what each is of: see `vmopt.bounds.RulePrices`.

    Attributes
    ----------
    rows : Rows
    weight : (n,) float64 array
        The largest entry of each row.
    rule, group, domain : (n,) int64 arrays
    """

    rows: Rows
    weight: FloatArray
    rule: IntArray
    group: IntArray
    domain: IntArray

    @classmethod
    def none(cls, columns: Columns) -> Limits:
        """No row."""
        nothing = np.zeros(0, dtype=np.int64)
        rows = Rows(sparse.csr_array((0, len(columns)), dtype=np.int64), np.zeros(0))
        return cls(rows, np.zeros(0), nothing, nothing, nothing)


def limits_of(problem: Problem, columns: Columns, *, by_host: bool = True) -> Limits:
    """Write the limits that rules set over the pairs of VM class and host class.

    Parameters
    ----------
    problem : Problem
    columns : Columns
    by_host : bool
        Whether to write those that each host has by itself.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.problem import compile
    >>> rules = [vmopt.Spread(["vm-0", "vm-1", "vm-2"]), vmopt.Quota(4, resource=None)]
    >>> cluster = compile(vmopt.Instance.from_arrays([[2], [2], [2], [1], [1]], [[5], [5]], rules=rules))
    >>> limits = limits_of(cluster, Columns.of(cluster.vms, cluster.hosts.capacity))
    >>> limits.rows.matrix.toarray().tolist(), limits.rows.upper.tolist()
    ([[1, 0], [1, 1]], [2.0, 4.0])
    """
    limiting = [(n, rule, rule.most_in_domain) for n, rule in enumerate(problem.limits)]
    kept = [(n, rule) for n, rule, most in limiting if most is not None and (by_host or not rule.by_host)]
    found = [_limits_of_rule(problem, columns, n, rule) for n, rule in kept]
    if not found:
        return Limits.none(columns)
    matrix = sparse.vstack([limits.rows.matrix for limits in found], format="csr")
    rows = Rows(matrix, np.concatenate([limits.rows.upper for limits in found]))
    told = [np.concatenate([getattr(one, of) for one in found]) for of in ("weight", "rule", "group", "domain")]
    return Limits(rows, *told)


def _limits_of_rule(problem: Problem, columns: Columns, number: int, rule: RuleInForce) -> Limits:
    vm, host = problem.members, class_members(problem.instance)[1]
    group, weight = rule.group.of[vm], rule.weight[vm]
    domain = np.arange(len(host)) if rule.by_host else rule.domain.of[host]
    copies = problem.hosts.count if rule.by_host else np.ones(len(rule.domain))
    g, d, w = group[columns.vm_class], domain[columns.where], weight[columns.vm_class]
    cell = np.flatnonzero((g >= 0) & (d >= 0) & (w > 0))
    at = host if rule.by_host else np.arange(len(rule.domain))
    most = rule.most_at(g[cell], at[d[cell]])
    asked = np.zeros(len(rule.group) + 1)
    np.add.at(asked, group, problem.vms.count * weight.astype(np.float64))
    cell = cell[asked[g[cell]] > most * copies[d[cell]].astype(np.float64)]
    key, row = np.unique(g[cell] * len(copies) + d[cell], return_inverse=True)
    of_group, of_domain = key // len(copies), key % len(copies)
    matrix = sparse.csr_array((w[cell], (row.ravel(), cell)), shape=(len(key), len(columns)))
    largest = np.zeros(len(key))
    np.maximum.at(largest, row.ravel(), w[cell].astype(np.float64))
    rows = Rows(matrix, rule.most_at(of_group, at[of_domain]) * copies[of_domain].astype(np.float64))
    return Limits(rows, largest, np.full(len(key), number), of_group, of_domain)
