"""Seeded instances."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from vmopt.errors import OptionError
from vmopt.generate import KINDS, generate


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_instance(kind: str) -> None:
    """Tests that instances are equal for equal seeds and differ for others."""
    assert generate(kind, hosts=5, seed=3) == generate(kind, hosts=5, seed=3)
    assert generate(kind, hosts=5, seed=3) != generate(kind, hosts=5, seed=4)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("load", [0.5, 1.3])
def test_the_load_is_what_was_asked_for(kind: str, load: float) -> None:
    """Tests that the most wanted resource is asked for `load` times over, and not without the last VM."""
    instance = generate(kind, hosts=20, load=load, seed=1)
    asked = instance.demand.sum(axis=0)
    assert (asked / instance.total).max() >= load
    assert ((asked - instance.demand[-1]) / instance.total).max() < load


@pytest.mark.parametrize("kind", KINDS)
def test_every_vm_fits_some_host(kind: str) -> None:
    """Tests that no VM is hopeless, and that priorities are 1 to 5."""
    instance = generate(kind, hosts=30, seed=2, vms=400)
    assert instance.n_vms == 400
    fits = (instance.demand[:, None, :] <= instance.host_classes.capacity).all(axis=2).any(axis=1)
    assert fits.all()
    assert set(instance.priority.tolist()) == {1, 2, 3, 4, 5}


def test_kinds_are_what_they_say() -> None:
    """Tests that flavours repeat, that distinct VMs do not, and that large VMs fill a host by about four."""
    flavor, distinct, large = (generate(kind, hosts=30, seed=0, vms=600) for kind in ("flavor", "distinct", "large"))
    assert len(np.unique(flavor.demand, axis=0)) <= 20
    assert len(np.unique(distinct.demand, axis=0)) == 600
    share_of_host = large.demand[:, :2] / large.capacity[:, :2].mean(axis=0)
    assert share_of_host.min() > 0.16
    assert share_of_host.max() < 0.51


@pytest.mark.parametrize(
    ("kind", "demand", "capacity"),
    [
        ("flavor", [666, 2473, 11395], [512, 2432, 20000]),
        ("distinct", [667700, 2995550, 11099634], [512000, 2432000, 20000000]),
        ("large", [631079, 3292106, 12964065], [512000, 2432000, 20000000]),
    ],
)
def test_three_resources_are_what_they_were(kind: str, demand: list[int], capacity: list[int]) -> None:
    """Tests that instances of three resources, the default, stay the same from version to version."""
    instance = generate(kind, hosts=8, seed=5)
    assert instance == generate(kind, hosts=8, seed=5, resources=3)
    assert instance.resources == ("cpu", "memory", "disk")
    assert (instance.demand.sum(axis=0).tolist(), instance.capacity.sum(axis=0).tolist()) == (demand, capacity)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("resources", [1, 2, 5, 8, 10])
def test_as_many_resources_as_asked_for(kind: str, resources: int) -> None:
    """Tests that the first resources are those of three, that all are asked for, and that every VM fits some host."""
    instance = generate(kind, hosts=40, seed=2, resources=resources, vms=500)
    shared = min(resources, 3)
    basic = generate(kind, hosts=40, seed=2, vms=500)
    assert len(set(instance.resources)) == instance.demand.shape[1] == resources
    assert (instance.demand[:, :shared] == basic.demand[:, :shared]).all()
    assert (instance.capacity[:, :shared] == basic.capacity[:, :shared]).all()
    assert (instance.demand.sum(axis=0) > 0).all()
    assert (instance.demand[:, None, :] <= instance.host_classes.capacity).all(axis=2).any(axis=1).all()


def test_further_resources_go_with_the_size_of_a_vm() -> None:
    """Tests that demand for network and pods rises with cpu, that few VMs ask for GPUs, and that flavours stay few."""
    instance = generate("distinct", hosts=40, seed=2, resources=8, vms=2000)
    column = {name: instance.demand[:, k] for k, name in enumerate(instance.resources)}
    assert all(np.corrcoef(column["cpu"], column[name])[0, 1] > 0.3 for name in ("network", "pods"))
    assert 0.02 < np.mean(column["gpu"] > 0) < 0.2
    flavors = generate("flavor", hosts=40, seed=2, resources=10, vms=2000)
    assert len(np.unique(flavors.demand, axis=0)) <= 80


def test_nobody_asks_for_what_no_host_has() -> None:
    """Tests a cluster whose one host has no GPUs."""
    instance = next(made for seed in range(20) if not (made := generate(hosts=1, seed=seed, resources=6)).total[5])
    assert instance.resources[5] == "gpu"
    assert not instance.demand[:, 5].any()


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"kind": "tiny"}, "kind 'tiny' is unknown: use flavor, distinct, large"),
        ({"hosts": 0}, "hosts is 0: give an integer from 1 to"),
        ({"hosts": 2.5}, "hosts is 2.5"),
        ({"hosts": True}, "hosts is True"),
        ({"seed": -1}, "seed is -1"),
        ({"vms": 0}, "vms is 0"),
        ({"load": 0}, "load is 0"),
        ({"load": float("nan")}, "load is nan"),
        ({"load": "1"}, "load is '1'"),
        ({"resources": 0}, "resources is 0: give an integer from 1 to 10"),
        ({"resources": 11}, "resources is 11"),
        ({"resources": True}, "resources is True"),
        ({"rules": "spread,magic"}, "rules is 'spread,magic': give some of spread,zones,fences,gangs"),
        ({"rules": ""}, "rules is ''"),
        ({"rules": ["spread"]}, r"rules is \['spread'\]"),
    ],
)
def test_bad_arguments_are_refused(given: dict[str, Any], why: str) -> None:
    """Tests that an argument that makes no sense is named with what would."""
    with pytest.raises(OptionError, match=why):
        generate(**given)
