"""Limits on the whole cluster, as searches among few hosts see them: whoever is counted pays, wherever it runs."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.bounds import RulePrices
from vmopt.problem import Problem


class ClusterLimits:
    """The priced limits of a problem whose one domain is the cluster.

    Attributes
    ----------
    toll : (n_vm_classes,) array or None
        What a VM of each class pays to them together; None where there are none.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.problem import compile
    >>> rules = [vmopt.Quota(1, resource=None)]
    >>> cluster = compile(vmopt.Instance.from_arrays([[2], [1]], [[5]], value=[3, 3], rules=rules))
    >>> limits = ClusterLimits(cluster, vmopt.relax(cluster.instance).rule_prices)
    >>> limits.toll.tolist(), limits.slack(np.array([1, 1])), limits.slack(np.array([0, 1]))
    ([3.0, 3.0], 3.0, 0.0)
    """

    def __init__(self, problem: Problem, prices: RulePrices | None) -> None:
        self._count = problem.vms.count
        self._payers: list[tuple[FloatArray, float]] = []
        for rule, here in enumerate(problem.limits if prices is not None else ()):
            assert prices is not None
            mine = np.flatnonzero(prices.rule == rule)
            if len(mine) and not here.by_host and len(here.domain) == 1:
                price = np.zeros(len(here.group) + 1)
                np.add.at(price, prices.group[mine], prices.price[mine])
                most = here.most_at(prices.group[mine], prices.domain[mine])
                paid = here.weight[problem.members] * price[here.group.of[problem.members]]
                self._payers.append((paid, float(most @ prices.price[mine])))
        self.toll = np.sum([paid for paid, _ in self._payers], axis=0) if self._payers else None

    def slack(self, left: IntArray) -> float:
        """What is left of the limits at their prices, where so many VMs of each class run nowhere."""
        running = self._count - np.maximum(left, 0)
        return sum((max(0.0, earned - float(running @ paid)) for paid, earned in self._payers), 0.0)
