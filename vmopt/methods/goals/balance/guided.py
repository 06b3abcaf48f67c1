"""Guided: few hosts filled anew by small programs, those that cost something together with others at random."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import FloatArray
from vmopt.methods.goals import refill
from vmopt.methods.goals.balance.costs import Cost
from vmopt.methods.goals.parameters import RefillParameters
from vmopt.methods.goals.stage import Stage
from vmopt.model.loads import loads


def run(stage: Stage, cost: Cost, parameters: RefillParameters) -> None:
    """Refill hosts until the stage is finished, or too much was in vain."""

    def interest() -> FloatArray:
        """Cost of each host, and a little for all others."""
        instance, host_index = stage.instance, stage.host_index
        held = loads(instance.demand, host_index, instance.n_hosts)
        number = np.bincount(host_index[host_index >= 0], minlength=instance.n_hosts)
        each = cost(np.arange(instance.n_hosts), np.column_stack([held, number]))
        return np.asarray(each + 1e-3 * each.mean() + 1e-12)

    refill.run(stage, interest, parameters)
