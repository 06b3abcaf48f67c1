"""Arms: which kind of step comes next, by what each has been gaining of late (a bandit with several arms)."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import BoolArray, FloatArray
from vmopt.methods.packing.parameters import NeighbourhoodParameters


class Arms:
    """How much of the time each kind of step gets, by what it gained per unit of work of late.

    Parameters
    ----------
    work : (n_arms,) float64 array
        What a step of each kind is expected to cost.
    parameters : NeighbourhoodParameters
    rng : numpy.random.Generator
    """

    def __init__(self, work: FloatArray, parameters: NeighbourhoodParameters, rng: np.random.Generator) -> None:
        self.work, self.parameters, self.rng = work.copy(), parameters, rng
        self.rate = np.zeros(len(work))
        self.highest = 0.0

    def pull(self, fit: BoolArray) -> int:
        """Choose among the arms that are `fit`; even one that gained nothing gets a little time."""
        rate = np.where(fit, self.rate, 0.0)
        even = fit / fit.sum()
        curiosity = self.parameters.curiosity
        time = (1 - curiosity) * rate / rate.sum() + curiosity * even if rate.any() else even
        chance = time / self.work
        return int(self.rng.choice(len(chance), p=chance / chance.sum()))

    def learn(self, arm: int, gain: float, work: float) -> None:
        """Remember what a step gained, and what it cost."""
        new = 1 - self.parameters.memory
        self.rate[arm] += new * (gain / work - self.rate[arm])
        self.highest = max(self.highest, float(self.rate[arm]))
        self.rate[self.rate < self.parameters.forgotten * self.highest] = 0.0
        self.work[arm] += new * (work - self.work[arm])
