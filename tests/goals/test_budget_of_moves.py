"""A level under a budget of moves: descent spends it well, exchanges keep it, and what so few moves save is bounded."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

import vmopt
from vmopt import Alone, Balance, FewestHosts, MostMoves, MustRun, Objective, Quarantine
from vmopt.goals import FewestMoves
from vmopt.goals.balance import KINDS
from vmopt.goals.counting import counted
from vmopt.goals.holds import holds_of
from vmopt.goals.moved import after_moves
from vmopt.goals.recheck import verify_goal_bound
from vmopt.methods.goals.balance.costs import cost_of
from vmopt.methods.goals.balance.descent import Descent
from vmopt.methods.goals.balance.ground import Ground
from vmopt.methods.locality.ruled import guards_of
from vmopt.methods.locality.seating import Exchanges
from vmopt.model.goal_level import GoalLevel
from vmopt.rules import Transient

LEVELS: dict[str, Any] = {
    "fragments": Balance({"cpu": 1.0, "memory": 0.5}, "fragments", size=4),
    "above": Balance({"cpu": 2.0, "memory": 0.5}, "above", level=0.4),
    "ratio": Balance(["cpu", "memory"], "ratio", target=1.5),
    "sum": Balance("cpu", "fragments", size=3) + 0.5 * Balance("memory", "above", level=0.3) + 0.1 * FewestMoves(),
    "hosts": FewestHosts() + 0.25 * Balance("cpu", "fragments", size=4),
}


def cluster(seed: int, level: Any, rules: Any, n: int = 6, hosts: int = 4) -> vmopt.Instance:
    """VMs that all run, on hosts with some room left."""
    rng = np.random.default_rng(seed)
    demand, current = rng.integers(0, 5, (n, 2)), rng.integers(0, hosts, n)
    capacity = np.zeros((hosts, 2), dtype=np.int64)
    np.add.at(capacity, current, demand)
    return vmopt.Instance.from_arrays(
        demand,
        capacity + rng.integers(0, 6, (hosts, 2)),
        resources=("cpu", "memory"),
        current=current,
        rules=[MustRun("*"), *rules],
        objective=Objective(levels=[level]),
    )


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("kind", LEVELS)
def test_no_placement_within_the_budget_is_below_the_bound(kind: str, seed: int) -> None:
    """Tests the bound against all placements, and that the budget is what makes it."""
    instance = cluster(seed, LEVELS[kind], [MostMoves(seed % 3)], n=5, hosts=3)
    level = instance.objective.goal_levels[0]
    bound = after_moves(instance, level, ())
    all_there_are = (np.array(at) for at in product(range(3), repeat=5))
    best = min(level.value(instance, at) for at in all_there_are if not vmopt.verify(instance, at))
    assert bound <= best
    if seed % 3 == 0:
        assert bound == best == level.value(instance, instance.current)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("kind", [*LEVELS, "costs"])
def test_no_placement_is_below_the_bound_where_a_level_above_has_few_moves(kind: str, seed: int) -> None:
    """Tests the same where it is what moves cost that is held."""
    rng = np.random.default_rng([seed, 7])
    level = FewestHosts(cost=rng.choice([0, 1, 2.5], 3).tolist()) if kind == "costs" else LEVELS[kind]
    plain = cluster(seed, level, [], n=5, hosts=3)
    instance = plain.replace(
        objective=Objective(levels=[FewestMoves(), *plain.objective.levels]) if kind != "sum" else plain.objective,
        move_cost=rng.choice([0.0, 1.0, 0.5, 3.0], 5) if seed % 2 else None,
    )
    moves, last = GoalLevel.of(FewestMoves()), instance.objective.goal_levels[-1]
    lawful = [at for at in map(np.array, product(range(3), repeat=5)) if not vmopt.verify(instance, at)]
    for at in rng.choice(np.array(lawful), 8):
        holds = holds_of(instance, [moves], [0.25], at)
        best = min(last.value(instance, each) for each in lawful if holds[0].keeps(instance, each))
        assert after_moves(instance, last, holds) <= best
    home = holds_of(instance, [moves], [0.0], instance.current)
    if seed % 2 == 0:
        assert after_moves(instance, last, home) == last.value(instance, instance.current)


def test_hosts_from_which_nobody_may_move_stay_in_use() -> None:
    """Tests that few hosts after few moves are proven, and with slack for moves as few as these can empty."""
    levels = [vmopt.Utilisation(), FewestMoves(), FewestHosts()]
    made = {"current": [0, 0, 1, 2, 2, 2], "objective": Objective(levels=levels)}
    for n_moves, n_hosts in ((0, 3), (1, 2), (2, 2)):
        rules = [MostMoves(n_moves)]
        instance = vmopt.Instance.from_arrays([[1]] * 6, [[5]] * 3, rules=rules, **made)
        asked = instance.replace(objective=Objective(levels=[vmopt.Utilisation(), FewestHosts()]))
        row = vmopt.solve(asked, threads=1, gap=0).levels[-1]
        assert (row.value, row.bound) == (n_hosts, n_hosts)
    stays = vmopt.solve(vmopt.Instance.from_arrays([[1]] * 6, [[5]] * 3, **made), threads=1, gap=0)
    assert [(row.value, row.bound) for row in stays.levels[1:]] == [(0.0, 0.0), (3.0, 3.0)]
    level = asked.objective.goal_levels[-1]
    assert after_moves(instance.replace(rules=[MustRun("*"), MostMoves(3)]), level, ()) == 1


def test_the_bound_says_nothing_where_others_may_start_or_stop() -> None:
    """Tests what the bound rests on: all run now, and have to, and a hard rule limits their moves."""
    level = GoalLevel.of(LEVELS["above"])
    known = cluster(1, level, [MostMoves(0)])
    assert after_moves(known, level, ()) > 0
    others = [
        replace(known, rules=(MostMoves(0),)),
        replace(known, rules=(MustRun("*"), MostMoves(0, penalty=1))),
        replace(known, rules=(MustRun("*"), MostMoves(None, 0, 0))),
        replace(known, current=np.append(known.current[:-1], -1)),
    ]
    assert [after_moves(other, level, ()) for other in others] == [0] * 4


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("limits", [(2, None, None), (None, 1, None), (None, None, 1), (3, 1, 2)])
def test_exchanges_are_permitted_that_the_budget_allows(seed: int, limits: tuple[Any, ...]) -> None:
    """Tests moves and swaps from random placements against the checker of the rule."""
    instance = cluster(seed, LEVELS["above"], [MostMoves(*limits)])
    rng, (rule,) = np.random.default_rng(seed), [r for r in instance.rules_in_force if isinstance(r.rule, MostMoves)]
    guards = guards_of(instance, np.arange(6), nowhere=False)
    for _ in range(20):
        at = np.where(rng.random(6) < 0.3, rng.integers(0, 4, 6), instance.current)
        if rule.violation(at):
            continue
        mover, partner = np.divmod(np.arange(36), 6)
        alone = rng.random(36) < 0.5
        to = np.where(alone, rng.integers(0, 4, 36), at[partner])
        moves = Exchanges(mover, to, np.where(alone, -1, partner)).take(to != at[mover])
        permitted = guards.permits(at, moves)
        for one, given in enumerate(permitted.tolist()):
            assert given == (not rule.violation(after(at, moves.take([one]))))
        some = moves.take(permitted)
        apart = disjoint(at, some)
        together = some.take(apart).take(guards.independent(at, some.take(apart)))
        assert not rule.violation(after(at, together))
        assert len(together.mover) or not len(some.mover)


RULES = {
    "quarantine": [Quarantine("host-1")],
    "transient": [Transient()],
    "alone": [Alone("vm-0")],
    "soft quarantine": [Quarantine("host-1", penalty=1)],
    "soft transient": [Transient(penalty=1)],
    "soft alone": [Alone("vm-0", penalty=1)],
}


@pytest.mark.parametrize("name", RULES)
def test_what_is_permitted_keeps_rules_that_look_at_vms_of_no_group(name: str) -> None:
    """Tests moves and swaps of VMs that run somewhere or nowhere now: none changes what is broken."""
    permitted = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        given = cluster(seed, LEVELS["above"], []).replace(transient="cpu")
        instance = given.replace(current=np.where(rng.random(6) < 0.4, -1, given.current), rules=RULES[name])
        (rule,) = instance.rules_in_force
        guards = guards_of(instance, np.arange(6), nowhere=False)
        at = rng.integers(0, 4, 6)
        if rule.penalty is None and rule.violation(at):
            continue
        mover, partner = np.divmod(np.arange(36), 6)
        alone = rng.random(36) < 0.5
        moves = Exchanges(mover, np.where(alone, rng.integers(0, 4, 36), at[partner]), np.where(alone, -1, partner))
        moves = moves.take(moves.to != at[mover])
        for one in np.flatnonzero(guards.permits(at, moves)).tolist():
            assert rule.violation(after(at, moves.take([one]))) == rule.violation(at)
            permitted += 1
    assert permitted


def after(at: Any, moves: Exchanges) -> Any:
    """A placement after exchanges."""
    then, (mover, to, partner) = at.copy(), moves
    then[mover] = to
    then[partner[partner >= 0]] = at[mover[partner >= 0]]
    return then


def disjoint(at: Any, moves: Exchanges) -> Any:
    """The first exchanges that share no item with those before."""
    taken, kept = set[int](), []
    for one, (mover, _, partner) in enumerate(zip(*moves, strict=True)):
        if taken.isdisjoint({int(mover), int(partner)}):
            taken |= {int(mover)} | ({int(partner)} if partner >= 0 else set())
            kept.append(one)
    return np.array(kept, dtype=np.int64)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", [kind for kind in LEVELS if kind != "sum"])
def test_each_step_is_the_best_single_move(kind: str, seed: int) -> None:
    """Tests steps of the descent against all moves that capacity and rules allow, until there is none."""
    instance = cluster(seed, LEVELS[kind], [MostMoves(3, 2), vmopt.Spread(["vm-0", "vm-1"])], n=6, hosts=3)
    if vmopt.verify(instance, instance.current):
        instance = replace(instance, rules=instance.rules[:2])
    level = instance.objective.goal_levels[0]
    cost = cost_of(instance, level)
    assert cost is not None
    descent = Descent(Ground(instance, (), instance.current), cost, [])
    for _ in range(20):
        here = descent.ground.placement()
        best = min(level.value(instance, at) for at in neighbours(instance, here))
        made = descent.step()
        there = level.value(instance, descent.ground.placement())
        assert float(there) == pytest.approx(float(best if made else level.value(instance, here)))
        assert made or float(best) >= float(there) - 1e-6
        if not made and not descent.exchange():
            return
        assert not vmopt.verify(instance, descent.ground.placement())
        assert level.value(instance, descent.ground.placement()) < level.value(instance, here)


def neighbours(instance: vmopt.Instance, here: Any) -> list[Any]:
    """Lawful placements with one VM elsewhere, and the placement itself."""
    found = [here]
    for vm, host in product(range(instance.n_vms), range(instance.n_hosts)):
        there = here.copy()
        there[vm] = host
        found += [there] if not vmopt.verify(instance, there) else []
    return found


def test_a_budget_that_is_spent_well_is_proven_so() -> None:
    """Tests that pieces are joined by one move each, and that nobody can do it with fewer."""
    level = Balance("cpu", "fragments", size=16)
    cpus, hosts = [8] * 60, [20] * 60
    instance = vmopt.Instance.from_arrays(
        [[c] for c in cpus],
        [[c] for c in hosts],
        resources=["cpu"],
        current=np.arange(60),
        rules=[MustRun("*"), MostMoves(7)],
        objective=Objective(levels=[level]),
    )
    solution = vmopt.solve(instance, gap=0, time_limit=60, threads=1)
    (row,) = solution.levels
    assert row.value == row.bound == verify_goal_bound(instance, solution, 0) == 60 * 12 - 7 * 16
    assert float(counted(instance, instance.objective.goal_levels[0], ())) == row.bound
    assert (solution.host_index != instance.current).sum() == 7
    assert row.status is vmopt.Status.OPTIMAL


def test_a_move_that_was_spent_in_vain_is_spent_again() -> None:
    """Tests that a better placement counts as one where all moves were made before, and only one is exchanged."""
    rules = [MustRun("*"), MostMoves(1)]
    instance = vmopt.Instance.from_arrays([[8], [8], [4]], [[20]] * 3, current=[0, 1, 2], rules=rules)
    level = GoalLevel.of(Balance(kind="fragments", size=16))
    cost = cost_of(instance, level)
    assert cost is not None
    in_vain = np.array([0, 1, 0])
    assert level.value(instance, in_vain) == 24
    descent = Descent(Ground(instance, (), in_vain), cost, [])
    assert not descent.step()
    assert descent.exchange()
    assert descent.gained
    assert level.value(instance, descent.ground.placement()) == 8


def test_all_kinds_are_known() -> None:
    """Tests that a new kind of balance is thought of here: those that are no sum over hosts have no savings."""
    assert {kind for kind, each in KINDS.items() if each.separable} == {"above", "ratio", "fragments"}
