"""Simulations whose requests ask for pieces: whoever runs has landed, and keeps its parts until it leaves."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import vmopt
from tests.inside.brute import lands
from vmopt import VM, Host, OneOf, Part, Pieces, Requests
from vmopt.errors import InstanceError
from vmopt.io import read_requests, write_requests
from vmopt.model.happenings import Change, HostEvent
from vmopt.simulation.kinds import EventKind
from vmopt.simulation.preemption import Preemption

TWO = {"gpu": [{"milli": 1000}] * 2}
HOSTS = [Host(f"h{n}", {"cpu": 50}, parts=TWO) for n in range(2)]
POLICIES = ["fcfs", "backfill", "optimal", "optimal:myopic", "rebalance"]


def share(milli: int) -> list[Pieces]:
    """One piece of a GPU."""
    return [Pieces("gpu", 1, {"milli": milli})]


def drawn(seed: int, **more: object) -> tuple[Requests, list[list[Pieces]]]:
    """Fourteen VMs that come within 8 s and stay for up to 6."""
    draw = random.Random(seed)
    pieces = [
        [Pieces("gpu", 2, {"milli": 400})]
        if draw.random() < 0.2
        else share(draw.choice([300, 400, 500, 600, 700, 1000]))
        for _ in range(14)
    ]
    arrival, duration = ([draw.randint(low, high) for _ in pieces] for low, high in ((0, 8), (1, 6)))
    priority = [draw.randint(1, 3) for _ in pieces]
    given = {"duration": duration, "priority": priority, "resources": ["cpu"], "pieces": pieces, **more}
    return Requests.from_arrays(arrival, [[1]] * 14, **given), pieces


def check_moments(timeline: vmopt.Timeline, hosts: Sequence[Host], pieces: Sequence[Sequence[Pieces]]) -> int:
    """Check each moment by brute force, and that nobody's parts change while it runs; return the largest crowd."""
    before: dict[str, object] = {}
    crowd, went = 0, timeline.events[np.isin(timeline.events["kind"], (EventKind.START, EventKind.MOVE))]
    for time in np.unique(timeline.events["time"]).tolist():
        _, at = timeline.snapshot(time)
        parts = timeline.parts(time)
        for h, host in enumerate(hosts):
            on = np.flatnonzero(at == h)
            crowd = max(crowd, len(on))
            assert lands(host, [VM(f"v{i}", {"cpu": 1}, pieces=pieces[i]) for i in on])
            assert_within(host, {f"vm-{i}": pieces[i] for i in on}, parts)
        come = {f"vm-{vm}" for vm in went["vm"][went["time"] == time].tolist()}
        assert all(parts[name] == before[name] for name in parts if name in before and name not in come)
        before = dict(parts)
    return crowd


def assert_within(host: Host, asked: dict[str, Sequence[Pieces]], parts: dict[str, tuple[vmopt.Landing, ...]]) -> None:
    """Add up what is on each GPU."""
    taken = [0.0] * len(host.parts["gpu"])
    for name, pieces in asked.items():
        for piece, landing in zip(pieces, parts[name], strict=True):
            assert len(set(landing.parts)) == piece.count
            for k in landing.parts:
                taken[k] += piece.each["milli"]
    assert max(taken) <= 1000


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("seed", range(4))
def test_whoever_runs_has_landed_and_stays(policy: str, seed: int) -> None:
    requests, pieces = drawn(seed)
    timeline = vmopt.simulate(HOSTS, requests, policy=policy)
    assert check_moments(timeline, HOSTS, pieces) > 1
    assert timeline.breaches() == ()
    assert not timeline.rejected.any()
    assert not np.isnan(timeline.finished).any()


@pytest.mark.parametrize("seed", range(4))
def test_failures_preemptions_and_changes_keep_parts(seed: int) -> None:
    events = [HostEvent(4, "h0", "fail"), HostEvent(6, "h0", "return")]
    changes = [Change(3, "vm-2", {"cpu": 2}), Change(5, "vm-7", {"cpu": 49})]
    requests, pieces = drawn(seed, host_events=events, changes=changes)
    timeline = vmopt.simulate(HOSTS, requests, policy="priority", preemption=Preemption(cost=1))
    check_moments(timeline, HOSTS, pieces)
    assert timeline.breaches() == ()


def test_nobody_is_rearranged_for_who_comes() -> None:
    """Tests that two halves that came first on different GPUs keep these, though together they would leave one free."""
    arrival, sizes = [0, 1, 2, 3, 4], [600, 600, 400, 400, 1000]
    stay = [3, 3, 10, 10, 5]  # the 600 leave at 3 and 4, and each GPU keeps one of 400
    requests = Requests.from_arrays(
        arrival, [[1]] * 5, duration=stay, resources=["cpu"], pieces=[share(size) for size in sizes]
    )
    timeline = vmopt.simulate(HOSTS[:1], requests, policy="fcfs")
    first, second = (timeline.parts(5)[name][0].parts for name in ("vm-2", "vm-3"))
    assert first != second
    assert timeline.started[4] == 12.0


def test_slices_start_where_they_may() -> None:
    gpu = Part(slots=4, profiles={"half": (2, [0, 2]), "one": (1, [0, 1, 2, 3])})
    pieces = [[Pieces("gpu", profile="one")], [Pieces("gpu", profile="half")], [Pieces("gpu", profile="half")]]
    requests = Requests.from_arrays(
        [0, 0, 0], [[1]] * 3, duration=[5, 9, 9], resources=["cpu"], pieces=[*map(OneOf, pieces)]
    )
    timeline = vmopt.simulate([Host("h", {"cpu": 9}, parts={"gpu": [gpu]})], requests, policy="fcfs")
    assert [one.starts for one in (timeline.parts(0)[name][0] for name in ("vm-0", "vm-1"))] == [(0,), (2,)]
    assert timeline.started.tolist() == [0, 0, 5]


def test_who_fits_no_host_is_rejected() -> None:
    requests = Requests.from_arrays([0], [[1]], resources=["cpu"], pieces=[share(1200)])
    assert vmopt.simulate(HOSTS, requests, policy="fcfs").rejected.tolist() == [True]


@pytest.mark.parametrize("name", ["r.json", "r.json.gz"])
def test_files_hold_parts_and_pieces(tmp_path: Path, name: str) -> None:
    requests, _ = drawn(1)
    write_requests(HOSTS, requests, tmp_path / name)
    hosts, again = read_requests(tmp_path / name)
    one, other = (vmopt.simulate(h, r, policy="fcfs") for h, r in ((HOSTS, requests), (hosts, again)))
    assert (one.events == other.events).all()
    assert one.parts(4) == other.parts(4)


def test_some_of_the_requests_keep_their_pieces() -> None:
    requests, pieces = drawn(2)
    some = requests.take([3, 5])
    assert some.pieces == tuple(OneOf(pieces[i]) for i in (3, 5))
    assert some.on(HOSTS).vm(1).pieces == OneOf(pieces[5])


def test_hosts_may_be_those_of_an_instance() -> None:
    requests, _ = drawn(3)
    instance = vmopt.Instance.from_rows(HOSTS, [VM("other", {"cpu": 1}, pieces=share(100))])
    one, other = (vmopt.simulate(hosts, requests, policy="fcfs") for hosts in (HOSTS, instance))
    assert (one.events == other.events).all()


def test_parts_without_pieces_change_nothing() -> None:
    requests = Requests.from_arrays([0], [[1]], resources=["cpu"])
    assert vmopt.simulate(HOSTS, requests, policy="fcfs").parts(0) == {}


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(InstanceError, match="for each of 2 VMs"):
        Requests.from_arrays([0, 1], [[1]] * 2, resources=["cpu"], pieces=[share(1)])
    requests = Requests.from_arrays([0], [[1]], resources=["cpu"], pieces=[share(1)])
    with pytest.raises(InstanceError, match="the hosts have no parts"):
        vmopt.simulate([Host("h", {"cpu": 1})], requests, policy="fcfs")
