"""Few moves: what is equal stays where it is, and what is said of the least number of moves is so."""

import itertools
import random

import numpy as np
import pytest

import vmopt
from vmopt import FewestHosts, FewestMoves, InstanceError, Keep, MostMoves, MustRun, Objective, Quarantine, Utilisation
from vmopt.bounds import MovePrices
from vmopt.errors import PlacementError
from vmopt.goals.holds import holds_of
from vmopt.goals.move_bound import verify_move_prices
from vmopt.methods.change import prices as moves
from vmopt.methods.goals.stage import Stage
from vmopt.model.goal_level import GoalLevel
from vmopt.options import Options, checked_limits
from vmopt.problem import compile
from vmopt.problem.stay import staying

LEVELS = (
    [Utilisation(), FewestMoves()],
    [Utilisation(), FewestHosts(), FewestMoves()],
    [FewestMoves(), Utilisation()],
    [Utilisation(), FewestHosts() + 0.5 * FewestMoves()],
    [FewestMoves()],
)


def draw(seed):
    """A tiny cluster that runs something, with rules."""
    r = random.Random(seed)
    n_vms, n_hosts, n_resources = r.randint(1, 5), r.randint(1, 3), r.randint(1, 2)
    demand = [[r.choice([2, 3, r.randint(0, 6)]) for _ in range(n_resources)] for _ in range(n_vms)]
    rules = [
        MustRun(f"vm-{r.randrange(n_vms)}"),
        vmopt.Spread("vm-*", most=r.randint(1, 2)),
        vmopt.Empty("host-0"),
        Keep(f"vm-{r.randrange(n_vms)}"),
        Quarantine(f"host-{r.randrange(n_hosts)}"),
        MostMoves(*r.choice([(1, None, None), (2, 1, None), (None, None, 1)])),
    ]
    return vmopt.Instance.from_arrays(
        demand,
        [[r.choice([4, 6, 9]) for _ in range(n_resources)] for _ in range(n_hosts)],
        priority=[r.randint(1, 2) for _ in range(n_vms)],
        current=[r.randint(-1, n_hosts - 1) for _ in range(n_vms)],
        move_cost=r.choice([None, [r.choice([1, 2.5, 0]) for _ in range(n_vms)]]),
        rules=[rule for rule in rules if r.random() < 0.25],
        objective=Objective(levels=r.choice(LEVELS)),
    )


def lawful(instance):
    every = itertools.product(range(-1, instance.n_hosts), repeat=instance.n_vms)
    return [placed for placed in map(np.array, every) if not vmopt.verify(instance, placed)]


@pytest.mark.parametrize("seed", range(40))
def test_levels_are_those_of_brute_force(seed):
    instance = draw(seed)
    solution, placements = vmopt.solve(instance, threads=1, gap=0, time_limit=10), lawful(instance)
    if not placements:
        assert solution.status.value == "infeasible"
        return
    goals = instance.objective.goal_levels
    for k, (level, row) in enumerate(zip(goals, solution.levels, strict=True)):
        holds = holds_of(instance, goals[:k], (0.0,) * k, solution.host_index)
        values = [level.value(instance, p) for p in placements if all(hold.keeps(instance, p) for hold in holds)]
        best = max(values) if level.maximised else min(values)
        assert row.value == pytest.approx(float(best))
        assert (row.bound >= best - 1e-9) if level.maximised else (row.bound <= best + 1e-9)


@pytest.mark.parametrize("seed", range(40, 70))
def test_no_move_is_for_nothing(seed):
    instance = draw(seed).replace(objective=Objective())
    solution, placements = vmopt.solve(instance, threads=1, gap=0, time_limit=10), lawful(instance)
    if not placements:
        return
    worth = [instance.value[p >= 0].sum() for p in placements]
    moves = [instance.moved_cost[p != instance.current].sum() for p in placements]
    fewest = min(m for m, w in zip(moves, worth, strict=True) if w > max(worth) - 1e-9)
    assert solution.objective == pytest.approx(max(worth))
    assert instance.moved_cost[solution.host_index != instance.current].sum() == pytest.approx(fewest)


@pytest.mark.parametrize("method", ["auto", "exact", "price-guided", "column-generation", "neighbourhood"])
def test_what_is_as_good_as_it_can_be_stays(method):
    cluster = vmopt.generate("flavor", hosts=6, seed=2, load=0.8)
    now = vmopt.solve(cluster, threads=1, time_limit=20)
    again = vmopt.solve(cluster.replace(current=now), method=method, threads=1, time_limit=20)
    assert np.array_equal(now.host_index, again.host_index)


def test_emptying_a_host_moves_what_runs_there_and_proves_it():
    cluster = vmopt.generate("flavor", hosts=20, seed=1, load=0.6)
    now = vmopt.solve(cluster, threads=1)
    levels = Objective(levels=[Utilisation(), FewestMoves()])
    emptied = cluster.replace(current=now, rules=[vmopt.Empty("host-3")], objective=levels)
    solution = vmopt.solve(emptied, threads=1)
    there = int((now.host_index == 3).sum())
    assert [(row.value, row.bound) for row in solution.levels[1:]] == [(there, there)]
    assert vmopt.verify_goal_bound(emptied, solution, 1) == there


def test_dealing_keeps_as_many_as_any_way_to_deal():
    rng = np.random.default_rng(0)
    for _ in range(200):
        of, current, placed = rng.integers(0, 2, 5), rng.integers(-1, 3, 5), rng.integers(-1, 3, 5)
        dealt = staying(of, current, placed)
        for j in (0, 1):
            assert sorted(dealt[of == j]) == sorted(placed[of == j])
        ways = (
            np.array([*one, *other])
            for one in itertools.permutations(placed[of == 0])
            for other in itertools.permutations(placed[of == 1])
        )
        order = np.concatenate([np.flatnonzero(of == 0), np.flatnonzero(of == 1)])
        most = max(int(((way == current[order]) & (way >= 0)).sum()) for way in ways)
        assert int(((dealt == current) & (dealt >= 0)).sum()) == most


@pytest.mark.parametrize("seed", range(30))
def test_elastic_vms_leave_no_sooner_than_their_reservations_demand(seed):
    r = np.random.default_rng(seed)
    demand = r.integers(1, 12, (4, 1))
    instance = vmopt.Instance.from_arrays(
        demand,
        r.integers(4, 9, (2, 1)),
        reservation=demand * r.integers(0, 3, (4, 1)) // 2,
        current=r.integers(-1, 2, 4),
        rules=[MustRun("vm-0")] if seed % 2 else [],
    )
    placements = lawful(instance)
    if not placements:
        pytest.skip("nothing fits")
    stage = Stage(
        instance,
        Options(None, *checked_limits(60, 0.0, 0, 1), None),
        GoalLevel.of(FewestMoves()),
        (),
        min(placements, key=lambda placed: FewestMoves().value(instance, placed)),
    )
    moves.run(stage)
    assert stage.bound <= stage.value


def test_wrong_proofs_of_moves_are_refused():
    cluster = vmopt.Instance.from_arrays([[2], [3]], [[9], [9]], current=[0, 1])
    for capacity in (np.zeros((1, 1)), np.full((2, 1), -1.0), np.full((2, 1), np.nan)):
        with pytest.raises(PlacementError):
            verify_move_prices(cluster, FewestMoves(), (), MovePrices(capacity, np.zeros(0), None))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"current": ["host-9", None]}, "host-9"),
        ({"current": [0, 5]}, "hosts are 0 to 1"),
        ({"current": {"vm-7": "host-0"}}, "vm-7"),
        ({"current": [0, 1], "move_cost": [1, -1]}, "at least 0"),
        ({"transient": ["disk"]}, "disk"),
        ({"rules": [Keep("vm-0")]}, "where VMs run now"),
        ({"objective": Objective(levels=[FewestMoves()])}, "where VMs run now"),
    ],
)
def test_what_makes_no_sense_is_told_so(given, says):
    with pytest.raises(InstanceError, match=says):
        vmopt.Instance.from_arrays([[2], [3]], [[9], [9]], **given)


def test_current_may_be_written_in_many_ways():
    names = {"vm-0": "host-1", "vm-1": None}
    made = vmopt.Instance.from_arrays([[2], [3]], [[9], [9]], current=names)
    assert made.current.tolist() == [1, -1]
    assert made == made.replace(current=["host-1", None]) == made.replace(current=np.array([1, -1]))
    assert compile(made).stay(np.array([-1, 1])).tolist() == [-1, 1]


def test_nobody_goes_home_whom_others_need():
    labels = [{"zone": "r"}, {}]
    rules = [vmopt.Near(["vm-0", "vm-2"], "vm-1", "zone"), vmopt.Gather("vm-2"), MostMoves(most_out=1)]
    cluster = vmopt.Instance.from_arrays(
        [[1, 2]] * 3, [[4, 4]] * 2, current=[-1, 1, -1], host_labels=labels, rules=rules
    )
    solution = vmopt.solve(cluster, gap=0, threads=1)
    assert (solution.status.value, solution.n_placed) == ("optimal", 2)
    assert vmopt.verify(cluster, solution.host_index) == ()
