"""Annealing: what the kernel keeps up to date is what the placement says, and every move it makes keeps the rules."""

from itertools import product
from threading import Timer

import numpy as np
import pytest

import vmopt
from vmopt.goals import Balance, Distance, FewestMoves, MovesOfGroup
from vmopt.interruption import Interruption
from vmopt.methods.goals.anneal.compiled import AVAILABLE
from vmopt.methods.goals.anneal.draws import cool
from vmopt.methods.goals.anneal.kernel import attempt, change_of, move
from vmopt.methods.goals.anneal.make import state_of
from vmopt.methods.goals.anneal.run import run, serves
from vmopt.methods.goals.stage import Stage
from vmopt.options import Options, checked_limits
from vmopt.rules import Near, Reach, Transient

RACKS = ("a", "a", "b", "b", "c")
LEVEL = (
    Balance({"cpu": 3.0, "disk": 1.0}, "above", level=0.5)
    + 2 * Balance(("cpu", "disk"), "ratio", target=1.5)
    + FewestMoves()
    + 5 * MovesOfGroup("app")
    + 2 * Distance([[0 if a == b else abs(a - b) + 1 for b in range(5)] for a in range(5)])
)


def random_cluster(seed, n=9, hosts=5):
    """A cluster under rules of every kind that the kernel knows, which what runs now keeps."""
    rng = np.random.default_rng(seed)
    current = rng.integers(0, hosts, n)
    partner = np.append([0, 1], np.where(rng.random(n - 2) < 0.7, np.arange(n - 2) % 2, -1))
    candidates = [
        vmopt.Spread(rng.integers(-1, 3, n)),
        vmopt.Spread(rng.integers(-1, 2, n), over="rack", most=2),
        Reach(rng.integers(-1, 2, n), "rack", least=2),
        Near(np.arange(n) % 3 - 1, partner, "rack"),
        vmopt.Ban(rng.random(n) < 0.3, rng.random(hosts) < 0.3),
    ]
    demand = rng.integers(0, 4, (n, 2))
    capacity = np.zeros((hosts, 2), dtype=np.int64)
    np.add.at(capacity, current, demand)
    arrays = {
        "demand": demand,
        "capacity": capacity + rng.integers(1, 5, (hosts, 2)),
        "resources": ("cpu", "disk"),
        "current": current,
        "move_cost": rng.integers(0, 4, n),
        "transient": "disk",
        "host_labels": [{"rack": rack} for rack in RACKS[:hosts]],
        "vm_labels": [{"app": str(a)} for a in rng.integers(0, 3, n)],
        "objective": vmopt.Objective(levels=[LEVEL if hosts == 5 else FewestMoves()]),
    }
    kept = [
        rule for rule in candidates if not vmopt.verify(vmopt.Instance.from_arrays(**arrays, rules=[rule]), current)
    ]
    return vmopt.Instance.from_arrays(**arrays, rules=[Transient(), *kept, vmopt.MustRun("vm-*")])


def stage_of(cluster, placement=None):
    options = Options(None, *checked_limits(60, 0.0, 0, 1), None)
    level = cluster.objective.goal_levels[0]
    return Stage(cluster, options, level, (), cluster.current if placement is None else placement)


@pytest.mark.parametrize("seed", range(6))
def test_the_state_is_what_the_placement_says_after_any_moves(seed):
    cluster = random_cluster(seed)
    state, rng = state_of(stage_of(cluster), np.arange(9)), np.random.default_rng(seed)
    for _ in range(30):
        move(state, int(rng.integers(9)), int(rng.integers(5)))
    fresh = state_of(stage_of(cluster, state.at), np.arange(9))
    for name, mine, anew in zip(state._fields, state, fresh, strict=True):
        if name == "entry":
            mine, anew = mine[:, state.is_transient], anew[:, state.is_transient]
        assert np.array_equal(mine, anew), name
    assert state.cost() == float(cluster.objective.goal_levels[0].value(cluster, state.at))


@pytest.mark.parametrize("seed", range(12))
def test_every_move_is_judged_as_the_checkers_do(seed):
    cluster = random_cluster(seed)
    level, state = cluster.objective.goal_levels[0], state_of(stage_of(cluster), np.arange(9))
    cool(state, np.arange(90) % 9, 3, 1e9, np.random.default_rng(seed))
    made = 0
    for p, to in product(range(9), range(5)):
        before = state.at.copy()
        if to == before[p]:
            continue
        target = before.copy()
        target[p] = to
        change = change_of(state, p, to, -1)
        done = np.isfinite(change) and attempt(state, p, to, -1)
        assert done == (not vmopt.verify(cluster, target)), (p, to)
        if done:
            made += 1
            assert change == pytest.approx(float(level.value(cluster, target) - level.value(cluster, before)))
            move(state, p, int(before[p]))
        assert np.array_equal(state.at, before)
    assert made or seed


@pytest.mark.parametrize("seed", range(12))
def test_every_exchange_is_judged_as_the_checkers_do(seed):
    cluster = random_cluster(seed)
    state = state_of(stage_of(cluster), np.arange(9))
    cool(state, np.arange(90) % 9, 3, 1e9, np.random.default_rng(seed))
    for p, q in product(range(9), repeat=2):
        before = state.at.copy()
        if before[p] == before[q]:
            continue
        target = before.copy()
        target[[p, q]] = before[[q, p]]
        done = np.isfinite(change_of(state, p, int(before[q]), q)) and attempt(state, p, int(before[q]), q)
        assert done == (not vmopt.verify(cluster, target)), (p, q)
        if done:
            move(state, p, int(before[p]))
            move(state, q, int(before[q]))


def test_a_long_cooling_stays_lawful_and_finds_the_best_of_a_small_cluster():
    cluster = random_cluster(3, n=5)
    level = cluster.objective.goal_levels[0]
    placements = (np.array(each) for each in product(range(5), repeat=5))
    best = min(level.value(cluster, each) for each in placements if not vmopt.verify(cluster, each))
    state, rng = state_of(stage_of(cluster), np.arange(5)), np.random.default_rng(0)
    found = state.cost()
    for heat in (10.0, 5.0, 2.0, 1.0, 0.0) * 3:
        cool(state, rng.integers(0, 5, 100), 3, heat, rng)
        assert not vmopt.verify(cluster, state.at)
        found = min(found, state.cost())
    assert found == float(best)


def test_rules_and_goals_of_other_kinds_are_left_to_other_searches():
    cluster = random_cluster(0)
    other = cluster.replace(rules=[*cluster.rules, vmopt.Gather(["vm-0", "vm-1"])])
    assert state_of(stage_of(other), np.arange(9)) is None
    assert serves(stage_of(cluster)) == AVAILABLE
    alone = cluster.replace(objective=vmopt.Objective(levels=[FewestMoves()]))
    assert not serves(stage_of(alone))


def test_threads_hear_an_interruption():
    """Tests that all of them end before their time, and that what they found is kept."""
    cluster = random_cluster(0)
    stage = Stage(cluster, Options(None, *checked_limits(600, 0, 0, 2)), LEVEL, (), np.asarray(cluster.current))
    before, call = stage.value, Interruption()
    timer = Timer(1.0, call.request)
    timer.start()
    call.serve(run, stage)
    timer.join()
    assert stage.remaining > 0
    assert stage.value <= before
