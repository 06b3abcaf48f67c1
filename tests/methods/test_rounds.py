"""Tests of deals that keep rules as they go: seeds, bundles, stand-ins, rounds."""

from __future__ import annotations

import numpy as np
import pytest

import vmopt
from tests.rules.draws import MAKERS, instance
from vmopt.bounds import Claim
from vmopt.methods.ruled import rounds
from vmopt.methods.ruled.blind import BlindSearch
from vmopt.methods.ruled.bundles import bundles
from vmopt.methods.ruled.seeds import seeds
from vmopt.methods.ruled.stand_in import stand_in
from vmopt.methods.search import Search
from vmopt.options import Options
from vmopt.problem import compile
from vmopt.rules.lowered import lowered

NAMES = sorted(MAKERS)


@pytest.mark.parametrize("seed", range(60))
def test_whatever_the_rules(seed: int) -> None:
    """Tests with two rules of any sort that what is offered keeps them, as `Search.offer` checks."""
    cluster = instance(seed, NAMES[seed % len(NAMES)], "near" if seed % 2 else "gather", vms=12, hosts=4, elastic=False)
    search = Search(cluster, Options(threads=1))
    rounds.run(search)
    assert not search.found or vmopt.verify(cluster, search.host_index) == ()


def chain(partners: int) -> vmopt.Instance:
    """Return services, the first of which needs the second, which needs the third; that one has few VMs."""
    service = np.repeat([0, 1, 2], [12, 6, partners])
    needs = [vmopt.Near(*(np.where(service == s, 0, -1) for s in (a, a + 1)), over="rack") for a in (0, 1)]
    racks = [{"rack": str(h // 3)} for h in range(12)]
    return vmopt.Instance.from_arrays([[1]] * len(service), [[3]] * 12, host_labels=racks, rules=needs)


def test_seeds_wherever_there_are_partners() -> None:
    """Tests that each service begins in as many racks as the rarest of its chain has VMs, and in the same ones."""
    cluster = chain(partners=2)
    sown = seeds(compile(cluster))
    rack = np.where(sown >= 0, sown // 3, -1)
    assert [sorted(set(rack[part]) - {-1}) for part in (slice(12), slice(12, 18), slice(18, 20))] == [[0, 1]] * 3
    assert vmopt.verify(cluster, sown) == ()


def test_chains_are_placed_around_seeds() -> None:
    """Tests that all VMs run where all can, two racks being just large enough."""
    search = Search(chain(partners=2).replace(demand=[[0.9]] * 20), Options(threads=1))
    rounds.run(search)
    runs = search.host_index >= 0
    assert runs[18:].all()
    assert runs.sum() >= 18


def test_time_over() -> None:
    """Tests that nothing is sown once time is up."""
    assert (seeds(compile(chain(partners=4)), stop=0.0) >= 0).sum() <= 3


def test_bundles_pay_for_what_they_take() -> None:
    """Tests that the set that gains most is chosen, that it fits a host, and that none is where nothing gains."""
    arrays = {"demand": [[4], [4], [4], [1]], "capacity": [[8], [5]], "value": [3, 3, 3, 1]}
    cluster = compile(vmopt.Instance.from_arrays(**arrays, rules=[vmopt.Gather(["vm-0", "vm-1", "vm-2"])]))
    assert bundles(cluster, np.zeros((2, 1))).tolist() == [0, 0, -1, 3]
    assert bundles(cluster, np.array([[2.0], [0.5]])).tolist() == [0, -1, -1, 3]
    assert bundles(cluster, np.full((2, 1), 2.0)).tolist() == [-1, -1, -1, 3]


def test_bundles_too_large_to_be_listed() -> None:
    """Tests a group with more sets than are listed: what is chosen fits a host, and leaves no room for another VM."""
    demand = np.arange(20, 60)[:, None]
    cluster = compile(vmopt.Instance.from_arrays(demand, [[900], [500]], rules=[vmopt.Gather("vm-*")]))
    asked = demand[bundles(cluster, np.zeros((2, 1))) >= 0].sum()
    assert 840 < asked <= 900


def test_a_stand_in_proves_nothing_of_its_own() -> None:
    """Tests that bounds of fewer, larger VMs are not those of the whole, but that their prices are used."""
    cluster = vmopt.Instance.from_arrays([[3]] * 3, [[6], [1]], value=[3, 3, 3], rules=[vmopt.Gather("vm-*")])
    search = Search(cluster, Options(threads=1))
    image = stand_in(lowered(cluster), np.array([0, 0, -1]), np.full(3, -1))
    inside = BlindSearch(search, image)
    before = search.bound
    inside.tighten_by_claim(1.0, Claim("somebody"), "test")
    assert (inside.bound, search.bound) == (1.0, before)
    inside.tighten_by_prices(np.full(inside.prices.shape, 1.0), "test")
    assert search.bound == pytest.approx(7)


def test_limits_of_a_size_hold_for_those_who_go_alone() -> None:
    """Tests that a stand-in lets a host run as many of a size as rules do, bundles apart."""
    rules = [vmopt.Spread(["vm-0", "vm-1", "vm-2"]), vmopt.Gather(["vm-3", "vm-4"])]
    cluster = vmopt.Instance.from_arrays([[2]] * 3 + [[1]] * 2, [[9], [9]], value=[3, 3, 3, 1, 1], rules=rules)
    image = stand_in(lowered(cluster), bundles(compile(cluster), np.zeros((1, 1))), np.full(5, -1))
    assert image.instance.demand.ravel().tolist() == [2, 2, 2, 2, 0]
    assert vmopt.verify(image.instance, np.array([0, 0, -1, -1, -1])) != ()
    assert vmopt.verify(image.instance, np.array([0, 1, -1, 1, -1])) == ()
    assert image.open.tolist() == [0, 1, 2, 3]


def test_certificates_of_a_stand_in_are_checked_against_its_classes() -> None:
    """Tests that a stand-in has the classes that bounds over patterns are stated for, also where a bundle is a size."""
    rules = [vmopt.Spread(["vm-0", "vm-1", "vm-2"]), vmopt.Gather(["vm-3", "vm-4"])]
    cluster = vmopt.Instance.from_arrays([[2]] * 3 + [[1]] * 2, [[9], [9]], value=[2, 2, 2, 1, 1], rules=rules)
    image = stand_in(lowered(cluster), bundles(compile(cluster), np.zeros((1, 1))), np.full(5, -1)).instance
    certificate = vmopt.PatternBound(np.zeros(len(image.vm_classes)), np.array([8.0]))
    assert vmopt.verify_pattern_bound(image, certificate) == pytest.approx(16)
