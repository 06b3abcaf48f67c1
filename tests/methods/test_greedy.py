"""Greedy placement: sound, and the same in one step as one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmopt.generate import generate
from vmopt.methods import first_fit, greedy
from vmopt.methods.greedy import complete, order_by, place
from vmopt.methods.search import Search
from vmopt.model import Instance
from vmopt.options import Options
from vmopt.problem import compile
from vmopt.verify import verify


def one_by_one(instance: Instance, order: np.ndarray, fit: str) -> list[int]:
    """The textbook heuristic: a loop over VMs and a loop over hosts."""
    free = instance.capacity.copy()
    placed = [-1] * instance.n_vms
    for vm in order:
        able = [h for h in range(instance.n_hosts) if (instance.demand[vm] <= free[h]).all()]
        if not able:
            continue
        slack = [float((free[h] / np.maximum(instance.total, 1)).sum()) for h in able]
        host = able[0] if fit == "first-fit" or not instance.demand[vm].any() else able[int(np.argmin(slack))]
        free[host] -= instance.demand[vm]
        placed[vm] = host
    return placed


def nothing(instance: Instance) -> np.ndarray:
    return np.full(instance.n_vms, -1)


@pytest.mark.parametrize("fit", ["first-fit", "best-fit"])
@pytest.mark.parametrize("kind", ["flavor", "distinct", "large"])
@pytest.mark.parametrize("order", ["priority", "demand"])
def test_many_at_once_is_one_by_one(kind: str, order: str, fit: str) -> None:
    """Tests that placing identical VMs in one step gives what placing them one by one gives."""
    instance = generate(kind, hosts=6, seed=5)
    sequence = order_by(compile(instance), order)
    assert place(compile(instance), sequence, fit, nothing(instance)).tolist() == one_by_one(instance, sequence, fit)


@pytest.mark.parametrize("block", [1, 3, 1024])
@given(st.integers(0, 10**6))
def test_host_by_host_is_vm_by_vm(block: int, seed: int) -> None:
    """Tests that first-fit gives the same placement whichever way round it goes, VMs that ask for nothing included."""
    rng = np.random.default_rng(seed)
    instance = Instance.from_arrays(rng.integers(0, 6, (30, 2)), rng.integers(0, 12, (5, 2)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(first_fit, "BLOCK", block)
        placed = first_fit.first_fit(instance.demand, instance.capacity.copy())
    assert placed.tolist() == one_by_one(instance, np.arange(30), "first-fit")


def test_the_fewer_set_the_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that hundreds of VMs a host are placed host by host, and a VM a host is not."""
    fast: list[int] = []
    monkeypatch.setattr(
        greedy, "first_fit", lambda demand, free, stop: fast.append(1) or first_fit.first_fit(demand, free)
    )
    for hosts in (4, 700):
        instance = generate("distinct", hosts=hosts, vms=700, seed=1)
        place(compile(instance), order_by(compile(instance), "priority"), "first-fit", nothing(instance))
        assert len(fast) == 1


@pytest.mark.parametrize(("seconds", "passes"), [(0.0, 1), (1e6, 4)])
def test_passes_that_cannot_end_in_time_are_not_begun(
    monkeypatch: pytest.MonkeyPatch, seconds: float, passes: int
) -> None:
    """Tests that of four passes only the first is made where the others would take more than their share."""
    made: list[str] = []
    monkeypatch.setattr(greedy, "_run", lambda search, _, fit, *__: made.append(fit) or setattr(search, "found", True))
    greedy.run_best(Search(generate("distinct", hosts=200, seed=1), Options(time_limit=seconds)))
    assert len(made) == passes


def test_first_fit_looks_at_the_clock() -> None:
    """Tests that hosts are left as they are when time is up, and what was placed until then fits."""
    instance = generate("distinct", hosts=100, seed=1)
    placed = first_fit.first_fit(instance.demand, instance.capacity.copy(), stop=0.0)
    assert 0 < placed.max() < first_fit.HOSTS_A_LOOK
    assert verify(instance, placed) == ()


def test_priority_order() -> None:
    """Tests that the highest priority goes first and demand breaks ties."""
    instance = Instance.from_arrays([[1], [2], [3]], [[9]], priority=[2, 2, 1])
    assert order_by(compile(instance), "priority").tolist() == [1, 0, 2]


def test_demand_order() -> None:
    """Tests that the largest demand goes first and priority breaks ties."""
    instance = Instance.from_arrays([[2], [2], [3]], [[9]], priority=[1, 2, 1])
    assert order_by(compile(instance), "demand").tolist() == [2, 1, 0]


def test_never_hands_out_more_than_there_is() -> None:
    """Tests the article's example: a pool of 100, demands of 40 to 70: it is never overdrawn."""
    instance = Instance.from_arrays([[70], [60], [40], [30]], [[100]], priority=[4, 3, 2, 1])
    placed = place(compile(instance), order_by(compile(instance), "priority"), "first-fit", nothing(instance))
    assert placed.tolist() == [0, -1, -1, 0]
    assert verify(instance, placed) == ()


def test_complete_leaves_no_room_unused() -> None:
    """Tests that after completing a placement no unplaced VM fits anywhere."""
    instance = generate("distinct", hosts=5, seed=2)
    placed = complete(compile(instance), nothing(instance))
    free = instance.capacity.copy()
    np.subtract.at(free, placed[placed >= 0], instance.demand[placed >= 0])
    left = instance.demand[placed < 0]
    assert verify(instance, placed) == ()
    assert not (left[:, None] <= free).all(axis=2).any()


def test_complete_keeps_what_is_placed() -> None:
    """Tests that completing only adds."""
    instance = Instance.from_arrays([[5], [4], [3]], [[8]], value=[1, 9, 9])
    assert complete(compile(instance), np.array([0, -1, -1])).tolist() == [0, -1, 0]
