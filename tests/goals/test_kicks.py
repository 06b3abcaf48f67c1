"""Kicks: what they end with is lawful and no worse, nobody stays held, and they leave what no single step leaves."""

import time
from dataclasses import replace
from itertools import count
from types import SimpleNamespace

import numpy as np
import pytest

import vmopt
from tests.goals.annealed import random_cluster, stage_of
from vmopt.goals import Balance, FewestMoves
from vmopt.methods.goals.anneal import kick
from vmopt.methods.goals.anneal.draws import cool
from vmopt.methods.goals.anneal.kick import Kicks
from vmopt.methods.goals.anneal.make import state_of
from vmopt.methods.goals.anneal.ready import KERNEL
from vmopt.methods.goals.anneal.rows import rows_of
from vmopt.methods.goals.anneal.run import _Annealing, run

KICKS = 40


def cold(seed):
    """A cluster, and a state of it that no move, exchange or chain makes better, with rows."""
    cluster = random_cluster(seed)
    state = state_of(stage_of(cluster), np.arange(9))
    state.charge(np.full(2, 1e4), np.full(1, 1e4))
    rows = rows_of(state)
    for chains in (0.0, 0.5):
        cool(state, rows, 200, 0.0, 9, chains, np.random.default_rng(seed))
    assert state.is_lawful
    return cluster, state, rows


def kicked(state, rows, monkeypatch, seed=0):
    """What so many kicks make of it."""
    clock = count()
    monkeypatch.setattr(kick, "time", SimpleNamespace(perf_counter=lambda: next(clock)))
    return Kicks(state, rows, 1.0, np.random.default_rng(seed)).run(state.at[:-1].copy(), KICKS)


@pytest.mark.parametrize("seed", range(3))
def test_what_kicks_end_with_is_lawful_and_costs_what_they_say(seed, monkeypatch):
    cluster, state, rows = cold(seed)
    before, may, to = state.cost(), state.may.copy(), rows.to.copy()
    cost, at = kicked(state, rows, monkeypatch)
    assert not vmopt.verify(cluster, at)
    assert cost == pytest.approx(float(cluster.objective.goal_levels[0].value(cluster, at)))
    assert cost <= before
    assert np.array_equal(state.may, may), "what threads share was written to"
    assert np.array_equal(rows.to, to), "somebody is still held"


def trap():
    """A large VM weighs on the first host; the second has room below its level only once three small ones have left."""
    return vmopt.Instance.from_arrays(
        [[40], [20], *[[10]] * 4],
        [[60], [80], [39], [39]],
        current=[0, 0, 1, 1, 1, 1],
        rules=[vmopt.Fence("vm-1", "host-0"), vmopt.MustRun("vm-*")],
        objective=vmopt.Objective(levels=[10 * Balance(kind="above", level=0.5) + FewestMoves()]),
    )


def test_kicks_push_out_several_where_moves_exchanges_and_chains_save_nothing(monkeypatch):
    state = state_of(stage_of(trap()), np.arange(6))
    state.charge(np.full(1, 1e3), np.zeros(0))
    rows, rng, before = rows_of(state), np.random.default_rng(0), state.cost()
    assert not any(cool(state, rows, 100, 0.0, 6, chains, rng) for chains in (0.0, 0.5)), "it is a trap"
    cost, at = kicked(state, rows, monkeypatch)
    assert cost < 0.5 * before
    assert at[0] == 1


def test_all_threads_go_on_with_kicks_from_the_best_of_them(monkeypatch):
    stage, before = stage_of(trap()), float(trap().objective.goal_levels[0].value(trap(), trap().current))
    assert KERNEL.awaited(stage)
    monkeypatch.setattr(_Annealing, "run", lambda self, started, stop: (before, self._at))
    monkeypatch.setattr(_Annealing, "_cool", lambda self, started, stop: None)
    with stage.within(0.05):
        run(stage)
    assert float(stage.value) < 0.5 * before


def test_who_was_sent_is_held_while_others_make_room(monkeypatch):
    """Tests that a VM is where it was sent until all is cold, whatever that costs."""
    _, state, rows = cold(1)
    held, anneal = [], Kicks._anneal

    def seen(self, open_, heats):
        before = self._state.at[:-1].copy()
        anneal(self, open_, heats)
        if heats != (0.0,):
            sent = np.flatnonzero(~self._state.may.any(axis=1))
            held.append(sent.size == 1 and np.array_equal(before[sent], self._state.at[sent]))

    monkeypatch.setattr(Kicks, "_anneal", seen)
    kicked(state, rows, monkeypatch)
    assert held
    assert all(held)


def test_only_lawful_placements_are_gone_on_from():
    _, state, _ = cold(1)
    cooling, crowd = _Annealing(state, 50.0, 0), (7.0, np.zeros(9, dtype=np.int64))
    assert cooling.again(crowd, time.perf_counter() + 1.0) is crowd
    assert not cooling._state.is_lawful


def test_a_round_gives_what_it_began_with_or_better():
    cluster, state, _ = cold(2)
    best = (state.cost(), state.at[:-1].copy())
    cost, at = _Annealing(state, 50.0, 0).again(best, time.perf_counter() + 0.5)
    assert not vmopt.verify(cluster, at)
    assert cost == pytest.approx(float(cluster.objective.goal_levels[0].value(cluster, at)))
    assert cost <= best[0]


def test_few_vms_run_where_a_kick_is_annealed(monkeypatch):
    """Tests that only the two hosts of a kick are taken where they alone run too many, and all where few run."""
    _, state, rows = cold(0)
    kicks = Kicks(state, rows, 1.0, np.random.default_rng(0))
    assert kicks._around(1, 3).all()
    monkeypatch.setattr(kick, "DEFAULT", replace(kick.DEFAULT, around=(0, 0)))
    assert np.flatnonzero(kicks._around(1, 3)).tolist() == [1, 3]
