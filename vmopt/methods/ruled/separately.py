"""Separately: where rules take a cluster apart, such as into pools, each part is searched by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import fsum

import numpy as np

from vmopt.bounds import Claim
from vmopt.methods.ruled.parameters import DEFAULT, RuledParameters
from vmopt.methods.search import ROUNDING, Search
from vmopt.problem.components import Component, components
from vmopt.status import Limit

METHOD = "separately"
Method = Callable[[Search], None]


def run(search: Search, inner: Method, ruled: Method, parameters: RuledParameters = DEFAULT) -> None:
    """Search the components one after the other, the smallest first, each with its part of the time.

    Parameters
    ----------
    search : Search
    inner, ruled : callables
        What searches an instance without rules, and one with them.
    parameters : RuledParameters

    Notes
    -----
    A component has VMs and hosts of its own, so its best placement is a part of the best one of all, its bound a part
    of the bound of all, and prices of capacity that prove that are prices of its hosts.
    """
    instance = search.instance
    if search.problem.elastic or instance.current is not None or instance.tiers is not None:
        return
    parts = components(search.problem)
    if parts:
        with search.within(parameters.apart):
            _Separate(search, parts, parameters).run(inner, ruled)
        search.limit = search.limit if search.limit is Limit.INTERRUPTED else None


class _Separate:
    """What the components that have been searched make together."""

    def __init__(self, search: Search, parts: list[Component], parameters: RuledParameters) -> None:
        self.search, self.parts, self.parameters = search, parts, parameters
        self.placement, self.prices = search.host_index.copy(), np.zeros_like(search.prices)
        self.bounds: list[float] = []
        self.left = sum(len(part.vms) for part in parts)
        self.waiting = 0

    def run(self, inner: Method, ruled: Method) -> None:
        """Search one after the other, and offer what they make."""
        for part in self.parts:
            if self.search.finished or self.search.limit is Limit.INTERRUPTED:
                break
            found = self._searched(part, ruled if part.instance.rules else inner)
            if found.infeasible_by is not None and self.search.prove_infeasible(found.infeasible_by):
                return
            self._take(part, found)
        self._offer()
        self.search.tighten_by_prices(self.prices, METHOD)
        whole = len(self.bounds) == len(self.parts) and not self.search.problem.soft_rules
        if whole and not self.search.proven:
            rounding = 1 + len(self.bounds) * np.finfo(float).eps
            claim = Claim(f"the searches of {len(self.parts)} components")
            self.search.tighten_by_claim(fsum(self.bounds) * rounding, claim, METHOD)

    def _searched(self, part: Component, run: Method) -> Search:
        """Search a component in its share of the time left."""
        seconds = self.search.remaining * len(part.vms) / self.left
        gap = max(self.parameters.stricter_apart * self.search.options.gap, ROUNDING)
        inside = Search(part.instance, replace(self.search.options, time_limit=seconds, gap=gap, progress=None))
        run(inside)
        if inside.limit is Limit.INTERRUPTED:
            self.search.limit = Limit.INTERRUPTED
        return inside

    def _take(self, part: Component, found: Search) -> None:
        """Take what was found for a component, where it is better than what there was."""
        self.left -= len(part.vms)
        self.waiting += len(part.vms)
        self.bounds.append(found.bound)
        self.prices[self.search.problem.hosts.of[part.hosts]] = found.prices[part.instance.host_classes.of]
        if found.found and found.objective >= self._worth(part):
            self.placement[part.vms] = np.where(found.host_index < 0, -1, part.hosts[found.host_index])
        if self.waiting >= self.parameters.apart_told * self.search.problem.n_vms:
            self._offer()

    def _worth(self, part: Component) -> float:
        """What the VMs of a component are worth that run by now; soft rules may take off some of it."""
        vms = part.vms[self.placement[part.vms] >= 0]
        return -np.inf if self.search.problem.soft_rules else fsum(self.search.problem.value[vms].tolist())

    def _offer(self) -> None:
        """Offer what there is: who must run does so in what there was before, or in what has been found for all."""
        if self.search.found or len(self.bounds) == len(self.parts):
            self.waiting = 0
            self.search.offer(self.placement, METHOD)
