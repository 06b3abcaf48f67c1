"""Small random instances for property tests."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from vmopt.model import Instance, Objective

MAX_RESOURCES = 7
NAMES = st.text(min_size=1, max_size=5)
LABELS = st.dictionaries(st.sampled_from(["app", "tier", "rack"]), st.text(max_size=3), max_size=2)
AMOUNTS = (
    st.integers(0, 20),
    st.integers(0, 3),
    st.integers(0, 200).map(lambda n: n / 10),
    st.integers(0, 20_000).map(lambda n: n / 1000),
    st.integers(0, 60).map(lambda n: n / 3),
)
PRIORITIES = st.sampled_from([1, 2, 3, 0.5, 7.25])
VALUES = st.one_of(st.none(), st.integers(0, 30), st.floats(0, 30, allow_subnormal=False))


@st.composite
def instances(draw: st.DrawFn, *, max_vms: int = 8, max_hosts: int = 4, max_resources: int = MAX_RESOURCES) -> Instance:
    """Draw instances of every sort: integers and floats, nothing asked and nothing offered, all optional columns.

    Amounts of one resource are of one sort (whole, tenths, thousandths, thirds), so that some resources are scaled,
    some rounded, and some left as they are.
    """
    n_vms, n_hosts = draw(st.integers(1, max_vms)), draw(st.integers(1, max_hosts))
    sorts = draw(st.lists(st.sampled_from(AMOUNTS), min_size=1, max_size=max_resources))
    resources = draw(st.none() | names(len(sorts)))
    return Instance.from_arrays(
        [[draw(sort) for sort in sorts] for _ in range(n_vms)],
        [[draw(sort) * draw(st.sampled_from([0, 1, 2, 2])) for sort in sorts] for _ in range(n_hosts)],
        priority=draw(st.none() | columns(PRIORITIES, n_vms)),
        value=draw(st.none() | columns(VALUES, n_vms)),
        resources=resources,
        vm_names=draw(st.none() | names(n_vms)),
        host_names=draw(st.none() | names(n_hosts)),
        is_container=draw(st.none() | columns(st.booleans(), n_vms)),
        vm_labels=draw(st.none() | columns(LABELS, n_vms)),
        host_labels=draw(st.none() | columns(LABELS, n_hosts)),
        objective=draw(objectives(resources or [f"resource-{k}" for k in range(len(sorts))])),
    )


@st.composite
def objectives(draw: st.DrawFn, resources: list[str]) -> Objective:
    """Draw objectives: both weightings, with and without weights of the resources."""
    weighting = draw(st.sampled_from(["priority", "demand"]))
    weights = draw(st.none() | columns(st.sampled_from([0, 1, 2.5]), len(resources)))
    if weights is None or not any(weights):
        return Objective(weighting)
    return Objective(weighting, dict(zip(resources, weights, strict=True)))


def names(count: int) -> st.SearchStrategy[list[str]]:
    """Draw `count` unique names."""
    return st.lists(NAMES, min_size=count, max_size=count, unique=True)


def columns(entries: st.SearchStrategy[Any], count: int) -> st.SearchStrategy[list[Any]]:
    """Draw `count` entries."""
    return st.lists(entries, min_size=count, max_size=count)
