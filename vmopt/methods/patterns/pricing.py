"""Pricing: the patterns of each host class that earn more than their price, looked for harder and harder.

Where a host holds few VMs, they are added one by one (`branching`); where it holds many, layer by layer (`beam`).
Whether they land on the parts of a host is left to an integer program (`host_program`) where a quick look fails.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.methods.patterns import host_program
from vmopt.methods.patterns.beam import explore
from vmopt.methods.patterns.branching import branch
from vmopt.methods.patterns.knapsack import Knapsack, Priced, RelaxedKnapsack, nothing
from vmopt.methods.patterns.parameters import DEFAULT, PricingEffort, PricingParameters

CLOSED = 1e-6
"""Gap that counts as none, in units of about what a host earns: linear programs are not solved any closer."""
Stop = Callable[[], bool]


class Pricing:
    """The knapsacks of the host classes, and how hard each has been of late.

    Parameters
    ----------
    knapsacks : tuple of Knapsack
        One per host class.
    value : (n_vm_classes,) float64 array
    parameters : PricingParameters
    """

    def __init__(
        self, knapsacks: tuple[Knapsack, ...], value: FloatArray, parameters: PricingParameters = DEFAULT.pricing
    ) -> None:
        self.knapsacks, self.value, self.parameters = knapsacks, value, parameters
        self.level = np.zeros(len(knapsacks), dtype=np.int64)

    def price(self, c: int, prices: FloatArray, threshold: float, supply: IntArray, hardest: int, stop: Stop) -> Priced:
        """Price one host class, harder and harder until something is found or nothing can be.

        Parameters
        ----------
        c : int
            The host class.
        prices : (n_vm_classes,) float64 array
        threshold : float
            Price of a host.
        supply : (n_vm_classes,) int64 array
            VMs of each class that there are.
        hardest : int
            Greatest effort, an index of the efforts.
        """
        relaxed = self.knapsacks[c].relax(self.value - prices, supply)
        if relaxed is None:
            return nothing(self.knapsacks[c], threshold)
        while True:
            found = self._look(relaxed, threshold, self.parameters.efforts[self.level[c]], stop)
            if len(found.counts) or found.bound <= threshold + CLOSED:
                self.level[c] = max(0, self.level[c] - 1)
                return found
            if self.level[c] >= hardest or stop():
                return found
            self.level[c] += 1

    def prove(self, c: int, prices: FloatArray, known: float, supply: IntArray, stop: Stop) -> Priced:
        """Look as hard as possible for patterns that earn more than the best one known, where VMs are added singly."""
        relaxed = self.knapsacks[c].relax(self.value - prices, supply)
        if relaxed is None or not (self._few(relaxed) or self.knapsacks[c].holding is not None):
            return nothing(self.knapsacks[c], np.inf)
        return self._look(relaxed, known, self.parameters.efforts[-1], stop)

    def _look(self, relaxed: RelaxedKnapsack, threshold: float, effort: PricingEffort, stop: Stop) -> Priced:
        if effort.program is not None and relaxed.knapsack.holding is not None:
            return host_program.solve(relaxed, threshold, effort.program, stop)
        return (branch if self._few(relaxed) else explore)(relaxed, threshold, effort, stop)

    def _few(self, relaxed: RelaxedKnapsack) -> bool:
        return relaxed.held <= self.parameters.few_vms
