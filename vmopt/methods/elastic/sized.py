"""Elastic instances by way of inelastic ones: choose sizes, place, share; then choose other sizes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from vmopt.arrays import IntArray
from vmopt.elastic.allocation import best_allocation
from vmopt.formulation.assignment import assignment_size
from vmopt.methods import exact, greedy, knapsack_bound
from vmopt.methods.elastic.parameters import DEFAULT, ElasticParameters
from vmopt.methods.elastic.sizes import full_parts, sizes, with_sizes
from vmopt.methods.faults import Faults
from vmopt.methods.inner_search import InnerSearch
from vmopt.methods.search import ROUNDING, Search
from vmopt.model.instance import Instance
from vmopt.status import Limit

Method = Callable[[Search], None]


def run_auto(search: Search, inner: Method, parameters: ElasticParameters = DEFAULT) -> None:
    """Place by sizes; where the instance is small, try to prove the optimum before and after."""
    by_sizes: Method = partial(run_sized, inner=inner, parameters=parameters)
    stages: list[tuple[Method, float]] = [(by_sizes, 1.0)]
    if assignment_size(search.problem) <= parameters.small:
        before, after = parameters.proof_shares
        stages = [(exact.run, before), (by_sizes, parameters.sized_share), (exact.run, after)]
    greedy.run_best(search)
    faults = Faults(search)
    with faults.kept("relaxation"):
        if not search.finished:
            full_parts(search, parameters)
    for number, (stage, share) in enumerate(stages):
        if not search.finished:
            with search.within(share), faults.kept(f"stage {number}"):
                stage(search)
    search.limit = Limit.TIME if search.remaining <= 0 else None
    faults.warn()


def run_sized(search: Search, inner: Method, parameters: ElasticParameters = DEFAULT) -> None:
    """Let a method place VMs of fixed sizes, and share the hosts among those it placed; some times, while it pays.

    The first sizes are those that the prices give. From then on VMs that are placed have the size of what they got, so
    that the best placement fits the sizes, is where the method starts, and leaves no capacity but what nobody can use.
    """
    greedy.run_best(search)
    knapsack_bound.run(search)
    if search.finished:
        return
    parts = full_parts(search, parameters)
    rng = np.random.default_rng(search.options.seed)
    _pass(search, inner, sizes(search.problem, parts, np.zeros(parts.shape[1])), parameters)
    for _ in range(parameters.most_passes - 1):
        if search.finished:
            break
        size = sizes(search.problem, parts, rng.random(parts.shape[1]))
        placed = (search.host_index >= 0)[:, None]
        given = best_allocation(search.instance, search.host_index)
        start = search.host_index if search.found else None
        _pass(search, inner, np.where(placed, given, size), parameters, start)
    search.limit = Limit.TIME if search.remaining <= 0 else None


def _pass(
    search: Search, inner: Method, size: IntArray, parameters: ElasticParameters, start: IntArray | None = None
) -> None:
    with search.within(parameters.pass_share):
        inside = SizedSearch(search, with_sizes(search.instance, size), parameters.stricter)
        if start is not None:
            inside.offer(start, "elastic")
        inner(inside)


class SizedSearch(InnerSearch):
    """A search for placements of fixed sizes; elastic VMs then share the hosts."""

    def __init__(self, whole: Search, image: Instance, stricter: float = DEFAULT.stricter) -> None:
        super().__init__(whole, image, gap=stricter * whole.options.gap)
        self.tally, self.rounding = None, ROUNDING  # these values are rounded
