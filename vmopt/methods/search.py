"""Search: one call of solve(), as its methods see it."""

from __future__ import annotations

import logging

import numpy as np

from vmopt import metrics
from vmopt.arrays import FloatArray, IntArray
from vmopt.bounds import Bound, Claim, Enumeration, PatternBound, Prices, Proof, RulePrices
from vmopt.bounds.pattern_bound import verify_pattern_bound
from vmopt.bounds.price_bound import verify_bound
from vmopt.bounds.proofs import name_of
from vmopt.elastic.allocation import best_allocation
from vmopt.errors import SolverError
from vmopt.host_index import to_host_index
from vmopt.methods import contradiction
from vmopt.methods.call import Call
from vmopt.methods.outcome import outcome
from vmopt.methods.worth_tally import WorthTally
from vmopt.model.instance import Instance
from vmopt.options import Options
from vmopt.problem.units import units_of
from vmopt.solution import Solution
from vmopt.status import Status
from vmopt.verify import verify

logger = logging.getLogger(__name__)

ROUNDING = 1e-9
"""Part of an objective that sums of doubles may hide, where they are not exact."""
DUST = 2.0**-46
"""Part of it that they may hide where no gap is allowed, also of what all VMs are worth where the best is nothing."""
GAP_ROUNDING = 1e-3
"""Part of itself by which a gap may be missed, at most."""
CLAIM_TOLERANCE = 1e-6
"""Part of the objective by which a claim may lie below it: backends have tolerances, and it is raised to it."""


class Search(Call):
    """The best placement and the best bound so far, and when to stop.

    Methods read the instance and the options, `offer` placements and `tighten` the bound, from any thread. Whatever
    happens to a method, the best verified placement stays here.

    Attributes
    ----------
    allocation : (n_vms, n_resources) int64 array or None
        What each VM gets; None where nothing is elastic.
    objective, bound : float
    proof : Proof
        What proves the bound.
    prices : (n_host_classes, n_resources) array
        The prices that prove most, even where the bound is by something else.
    rule_prices : RulePrices or None
        The prices of rules that belong to them.
    price_bound : float
        What they prove.
    priced : bool
        Whether the best prices were looked for: nothing may have one because nothing is scarce.
    step : float
        Objectives of placements differ by multiples of it; 0 where nothing is known.
    tally : WorthTally or None
        Objective and bound in whole numbers; None where the objective is not known exactly.
    infeasible_by : str or None
        Who proved that there is no placement.
    rounding : float
        What is added to the requested gap for the rounding of doubles.
    """

    def __init__(self, instance: Instance, options: Options, started: float | None = None) -> None:
        super().__init__(instance, options, started)
        self.objective = 0.0
        self.prices: FloatArray = np.zeros(instance.host_classes.capacity.shape)
        self.rule_prices: RulePrices | None = None
        self.price_bound = verify_bound(instance, self.prices)
        self.bound: float = self.price_bound
        self.priced = False
        self.proof: Proof = Prices(self.prices)
        self.step = metrics.value_step(instance)
        units = instance.once(units_of)
        self.tally = None if units is None else WorthTally(instance, units)
        if self.tally is not None:
            self.tally.lower(self.price_bound)
        self.rounding = min(ROUNDING, max(GAP_ROUNDING * options.gap, DUST))
        self._nothing = DUST * abs(self.price_bound) if self.tally is None else 0.0
        self.allocation = np.zeros_like(instance.demand) if self.problem.elastic else None
        self.infeasible_by: str | None = None

    @property
    def proven(self) -> bool:
        """Whether the best placement is within the requested gap of the bound, or there is proven to be none."""
        if not self.found:
            return self.infeasible_by is not None
        gap = self.options.gap
        if self.tally is not None and self.tally.within(gap):
            return True
        within = self.bound - self.objective <= (gap + self.rounding) * abs(self.bound) + self._nothing
        return within and (gap > 0 or self.tally is None)

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to do, or no time to do it."""
        return self.proven or self.remaining <= 0

    def offer(self, placement: IntArray, method: str) -> bool:
        """Take a placement if it is better than the best so far; tell whether it was.

        Elastic VMs share the hosts in the best way there is for the placement; of VMs that are alike, those stay that
        the caller had where they are.

        Raises
        ------
        SolverError
            If the placement breaks a capacity.
        """
        before = self.suggested[0] if self.suggested else None
        host_index = self.problem.stay(to_host_index(self.instance, placement), before)
        allocation = best_allocation(self.instance, host_index) if self.problem.elastic else None
        violations = verify(self.instance, host_index, allocation)
        if violations:
            raise SolverError(f"{method} made a placement that does not fit: {violations[0]}.")
        objective = metrics.objective_of(self.instance, host_index, allocation)
        count = None if self.tally is None else self.tally.count(host_index, allocation)
        with self._lock:
            if self.found and not self._is_better(objective, count):
                return False
            self.found, self.host_index, self.objective = True, host_index, objective
            self.allocation = allocation
            if self.infeasible_by is not None:
                contradiction.of_infeasibility(self.infeasible_by)
                self.infeasible_by, self.complete = None, False
            if self._contradicts_the_bound(count):
                self._drop_bound()
            self.bound = max(self.bound, objective)
            if self.tally is not None:
                self.tally.lower(self.bound)
            self._report(method)
            return True

    def tighten_by_prices(self, prices: FloatArray, method: str, rule_prices: RulePrices | None = None) -> bool:
        """Take the bound that prices prove if it is lower; tell whether it was."""
        lam = np.maximum(np.nan_to_num(prices, nan=0.0, posinf=0.0, neginf=0.0), 0.0)
        bound = verify_bound(self.instance, lam, rule_prices)
        with self._lock:
            if bound < self.price_bound:
                self.prices, self.rule_prices, self.price_bound = lam, rule_prices, bound
            return self._tighten(bound, Prices(lam, rule_prices), method)

    def tighten_by_patterns(self, certificate: PatternBound, method: str) -> bool:
        """Take the bound that a pattern bound proves if it is lower; tell whether it was."""
        bound = verify_pattern_bound(self.instance, certificate)
        with self._lock:
            return self._tighten(bound, certificate, method)

    def tighten_by_claim(self, bound: float, claim: Claim | Enumeration, method: str) -> bool:
        """Take the bound that a backend claims, or an enumeration shows, unless a placement contradicts it."""
        bound = float(bound)
        with self._lock:
            if not self.found or bound >= self.objective - CLAIM_TOLERANCE * abs(self.objective):
                return self._tighten(bound, claim, method)
        contradiction.of_claim(claim.by, bound, self.objective)
        return False

    def tighten_by_count(self, most: int, backend: str, method: str) -> bool:
        """Take a bound in units of worth, found in whole numbers, if it is lower and no placement contradicts it."""
        assert self.tally is not None
        with self._lock:
            if most < self.tally.reached or not self.tally.lower_to(most):
                return False
            self.bound = self._not_below_the_best(min(self.bound, self.tally.bound))
            self.proof = Enumeration(backend)
            self._report(method)
            return True

    def prove_infeasible(self, by: str) -> bool:
        """Take it that there is no placement at all, unless one was found; tell whether it was taken.

        Parameters
        ----------
        by : str
            Who proved it: a backend, or what of the instance contradicts itself.
        """
        with self._lock:
            if not self.found:
                self.infeasible_by, self.complete = by, True
                return True
        contradiction.of_infeasibility(by)
        return False

    def _is_better(self, objective: float, count: int | None) -> bool:
        return objective > self.objective if self.tally is None or count is None else count > self.tally.reached

    def _contradicts_the_bound(self, count: int | None) -> bool:
        """Whether the placement just taken, worth `count` units, beats the bound."""
        if self.tally is None or count is None:
            return self.objective > self.bound
        self.tally.reached = count
        return count > self.tally.most

    def solution(self, method: str) -> Solution:
        """What is known now, as a Solution."""
        with self._lock:
            return self._solution(method)

    def _solution(self, method: str) -> Solution:
        if self.infeasible_by is not None:
            nothing = Bound(self.objective, Claim(self.infeasible_by))
            return outcome(self, method, Status.INFEASIBLE, self.objective, nothing, self.allocation)
        status = Status.NOT_FOUND if not self.found else Status.OPTIMAL if self.proven else Status.FEASIBLE
        certificate = self._certificate()
        self.bound = certificate.value
        prices = {"prices": self.prices, "rule_prices": self.rule_prices}
        return outcome(self, method, status, self.objective, certificate, self.allocation, **prices)

    def _certificate(self) -> Bound:
        """The bound; what is reached, where no step lies between them, or no more than sums of doubles hide."""
        hidden = DUST * abs(self.bound) + self._nothing
        if self.found and self.tally is None and self.bound - self.objective <= hidden:
            return Bound(self.objective, self.proof)
        if not self.found or self.tally is None or self.tally.most > self.tally.reached:
            return Bound(self.bound, self.proof)
        lowered = self.bound - self.objective > ROUNDING * abs(self.objective)
        return Bound(self.objective, self.proof, float(self.tally.units.unit) if lowered else 0.0)

    def _tighten(self, bound: float, proof: Proof, method: str) -> bool:
        if self.tally is not None:
            self.tally.lower(bound)
        if not bound < self.bound:
            return False
        self.bound, self.proof = self._not_below_the_best(bound), proof
        self._report(method)
        return True

    def _not_below_the_best(self, bound: float) -> float:
        return max(bound, self.objective) if self.found else bound

    def _drop_bound(self) -> None:
        """A placement beat the bound: a backend's claim was wrong, and the provable one takes its place."""
        contradiction.of_bound(name_of(self.proof), self.bound, self.objective)
        self.bound = max(self.price_bound, self.objective)
        self.proof = Prices(self.prices, self.rule_prices)
        if self.tally is not None:
            self.tally.most = self.tally.units.total
            self.tally.lower(self.price_bound)

    def _report(self, method: str) -> None:
        logger.debug("%s: objective %.9g, bound %.9g", method, self.objective, self.bound)
        self.tell(self.objective, self.bound, method)
