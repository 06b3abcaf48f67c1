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
    ("given", "why"),
    [
        ({"kind": "tiny"}, "kind 'tiny' is unknown: use flavor, distinct, large"),
        ({"hosts": 0}, "hosts is 0: give an integer of at least 1"),
        ({"hosts": 2.5}, "hosts is 2.5"),
        ({"hosts": True}, "hosts is True"),
        ({"seed": -1}, "seed is -1"),
        ({"vms": 0}, "vms is 0"),
        ({"load": 0}, "load is 0"),
        ({"load": float("nan")}, "load is nan"),
        ({"load": "1"}, "load is '1'"),
    ],
)
def test_bad_arguments_are_refused(given: dict[str, Any], why: str) -> None:
    """Tests that an argument that makes no sense is named with what would."""
    with pytest.raises(OptionError, match=why):
        generate(**given)
