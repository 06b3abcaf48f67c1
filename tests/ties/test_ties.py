"""Among equally good placements: spread, pack, or as found."""

from __future__ import annotations

import numpy as np
import pytest

import vmopt
from vmopt import metrics
from vmopt.cli.entry import main
from vmopt.methods import greedy
from vmopt.methods.ties.pack import n_touched, pack
from vmopt.methods.ties.spread import spread
from vmopt.model import Instance
from vmopt.network import generate_traffic, star
from vmopt.problem import compile

A = Instance.from_arrays


def solved(instance: Instance, ties="spread", **options):
    return vmopt.solve(instance, ties=ties, **{"time_limit": 60, "threads": 1, **options})


def unevenness(instance: Instance, host_index) -> float:
    """The measure that spreading lowers, from its definition."""
    load = metrics.loads(instance, host_index)
    rows = zip(load, instance.capacity, strict=True)
    return sum(max(n / c for n, c in zip(row, room, strict=True)) ** 2 for row, room in rows)


def drawn(seed: int, part: float, n_resources: int = 2) -> tuple[Instance, np.ndarray]:
    """VMs that fill hosts of two sizes to that part, placed first-fit."""
    rng = np.random.default_rng(seed)
    demand = rng.integers(1, 20, (120, n_resources))
    room = demand.sum(axis=0) / part / 15
    capacity = np.ceil(np.where(np.arange(10)[:, None] % 2, room, 2 * room))
    instance = A(demand, capacity.astype(int))
    nothing = np.full(120, -1)
    return instance, greedy.place(compile(instance), greedy.order_by(compile(instance), "demand"), "first-fit", nothing)


def test_four_vms_on_four_hosts() -> None:
    """Tests the choice: one VM on each host, which is the default, or all on one."""
    cluster = A([[2]] * 4, [[8]] * 4)
    assert sorted(vmopt.solve(cluster).host_index.tolist()) == [0, 1, 2, 3]
    assert sorted(solved(cluster, "spread").host_index.tolist()) == [0, 1, 2, 3]
    assert len(set(solved(cluster, "pack").host_index.tolist())) == 1


@pytest.mark.parametrize("part", [0.2, 0.5, 0.8, 0.98])
@pytest.mark.parametrize("seed", range(5))
def test_only_better_and_always_legal(seed, part) -> None:
    """Tests that the same VMs run, that they fit, and that the measure of each choice never gets worse."""
    instance, start = drawn(seed, part)
    evener, fewer = spread(instance, start), pack(instance, start)
    for moved in (evener, fewer):
        assert vmopt.verify(instance, moved) == ()
        assert np.array_equal(moved >= 0, start >= 0)
    assert unevenness(instance, evener) <= unevenness(instance, start)
    assert n_touched(fewer) <= n_touched(start)
    if part <= 0.5:
        least = 15 * part**2 * 10 / 15
        assert unevenness(instance, evener) < 1.25 * least
        assert n_touched(pack(instance, evener)) <= n_touched(start) < n_touched(evener)


@pytest.mark.parametrize("kind", ["flavor", "large"])
@pytest.mark.parametrize("ties", ["spread", "pack"])
def test_objective_and_bound_are_untouched(kind, ties) -> None:
    """Tests against the placement as found, to the last bit."""
    instance = vmopt.generate(kind, hosts=6, load=0.6, seed=2)
    found, settled = solved(instance, None), solved(instance, ties)
    assert (found.objective, found.bound, found.status) == (settled.objective, settled.bound, settled.status)
    assert metrics.objective_of(instance, settled.host_index) == found.objective
    assert settled.host_index.tolist() == solved(instance, ties).host_index.tolist()


def test_what_nobody_asks_for_or_offers_is_no_trouble() -> None:
    """Tests hosts without capacity, VMs without demand, a single host, and nothing placed."""
    for ties in ("spread", "pack"):
        assert solved(A([[0, 0], [2, 0]], [[4, 0], [0, 0], [4, 0]]), ties).n_placed == 2
        assert solved(A([[0]] * 3, [[1]] * 2), ties).n_placed == 3
        assert solved(A([[1]], [[1]]), ties).n_placed == 1
        assert solved(A([[2]], [[1]]), ties).n_placed == 0


def test_elastic_vms_keep_what_they_get() -> None:
    """Tests that VMs that get all are spread, and that none moves where some get less."""
    plenty = A([[4]] * 3, [[12]] * 3, reservation=[[1]] * 3)
    assert sorted(solved(plenty).host_index.tolist()) == [0, 1, 2]
    scarce = A([[8]] * 4, [[10]] * 2, reservation=[[1]] * 4)
    assert solved(scarce).allocation.tolist() == solved(scarce, None).allocation.tolist()
    assert solved(scarce).objective == solved(scarce, None).objective


def test_when_nothing_is_settled() -> None:
    """Tests baselines, time that is used up, and traffic, which decides by latency."""
    cluster = A([[2]] * 4, [[8]] * 4)
    assert solved(cluster, method="greedy-priority").host_index.tolist() == [0, 0, 0, 0]
    late = A([[2]] * 4, [[8]] * 4)
    assert solved(late, time_limit=0).host_index.tolist() == solved(late, None, time_limit=0).host_index.tolist()
    traffic = generate_traffic(cluster, seed=1)
    closer = solved(cluster, network=star(cluster), traffic=traffic)
    assert len(set(closer.host_index.tolist())) == 1


def test_none_may_be_written_as_a_word() -> None:
    """Tests that Python takes the word that the command line takes."""
    cluster = drawn(3, 0.5)[0]
    assert np.array_equal(solved(cluster, "none").host_index, solved(cluster, None).host_index)


def test_tiers_are_settled_too() -> None:
    """Tests that levels keep their values."""
    cluster = A([[2]] * 4, [[8]] * 4, priority=[1, 0, 0, -1], objective=vmopt.Objective("tiers"))
    solution = solved(cluster)
    assert sorted(solution.host_index.tolist()) == [0, 1, 2, 3]
    assert solution.status == "optimal"
    assert solution.objective == sum(level.value for level in solution.levels)


@pytest.mark.parametrize("wrong", ["even", 1, True, ["spread"]])
def test_other_choices_are_refused(wrong) -> None:
    """Tests that the error names the choices."""
    with pytest.raises(vmopt.OptionError, match="use 'spread', 'pack', or 'none'"):
        solved(A([[1]], [[1]]), wrong)


def test_the_command_line_takes_the_choice(tmp_path, capsys) -> None:
    """Tests `--ties` of solve and compare."""
    vmopt.io.write(A([[2]] * 4, [[8]] * 4), tmp_path / "c.json")
    for ties, n_hosts in (("spread", 4), ("pack", 1)):
        out = tmp_path / f"{ties}.json"
        assert main(["solve", str(tmp_path / "c.json"), "--ties", ties, "-q", "-o", str(out)]) == 0
        assert len(set(vmopt.io.read_placement(out).values())) == n_hosts
    assert main(["compare", str(tmp_path / "c.json"), "--ties", "none", "-q"]) == 0
    assert main(["solve", str(tmp_path / "c.json"), "--ties", "even", "-q"]) == 2
    assert "'spread'" in capsys.readouterr().err


@pytest.mark.parametrize("small", [1, 3, 8])
def test_an_empty_twin_takes_half(small: int) -> None:
    """Tests that an empty host is found behind smaller ones, and takes what a full one like it gives."""
    cluster = vmopt.Instance.from_arrays([[2]] * 4, [[8], [8], *[[3]] * small])
    placed = spread(cluster, np.zeros(4, dtype=np.int64))
    fullness = np.bincount(placed, minlength=2 + small) * 2 / cluster.capacity[:, 0]
    assert (fullness**2).sum() <= 0.75
