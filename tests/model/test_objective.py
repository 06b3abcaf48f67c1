"""The objective: shares, weights, values."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from tests.strategies import instances
from tests.thorough import few
from vmopt.errors import InstanceError
from vmopt.model import Instance, Objective

DEMAND, CAPACITY = [[2, 8], [4, 0]], [[4, 16], [4, 16]]


def values(objective: Objective | None = None, **given: Any) -> list[float]:
    instance = Instance.from_arrays(DEMAND, CAPACITY, resources=["cpu", "memory"], objective=objective, **given)
    return instance.value.tolist()


def test_priority_weighting() -> None:
    """Tests that the value is priority times the mean share of the cluster."""
    assert values(priority=[1, 3]) == [(2 / 8 + 8 / 32) / 2, 3 * (4 / 8) / 2]


def test_demand_weighting() -> None:
    """Tests that demand weighting squares the share and leaves priorities out."""
    assert values(Objective("demand"), priority=[1, 3]) == [0.25**2, 0.25**2]


def test_resource_weights() -> None:
    """Tests that weights are relative, and that a resource that is not named counts nothing."""
    assert values(Objective(resource_weights={"cpu": 3, "memory": 1})) == [0.25, 3 / 4 * 0.5]
    assert values(Objective(resource_weights={"cpu": 1e300, "memory": 1e300})) == values()
    assert values(Objective(resource_weights={"memory": 2})) == [0.25, 0]


def test_absent_resources_are_left_out() -> None:
    """Tests that a resource with no capacity does not dilute the mean, and that with none at all nothing has value."""
    assert Instance.from_arrays([[2, 5]], [[8, 0]]).value.tolist() == [0.25]
    assert Instance.from_arrays([[2]], [[0]]).value.tolist() == [0.0]


@settings(max_examples=few(100), deadline=None)
@given(instances())
def test_shares_of_everything(instance: Instance) -> None:
    """Tests that shares are the formula's, recomputed with plain loops."""
    weights = instance.objective.weights_of(instance.resources).tolist()
    total = instance.capacity.sum(axis=0).tolist()
    used = [k for k, t in enumerate(total) if t > 0 and weights[k] > 0]
    for i in range(instance.n_vms):
        share = sum(weights[k] * instance.demand[i, k] / total[k] for k in used) / (sum(weights[k] for k in used) or 1)
        assert np.isclose(instance.share[i], share, rtol=1e-12, atol=0)


def test_equal_vms_have_equal_values() -> None:
    """Tests that the same demand gives the same bits wherever it stands, so that equal VMs merge."""
    rng = np.random.default_rng(0)
    demand = np.tile(rng.integers(1, 10**9, (7, 5)), (143, 1))
    instance = Instance.from_arrays(demand, np.full((3, 5), 10**12))
    assert len(instance.vm_classes) == 7


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"weighting": "size"}, "weighting 'size' is unknown"),
        ({"resource_weights": {"cpu": -1}}, "resource_weights of 'cpu' is -1:"),
        ({"resource_weights": {"cpu": float("nan")}}, "resource_weights of 'cpu' is nan"),
        ({"resource_weights": {"cpu": "much"}}, "resource_weights of 'cpu' is 'much'"),
        ({"resource_weights": 5}, "give a mapping of resource names to numbers"),
        ({"resource_weights": {"cpu": 0}}, "every resource weight is 0"),
        ({"resource_weights": {}}, "every resource weight is 0"),
    ],
)
def test_bad_objectives_are_refused(given: dict[str, Any], why: str) -> None:
    """Tests that a bad objective says what is wrong with it."""
    with pytest.raises(InstanceError, match=why):
        Objective(**given)


def test_objectives_are_values() -> None:
    """Tests that equal objectives are equal, hash alike and survive pickling; none can be changed."""
    one, other = Objective("demand", {"a": 1, "b": 2}), Objective("demand", {"b": 2, "a": 1})
    assert one == other == pickle.loads(pickle.dumps(one))
    assert hash(one) == hash(other)
    assert one != Objective("demand")
    with pytest.raises(TypeError):
        one.resource_weights["a"] = 3  # type: ignore[index]
