"""Annealing: what the kernel keeps up to date is what the placement says, and every move it makes keeps the rules."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

import vmopt
from tests.goals.annealed import random_cluster, state_at, total, without_capacity
from vmopt.methods.goals.anneal import make
from vmopt.methods.goals.anneal.draws import cool, options, put
from vmopt.methods.goals.anneal.kernel import attempt, carry, change_of, count, group_change, may_go, weigh, welcome
from vmopt.methods.goals.anneal.rows import rows_of


@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize("seed", range(6))
def test_the_state_is_what_the_placement_says_after_any_moves(seed, listed, monkeypatch):
    if not listed:
        monkeypatch.setattr(make, "DEFAULT", replace(make.DEFAULT, most_places=0))
    cluster = random_cluster(seed)
    state, rng = state_at(cluster), np.random.default_rng(seed)
    assert bool(len(state.places)) == listed
    for _ in range(30):
        p, to = int(rng.integers(9)), int(rng.integers(5))
        source = int(state.at[p])
        count(state, p, source, to)
        carry(state, p, source, to)
        weigh(state, source)
        weigh(state, to)
    fresh = state_at(cluster, state.at[:-1])
    for name, mine, anew in zip(state._fields, state, fresh, strict=True):
        assert np.array_equal(mine, anew), name
    value = float(cluster.objective.goal_levels[0].value(cluster, state.at[:-1]))
    assert state.cost() == pytest.approx(value)
    assert state.is_lawful == total(cluster, state)[1]


def test_who_may_go_where_is_the_same_with_and_without_a_list(monkeypatch):
    cluster = random_cluster(2)
    listed = state_at(cluster)
    monkeypatch.setattr(make, "DEFAULT", replace(make.DEFAULT, most_places=0))
    asked = state_at(cluster)
    pairs = list(product(range(9), range(5)))
    assert [may_go(listed, p, to) for p, to in pairs] == [may_go(asked, p, to) for p, to in pairs]
    held = [listed.places[listed.first[p] : listed.first[p + 1]].tolist() for p in range(9)]
    assert held == [[to for to in range(5) if may_go(asked, p, to)] for p in range(9)]


@pytest.mark.parametrize("seed", range(12))
def test_every_move_is_judged_as_the_checkers_do(seed):
    """Tests what moves and exchanges change, tolls included, and that those are made that break no rule but room."""
    cluster = random_cluster(seed)
    state = state_at(cluster)
    cool(state, rows_of(state), 60, 1e9, 9, 0.5, np.random.default_rng(seed))
    made = 0
    moves = [(p, to, -1) for p, to in product(range(9), range(5))]
    for p, to, q in [*moves, *((p, None, q) for p, q in product(range(9), repeat=2))]:
        before, (cost, _) = state.copy(), total(cluster, state)
        host = int(state.at[q]) if to is None else to
        if host == state.at[p]:
            continue
        target = state.at[:-1].copy()
        if q >= 0:
            target[q] = state.at[p]
        target[p] = host
        change = change_of(state, p, host, q)
        source = int(state.at[p])
        if not may_go(state, p, host) or (q >= 0 and not may_go(state, q, source)):
            assert vmopt.verify(cluster, target)
            continue
        open_ = welcome(state, p, host, q) and (q < 0 or welcome(state, q, source, p))
        done = open_ and attempt(state, p, host, q)
        assert done == (not without_capacity(cluster, target)), (p, host, q)
        if done:
            made += 1
            after, lawful = total(cluster, state)
            assert np.array_equal(state.at[:-1], target)
            if q >= 0:  # the most moves of a group are estimated as if each of the two moved alone
                change -= group_change(before, p, source, host) + group_change(before, q, host, source)
                after -= before.group_price * (int(state.top[0]) - int(before.top[0]))
            assert change == pytest.approx(after - cost)
            assert state.is_lawful == lawful == (not vmopt.verify(cluster, target))
        state = before
    assert made or seed


@pytest.mark.parametrize("seed", range(6))
def test_who_may_not_go_somewhere_is_never_drawn_there(seed):
    cluster = random_cluster(seed)
    state, rng = state_at(cluster), np.random.default_rng(seed)
    rows = rows_of(state)
    for partners in (0, 4, 9) * 10:
        cool(state, rows, 10, 1e9, partners, 0.5, rng)
        assert all(may_go(state, p, int(state.at[p])) for p in range(9))
        assert not without_capacity(cluster, state.at[:-1])


@pytest.mark.parametrize("seed", range(6))
def test_rows_are_what_the_state_says_after_any_draws(seed):
    cluster = random_cluster(seed)
    state, rng = state_at(cluster), np.random.default_rng(seed)
    rows = rows_of(state)
    for heat, partners in [(1e9, 9), (20.0, 4), (0.0, 9)] * 4:
        cool(state, rows, 5, heat, partners, 0.5, rng)
        fresh = rows_of(state)
        for name in ("price", "excess", "adds", "way", "turn"):
            assert getattr(rows, name) == pytest.approx(getattr(fresh, name)), name
        for host in range(5):
            assert sorted(listed(rows, host)) == np.flatnonzero(state.at == host).tolist()


def listed(rows, host):
    """VMs of a host, in the order of its list; each knows who precedes it."""
    found, p, before = [], int(rows.first[host]), -1
    while p >= 0:
        assert rows.before[p] == before
        found.append(p)
        p, before = int(rows.following[p]), p
    return found


@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize("partners", [9, 5])
@pytest.mark.parametrize("seed", range(12))
def test_all_that_a_vm_can_do_is_judged_at_once_as_it_is_one_by_one(seed, partners, listed, monkeypatch):
    """Tests every option of every VM, tolls included, and that none is left out that rules would let be made."""
    if not listed:
        monkeypatch.setattr(make, "DEFAULT", replace(make.DEFAULT, most_places=0))
    state = state_at(random_cluster(seed))
    rows = rows_of(state)
    cool(state, rows, 60, 1e9, 9, 0.5, np.random.default_rng(seed))
    for p in range(9):
        source = int(state.at[p])
        found = options(state, rows, p, 1e9, 0, partners)
        judged = dict(zip(rows.option[:found].tolist(), rows.change[:found].tolist(), strict=True))
        hosts = {-1 - h: (h, -1) for h in range(5) if h != source}
        others = {q: (int(state.at[q]), q) for q in range(partners) if state.at[q] != source}
        assert judged.keys() <= hosts.keys() | others.keys()
        for option, (to, q) in (hosts | others).items():
            groups = group_change(state, p, source, to) + (group_change(state, q, to, source) if q >= 0 else 0.0)
            if option in judged:
                assert judged[option] == pytest.approx(change_of(state, p, to, q) - groups)
            else:
                assert not makeable(state, p, to, q)


def makeable(state, p, to, q):
    """Whether rules let a move or an exchange be made, each VM looked at by itself."""
    source, copy = int(state.at[p]), state.copy()
    if not may_go(state, p, to) or (q >= 0 and not may_go(state, q, source)):
        return False
    return attempt(copy, p, to, q)


@pytest.mark.skipif(not hasattr(cool, "py_func"), reason="nothing is compiled")
@pytest.mark.parametrize("seed", range(6))
def test_what_is_compiled_does_as_it_is_written(seed):
    done = []
    for cools in (cool, cool.py_func):
        state, rng = state_at(random_cluster(seed)), np.random.default_rng(seed)
        rows = rows_of(state)
        made = [cools(state, rows, 20, heat, 9, 0.5, rng) for heat in (1e9, 5.0, 0.0)]
        done.append([made, *state, rows.excess, rows.way])
    for mine, written in zip(*done, strict=True):
        assert np.allclose(mine, written)


@pytest.mark.parametrize("seed", range(6))
def test_a_placement_that_was_left_is_come_back_to_whole(seed):
    state = state_at(random_cluster(seed))
    rows, at = rows_of(state), state.at[:-1].copy()
    assert cool(state, rows, 60, 1e9, 9, 0.5, np.random.default_rng(seed))
    assert not np.array_equal(state.at[:-1], at)
    put(state, rows, at)
    fresh = state_at(random_cluster(seed))
    for mine, anew in [*zip(state, fresh, strict=True), *zip(rows[:2], rows_of(fresh)[:2], strict=True)]:
        assert np.allclose(mine, anew)


def test_large_vms_are_drawn_more_often():
    state = state_at(random_cluster(0))
    size, drawn = state.adds[:-1, state.n_goal :].sum(axis=1), np.diff(rows_of(state).turn, prepend=0.0)
    assert drawn[np.argmax(size)] > drawn[np.argmin(size)] > 0


def test_a_long_cooling_finds_the_best_of_a_small_cluster():
    cluster = random_cluster(3, n=5)
    level = cluster.objective.goal_levels[0]
    placements = (np.array(each) for each in product(range(5), repeat=5))
    best = min(level.value(cluster, each) for each in placements if not vmopt.verify(cluster, each))
    state, rng = state_at(cluster), np.random.default_rng(0)
    rows, found = rows_of(state), state.cost()
    for heat in (10.0, 5.0, 2.0, 1.0, 0.0) * 10:
        cool(state, rows, 50, heat, 5, 0.5, rng)
        if state.is_lawful:
            assert not vmopt.verify(cluster, state.at[:-1])
            found = min(found, state.cost())
    assert found == pytest.approx(float(best))
