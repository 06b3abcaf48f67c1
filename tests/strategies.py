"""Small random instances for property tests."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import strategies as st

from vmopt.model import Instance, Objective

MAX_RESOURCES = 7
NAME = st.text(min_size=1, max_size=4)
LABELS = st.dictionaries(st.sampled_from(["app", "tier", "rack"]), st.text(max_size=3), max_size=2)
AMOUNTS = {
    "whole": st.integers(0, 20),
    "small": st.integers(0, 3),
    "tenths": st.integers(0, 200).map(lambda n: n / 10),
    "thousandths": st.integers(0, 20_000).map(lambda n: n / 1000),
    "thirds": st.integers(0, 60).map(lambda n: n / 3),
}
CAPACITIES = {sort: amounts | amounts.map(lambda n: 2 * n) | st.just(0) for sort, amounts in AMOUNTS.items()}
PRIORITY = st.sampled_from([1, 2, 3, 0.5, 7.25])
VALUE = st.one_of(st.none(), st.integers(0, 30), st.floats(0, 30, allow_subnormal=False))
PART = st.sampled_from([0, 0.5, 1, 1])
WEIGHT = st.sampled_from([0, 1, 2.5])
WEIGHTING = st.sampled_from(["priority", "demand"])


@st.composite
def instances(
    draw: st.DrawFn,
    *,
    max_vms: int = 8,
    max_hosts: int = 4,
    max_resources: int = MAX_RESOURCES,
    elastic: bool | None = False,
) -> Instance:
    """Draw instances of every sort: integers and floats, nothing asked and nothing offered, all optional columns.

    VMs are elastic where `elastic` is true, and perhaps where it is None.

    Amounts of one resource are of one sort (whole, tenths, thousandths, thirds), so that some resources are scaled,
    some rounded, and some left as they are.
    """
    n_vms, n_hosts = draw(st.integers(1, max_vms)), draw(st.integers(1, max_hosts))
    sorts = draw(st.lists(st.sampled_from(tuple(AMOUNTS)), min_size=1, max_size=max_resources))
    resources = draw(perhaps(NAME, len(sorts), unique=True))
    demand = [draw(column(AMOUNTS[sort], n_vms)) for sort in sorts]
    capacity = [draw(column(CAPACITIES[sort], n_hosts)) for sort in sorts]
    reservation = None
    if elastic or (elastic is None and draw(st.booleans())):
        parts = [draw(column(PART, n_vms)) for _ in sorts]
        reservation = [[d * p for d, p in zip(*pair, strict=True)] for pair in zip(demand, parts, strict=True)]
    return Instance.from_arrays(
        list(zip(*demand, strict=True)),
        list(zip(*capacity, strict=True)),
        priority=draw(perhaps(PRIORITY, n_vms)),
        value=draw(perhaps(VALUE, n_vms)),
        resources=resources,
        vm_names=draw(perhaps(NAME, n_vms, unique=True)),
        host_names=draw(perhaps(NAME, n_hosts, unique=True)),
        is_container=draw(perhaps(st.booleans(), n_vms)),
        vm_labels=draw(perhaps(LABELS, n_vms)),
        host_labels=draw(perhaps(LABELS, n_hosts)),
        objective=draw(objectives(resources or [f"resource-{k}" for k in range(len(sorts))])),
        reservation=None if reservation is None else list(zip(*reservation, strict=True)),
    )


@st.composite
def objectives(draw: st.DrawFn, resources: list[str]) -> Objective:
    """Draw objectives: both weightings, with and without weights of the resources."""
    weighting, weights = draw(WEIGHTING), draw(perhaps(WEIGHT, len(resources)))
    if weights is None or not any(weights):
        return Objective(weighting)
    return Objective(weighting, dict(zip(resources, weights, strict=True)))


@cache  # a strategy made once is several times as fast as one made for every example
def column(entries: st.SearchStrategy[Any], count: int, unique: bool = False) -> st.SearchStrategy[list[Any]]:
    """Draw `count` entries."""
    return st.lists(entries, min_size=count, max_size=count, unique=unique)


@cache
def perhaps(entries: st.SearchStrategy[Any], count: int, unique: bool = False) -> st.SearchStrategy[list[Any] | None]:
    """Draw `count` entries, or None."""
    return st.none() | column(entries, count, unique)
