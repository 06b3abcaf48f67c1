"""Who has landed stays, also where what is remembered of fills and places is little."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import vmopt
from vmopt.rules.inside import TakenInPlace, in_place
from vmopt.rules.inside.in_force import inside_of

GPUS = [{"milli": 10}] * 3


def cluster(sizes: list[int], n_hosts: int = 4) -> vmopt.Instance:
    hosts = [vmopt.Host(f"h{n}", {"cpu": 99}, parts={"gpu": GPUS}) for n in range(n_hosts)]
    vms = [vmopt.VM(f"v{n}", {"cpu": 1}, pieces=[vmopt.Pieces("gpu", 1, {"milli": s})]) for n, s in enumerate(sizes)]
    return vmopt.Instance.from_rows(hosts, vms)


def story(seed: int, watch: Any = lambda taken: None) -> list[Any]:
    """Let VMs come and go; return who was let in where, and where they landed."""
    draw = np.random.default_rng(seed)
    instance = cluster(draw.integers(1, 8, 24).tolist())
    here = inside_of(instance)
    assert here is not None
    at = np.full(instance.n_vms, -1)
    taken, told = TakenInPlace(here, at), list[Any]()
    for _ in range(200):
        vm = int(draw.integers(instance.n_vms))
        if at[vm] >= 0:
            taken.add(np.array([vm]), -1)
            at[vm] = -1
        else:
            open_ = taken.allowed(int(here.group.of[vm]))
            told.append(open_.tolist())
            if open_.any():
                at[vm] = int(draw.choice(np.flatnonzero(open_)))
                taken.add(np.array([vm]))
                told.append(taken.landed[vm])
        if draw.random() < 0.05:
            gone = np.flatnonzero((at >= 0) & (draw.random(len(at)) < 0.3))
            at = np.where(np.isin(np.arange(len(at)), gone), -1, at)
            taken = taken.without(gone, at)
        watch(taken)
    return told


@pytest.mark.parametrize("seed", range(5))
def test_fills_that_are_forgotten_change_nothing(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that numbering fills anew lets the same VMs in, on the same parts."""
    expected = story(seed)
    monkeypatch.setattr(in_place, "MOST_FILLS", 1)
    numbered = list[int]()
    assert story(seed, lambda taken: numbered.append(len(taken._fills.states))) == expected
    assert max(numbered) <= 8, "twice the hosts"


def test_places_that_are_remembered_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that the places left last are kept, and no more than so many."""
    monkeypatch.setattr(in_place, "MOST_PLACES", 3)
    kept = list[int]()
    story(0, lambda taken: kept.append(max(len(taken._before), len(taken._vacated))))
    assert max(kept) == 3


def test_what_is_only_tried_leaves_no_trace() -> None:
    """Tests that a VM which comes back to where it just was has its old part."""
    instance = cluster([6, 6, 3], 1)
    here = inside_of(instance)
    assert here is not None
    at = np.array([0, 0, 0])
    taken = TakenInPlace(here, at)
    before = dict(taken.landed)
    for vm in (1, 0):
        taken.add(np.array([vm]), -1)
    for vm in (0, 1):
        taken.add(np.array([vm]))
    assert taken.landed == before
