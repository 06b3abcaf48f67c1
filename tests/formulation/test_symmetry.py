"""Naming identical hosts in the order of their first VM loses no placement."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vmopt.formulation.assignment import assignment
from vmopt.formulation.symmetry import in_order
from vmopt.generate import generate
from vmopt.methods.greedy import place
from vmopt.metrics import loads, objective_of
from vmopt.model import Instance
from vmopt.problem import compile


@given(st.integers(0, 2**20), st.sampled_from(["flavor", "distinct", "large"]))
def test_every_placement_has_a_point(seed: int, kind: str) -> None:
    """Tests that a placement, its identical hosts renamed, is a point of the program with the same objective."""
    instance = generate(kind, hosts=6, seed=seed)
    order = np.random.default_rng(seed).permutation(instance.n_vms)
    placed = place(compile(instance), order, "first-fit", np.full(instance.n_vms, -1))
    model = assignment(compile(instance))
    x = model.point(placed)
    assert model.program.violation(x) == 0
    assert x.sum() == (placed >= 0).sum()
    assert np.isclose(model.program.value(x) * model.unit, objective_of(instance, placed), rtol=1e-12)


def test_renaming_keeps_what_runs_together() -> None:
    """Tests that identical hosts swap names as wholes, and other hosts keep theirs."""
    instance = Instance.from_arrays([[2], [3], [4], [1]], [[9], [9], [5]])
    assert in_order(compile(instance), np.array([1, 1, 0, 2])).tolist() == [1, 1, 0, 2]
    assert in_order(compile(instance), np.array([0, 1, 1, 2])).tolist() == [1, 0, 0, 2]
    assert in_order(compile(instance), np.array([-1, 2, -1, 1])).tolist() == [-1, 2, -1, 0]


def test_the_largest_vm_has_one_host_of_each_class() -> None:
    """Tests that columns are left out: VM i, the largest first, has one of the first i + 1 hosts of a class."""
    instance = Instance.from_arrays([[2], [3], [4]], [[9], [9], [9]])
    model = assignment(compile(instance))
    columns = {
        (int(instance.vm_classes.demand[j, 0]), int(h))
        for j, h in zip(model.columns.vm_class, model.columns.where, strict=True)
    }
    assert columns == {(4, 0), (3, 0), (3, 1), (2, 0), (2, 1), (2, 2)}


def test_loads_are_the_same_but_for_names() -> None:
    """Tests that within a class of hosts the loads are a permutation of what they were."""
    instance = generate("flavor", hosts=9, seed=1)
    placed = place(compile(instance), np.arange(instance.n_vms), "best-fit", np.full(instance.n_vms, -1))
    before, after = loads(instance, placed), loads(instance, in_order(compile(instance), placed))
    for members in instance.host_classes.members:
        assert sorted(map(tuple, before[members].tolist())) == sorted(map(tuple, after[members].tolist()))
