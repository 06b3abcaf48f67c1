"""share: arguments, errors, and what the answer shows."""

from __future__ import annotations

import doctest
from pathlib import Path

import numpy as np
import pytest

import vmopt
from vmopt.sharing import POLICIES

PAGE = Path(__file__).parents[2] / "docs" / "sharing.md"
ALL = pytest.mark.parametrize("policy", POLICIES)


def test_the_page_is_right() -> None:
    """Tests every example of the documentation's page."""
    results = doctest.testfile(str(PAGE), module_relative=False)
    assert results.attempted > 10
    assert results.failed == 0


@ALL
def test_weights_by_demand(policy) -> None:
    """Tests that weights by demand are the mean part of the pool that a VM asks for."""
    capacity, demand = [10, 40], [[5, 20], [10, 10], [1, 40]]
    by_name = vmopt.share(capacity, demand, weights="demand", policy=policy)
    by_hand = vmopt.share(capacity, demand, weights=[0.5, 0.625, 0.55], policy=policy)
    np.testing.assert_allclose(by_name.allocation, by_hand.allocation)


@ALL
def test_a_resource_that_nobody_offers(policy) -> None:
    """Tests that a resource without capacity gives nothing and is not counted in the utilisation."""
    shares = vmopt.share([10, 0], [[4, 0], [4, 0]], policy=policy)
    assert shares.allocation.tolist() == [[4, 0], [4, 0]]
    assert shares.utilisation == pytest.approx(0.8)


def test_who_cannot_have_one_resource_leaves_the_others() -> None:
    """Tests that a VM that gets nothing of one resource takes nothing of another where policies keep proportions."""
    shares = vmopt.share([10, 0], [[8, 1], [8, 0]], policy="max-min")
    assert shares.allocation.tolist() == [[0, 0], [8, 0]]
    assert shares.satisfaction.tolist() == [0, 1]


def test_ties_get_the_same() -> None:
    """Tests that VMs of equal weight share what is left for them evenly, whatever their order."""
    shares = vmopt.share(10, [3, 8, 8], weights=[2, 1, 1])
    assert shares.allocation.ravel().tolist() == [3, 3.5, 3.5]


def test_jains_index() -> None:
    """Tests the index on its extremes: one VM has everything, all have the same."""
    assert vmopt.share(8, [8, 8], weights=[2, 1]).jain_index == pytest.approx(0.5)
    assert vmopt.share(8, [8, 8]).jain_index == pytest.approx(1.0)


@pytest.mark.parametrize("backend", ["glop", "highs", "cbc"])
def test_backends_agree(backend) -> None:
    """Tests that the linear program on each backend gives the utilisation and the price that sorting gives."""
    shares = vmopt.share([40, 8], [[10, 1], [20, 2], [30, 9]], weights=[1, 2, 3], backend=backend)
    by_sorting = vmopt.share([40, 8], [[10, 1], [20, 2], [30, 9]], weights=[1, 2, 3])
    assert shares.weighted_utilisation == pytest.approx(by_sorting.weighted_utilisation)
    np.testing.assert_allclose(shares.prices, by_sorting.prices)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"reservation": [[30, 1], [20, 1]]}, "10 more of 'cpu'"),
        ({"reservation": [[1, 1], [21, 1]]}, "'vm-1' for 'cpu' is 21, above its demand of 20"),
        ({"demand": [[-1, 1], [20, 1]]}, "'vm-0' for 'cpu' is -1"),
        ({"demand": [[np.nan, 1], [20, 1]]}, "finite"),
        ({"demand": [[1], [20]]}, "shape"),
        ({"demand": [1, 2, 3]}, "shape"),
        ({"demand": []}, "no VM"),
        ({"demand": [[2**53, 1], [2**53, 1]]}, "larger unit"),
        ({"weights": [1, 0]}, "above 0"),
        ({"weights": [1]}, "one number for each of 2 VMs"),
        ({"weights": "priority"}, "give a number per VM"),
        ({"capacity": {}}, "no resource"),
        ({"capacity": {"cpu": -1, "memory": 2}}, "negative"),
    ],
)
def test_wrong_data(arguments, told) -> None:
    """Tests that each mistake is one error that says what is wrong."""
    good = {"capacity": {"cpu": 40, "memory": 8}, "demand": [[30, 1], [20, 1]]}
    with pytest.raises(vmopt.InstanceError, match=told):
        vmopt.share(**(good | arguments))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"policy": "fairest"}, "unknown"),
        ({"policy": "maxmin"}, "did you mean 'max-min'"),
        ({"policy": None}, "unknown"),
        ({"policy": "dominant", "backend": "glop"}, "uses no backend"),
    ],
)
def test_wrong_options(options, told) -> None:
    """Tests that an option that cannot be honoured is refused."""
    with pytest.raises(vmopt.OptionError, match=told):
        vmopt.share(4, [3, 3], **options)


def test_whole_units_need_integers() -> None:
    """Tests that fractions of units are not silently rounded."""
    with pytest.raises(vmopt.OptionError, match="smaller unit"):
        vmopt.share(4, [3.5, 3]).whole_units()


@pytest.mark.parametrize("policy", ["utilization", "proportional", "max-min", "dominant"])
def test_reservations_may_fill_the_pool(policy: str) -> None:
    """Tests that reservations that add up to the capacity as people count are accepted and given."""
    shares = vmopt.share(0.3, [1, 1], reservation=[0.1, 0.2], policy=policy)
    assert shares.allocation.ravel().tolist() == pytest.approx([0.1, 0.2], rel=1e-15)
    tenths = np.full(10, 0.1, dtype=np.float32)
    allocation = vmopt.share(1, tenths, reservation=tenths, policy=policy).allocation
    assert allocation.ravel().tolist() == pytest.approx([0.1] * 10)
    with pytest.raises(vmopt.InstanceError, match="more of"):
        vmopt.share(0.3, [1, 1], reservation=[0.1, 0.2000001], policy=policy)


def test_as_text_and_html() -> None:
    """Tests that the summary names policy, prices and VMs, and that the table stops after some of them."""
    shares = vmopt.share({"<cpu>": 40}, [2] * 30, policy="max-min")
    text, page = shares.summary(), shares._repr_html_()
    assert "max-min" in text
    assert "66.7 %" in text
    assert "10 more" in text
    assert "&lt;cpu&gt; asked" in page
    assert "<cpu>" not in page
    assert "max-min" in repr(shares)


def test_weights_that_make_no_sense_speak_of_nothing_else() -> None:
    """Tests that the refusal of a weight says no word of tiers, which shares do not know."""
    with pytest.raises(vmopt.InstanceError, match=r"weight of VM 'vm-0' is 0.0: it must be a finite number above 0\.$"):
        vmopt.share(1, [1, 1], weights=[0, 1])
