"""Annealing: how a placement cools down, how tolls follow, and that it ends in time with the best that was lawful."""

import time
from itertools import pairwise
from threading import Timer

import numpy as np
import pytest

import vmopt
from tests.goals.annealed import LEVEL, random_cluster, stage_of, state_at
from vmopt.goals import FewestMoves
from vmopt.interruption import Interruption
from vmopt.methods.goals.anneal.compiled import AVAILABLE
from vmopt.methods.goals.anneal.draws import cool
from vmopt.methods.goals.anneal.make import state_of
from vmopt.methods.goals.anneal.parameters import DEFAULT
from vmopt.methods.goals.anneal.ready import KERNEL
from vmopt.methods.goals.anneal.run import _Annealing, run, serves
from vmopt.methods.goals.stage import Stage
from vmopt.options import Options, checked_limits


def test_what_is_not_lawful_when_it_is_cold_goes_back_to_the_best():
    cluster = random_cluster(1)
    cooling = _Annealing(state_at(cluster), 50.0, 0)
    best, state = cooling._at.copy(), cooling._state
    state.charge(np.zeros(2), np.zeros(1))
    while state.is_lawful:
        cool(state, cooling._rows, 5, 1e9, 9, 0.5, cooling._rng)
    cooling._return(1.0)
    assert not state.is_lawful, "where nothing better was seen it goes on"
    cooling._best -= 1.0
    cooling._return(0.5)
    assert not state.is_lawful, "it is still warm"
    cooling._return(1.0)
    assert state.is_lawful
    assert np.array_equal(state.at[:-1], best)


def test_it_cools_down_without_a_break_until_nothing_may_cost_more():
    cooling = _Annealing(state_at(random_cluster(0)), 90.0, 0)
    assert cooling._state.is_lawful
    heats = [cooling._heat(part) for part in np.linspace(0.0, 1.0, 201)]
    assert heats[0] == pytest.approx(10.0 * DEFAULT.heats[0])
    assert heats[-1] == 0.0
    assert all(later < earlier or later == 0.0 for earlier, later in pairwise(heats))
    cooling._begin(0.0)
    assert cooling._heat(0.0) == pytest.approx(10.0 * DEFAULT.heats[-1]), "no time to cool down from anywhere"


def test_tolls_rise_until_hosts_are_lawful():
    """Tests that a cooling with hardly any toll at first ends with the best lawful placement that it has seen."""
    cluster = random_cluster(1)
    level, cooling = cluster.objective.goal_levels[0], _Annealing(state_of(stage_of(cluster), np.arange(9)), 50.0, 0)
    tolls = []
    for step in range(50):
        cooling._state.over[-1], over = 3, cooling._state.over[-1]
        cooling._charge(step / 50)
        cooling._state.over[-1] = over
        tolls.append(cooling._toll)
    assert tolls[-1] > tolls[0]
    now = time.perf_counter()
    cost, at = cooling.run(now, now + 1.0)
    assert not vmopt.verify(cluster, at)
    assert cost == pytest.approx(float(level.value(cluster, at)))
    assert cost <= float(level.value(cluster, cluster.current))


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
    assert KERNEL.awaited(stage)
    timer = Timer(1.0, call.request)
    timer.start()
    call.serve(run, stage)
    timer.join()
    assert stage.remaining > 0
    assert stage.value <= before
