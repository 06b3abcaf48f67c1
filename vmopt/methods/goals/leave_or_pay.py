"""Leave or pay: each host chooses who leaves of those that run there now, and pays for what exceeds its levels.

Whoever comes only adds to what a host holds. So the least that a host can pay for levels that it exceeds and for VMs
that leave, whoever may come, is paid in every placement in which all that runs now runs, and hosts add up.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from scipy import sparse

from vmopt.arrays import FloatArray, IntArray
from vmopt.backends import registry
from vmopt.backends.base import LPOptions
from vmopt.bounds import Claim
from vmopt.formulation.linear_program import LinearProgram
from vmopt.methods.goals.parameters import DEFAULT, LevelParameters
from vmopt.methods.goals.stage import Stage
from vmopt.model.shapes import Excess, Moves, Ways, weighted
from vmopt.rules.eligible import must_run

METHOD, BACKEND = "leave-or-pay", "cp-sat"


def run(stage: Stage, parameters: LevelParameters = DEFAULT) -> None:
    """Add up what the hosts pay, where loads are weighed against moves."""
    if stage.level.maximised or any(goal.maximised for goal in stage.level.goals):
        return
    costs, required, current = _Costs(stage), must_run(stage.instance), stage.instance.current
    if current is None or costs.price.size == 0 or not costs.leave.any() or required is None or stage.problem.elastic:
        return
    total = Fraction(0)
    running = np.flatnonzero((current >= 0) & required)
    for host in np.unique(current[running]).tolist():
        if stage.finished:
            break
        total += costs.least(host, running[current[running] == host], min(parameters.host_seconds, stage.remaining))
    stage.tighten(total, Claim(BACKEND), METHOD)


class _Costs:
    """What leaving costs each VM at least, and what exceeding costs each host.

    Attributes
    ----------
    unit : Fraction
        Of all costs, which are whole numbers of it.
    """

    def __init__(self, stage: Stage) -> None:
        instance: Any = stage.instance
        self._instance = instance
        leave: list[tuple[Fraction, IntArray]] = []
        price: list[Fraction] = []
        self.adds: IntArray = np.zeros((instance.n_vms, 0), dtype=np.int64)
        self.level: IntArray = np.zeros((instance.n_hosts, 0), dtype=np.int64)
        for weight, shape in weighted(instance, stage.level):
            match shape:
                case Moves() if instance.current is not None:
                    leave.append((weight * shape.unit, shape.cost))
                case Ways():
                    leave.append((weight * shape.unit, _nearest(instance, shape)))
                case Excess() if (shape.factor >= 0).all():
                    price += [weight * each for each in shape.price]
                    self.adds = np.column_stack([self.adds, instance.demand @ shape.factor.T])
                    self.level = np.column_stack([self.level, shape.level])
        units = [unit for unit, _ in leave] + price
        self.unit = Fraction(1, int(np.lcm.reduce([each.denominator for each in units]))) if units else Fraction(1)
        self.price: FloatArray = np.array([float(each / self.unit) for each in price])
        self.leave: FloatArray = np.zeros(instance.n_vms)
        for unit, cost in leave:
            self.leave += float(unit / self.unit) * cost

    def least(self, host: int, vms: IntArray, seconds: float) -> Fraction:
        """What a host pays at least, of whom these run there now; 0 where that is not known."""
        adds, n, k = self.adds[vms], len(vms), len(self.price)
        room = self.level[host]
        eye = sparse.identity(k, format="csr")
        exceeds = sparse.hstack([sparse.csr_array(adds.T.astype(np.float64)), -eye], format="csr")
        fits = sparse.csr_array(
            np.hstack([self._instance.demand[vms].T, np.zeros((self._instance.demand.shape[1], k))])
        )
        program = LinearProgram.of_blocks(
            np.concatenate([self.leave[vms], -self.price]),
            {
                "exceeds": (sparse.csr_array(exceeds), room.astype(np.float64)),
                "capacity": (fits.astype(np.float64), self._instance.capacity[host].astype(np.float64)),
            },
            upper=np.concatenate([np.ones(n), np.maximum(adds.sum(axis=0) - room, 0)]),
            integer=True,
        )
        options = LPOptions(time_limit=seconds, gap=0.0, seed=0, threads=1)
        result = registry.get(BACKEND).solve(program, options)
        if not np.isfinite(result.bound):
            return Fraction(0)
        return self.unit * max(int(np.ceil(self.leave[vms].sum() - result.bound - 1e-6)), 0)


def _nearest(instance: Any, ways: Ways) -> IntArray:
    """What the nearest other host costs each VM that runs now."""
    cost = ways.cost
    other = cost + np.where(np.eye(len(cost), dtype=bool), np.iinfo(np.int64).max // 4, 0)
    nearest = other.min(axis=1) if len(cost) > 1 else np.zeros(len(cost), dtype=np.int64)
    return np.where(instance.current >= 0, nearest[instance.current], 0)
