"""Ejections: chains in which a VM goes where another goes on are judged as the checkers do, and made whole or not."""

import numpy as np
import pytest

import vmopt
from tests.goals.annealed import random_cluster, stage_of, state_at, without_capacity
from vmopt.goals import Balance, FewestMoves
from vmopt.methods.goals.anneal.draws import cool, options
from vmopt.methods.goals.anneal.eject import ejections
from vmopt.methods.goals.anneal.kernel import cost_with, way
from vmopt.methods.goals.anneal.make import state_of
from vmopt.methods.goals.anneal.parameters import DEFAULT
from vmopt.methods.goals.anneal.rows import rows_of
from vmopt.methods.goals.anneal.run import _Annealing

EVERYTHING = 1e9


def cooled(seed):
    """A state that is not where it began, and its rows."""
    state = state_at(random_cluster(seed))
    rows = rows_of(state)
    cool(state, rows, 60, 1e9, 9, 0.5, np.random.default_rng(seed))
    return state, rows


@pytest.mark.parametrize("seed", range(6))
def test_what_coming_elsewhere_costs_is_known_once_a_vm_is_judged(seed):
    state, rows = cooled(seed)
    for p in range(9):
        found, source = options(state, rows, p, EVERYTHING, 0, 9), int(state.at[p])
        left = cost_with(state, source, p, 9) - state.paid[source]
        moves = [rows.change[k] for k in range(found) if rows.option[k] < 0]
        assert rows.comes[p] == pytest.approx(min(moves, default=np.inf) - left)


@pytest.mark.parametrize("share", [0.0, 0.5])
@pytest.mark.parametrize("seed", range(6))
def test_all_whom_a_vm_can_send_on_are_judged_at_once_as_they_are_one_by_one(seed, share):
    """Tests that what a chain costs but for its last step is what the state says of the two moves before it."""
    state, rows = cooled(seed)
    rows.comes[:] = np.arange(9)
    for p in range(9):
        source = int(state.at[p])
        found = ejections(state, rows, p, EVERYTHING, 9, share)
        judged = dict(zip(rows.option[:found].tolist(), rows.change[:found].tolist(), strict=True))
        options(state, rows, p, EVERYTHING, 0, 0)
        open_ = {-1 - int(rows.option[k]) for k in range(options(state, rows, p, EVERYTHING, 0, 0))}
        assert judged.keys() == {q for q in range(9) if state.at[q] in open_}
        rows.comes[:] = np.arange(9)
        for q, change in judged.items():
            host = int(state.at[q])
            loads = cost_with(state, source, p, 9) + cost_with(state, host, q, p) - state.paid[[source, host]].sum()
            assert change == pytest.approx(loads + way(state, p, host) - way(state, p, source) + q)


@pytest.mark.parametrize("ejected", [0.0, 1.0])
@pytest.mark.parametrize("heat", [1e9, 20.0, 0.0])
@pytest.mark.parametrize("seed", range(4))
def test_chains_are_made_whole_or_not_at_all(seed, heat, ejected):
    """Tests that rules are kept and all is counted after every draw, and that without heat nothing costs more."""
    cluster = random_cluster(seed)
    state, rows = cooled(seed)
    rng, cost = np.random.default_rng(seed), float(state.paid.sum()) + ways(state)
    for _ in range(40):
        before = state.at.copy()
        made = cool(state, rows, 1, heat, 9, ejected, rng)
        assert (state.at != before).any() or not made
        assert made or np.array_equal(state.at, before)
        assert not without_capacity(cluster, state.at[:-1])
        fresh = state_at(cluster, state.at[:-1])
        for name, mine, anew in zip(state._fields, state, fresh, strict=True):
            assert np.allclose(mine, anew), name
        now = float(state.paid.sum()) + ways(state)
        assert heat > 0.0 or now <= cost + 1e-6
        cost = now


def ways(state):
    """What it costs that all VMs run where they do."""
    moves = sum(way(state, p, int(state.at[p])) for p in range(state.n_vms))
    return moves + state.group_price * int(state.top[0])


def test_a_vm_goes_where_another_must_go_on():
    """Tests an overfull host: neither a move nor an exchange helps, but a chain of two moves does."""
    cluster = vmopt.Instance.from_arrays(
        [[4], [3]],
        [[2], [4], [3]],
        current=[0, 1],
        objective=vmopt.Objective(levels=[Balance(kind="above", level=1.0) + FewestMoves()]),
    )
    for ejected, ends in ((0.0, [0, 1]), (0.5, [1, 2])):
        state = state_of(stage_of(cluster), np.arange(2))
        state.charge(np.array([3.0]), np.zeros(0))
        cool(state, rows_of(state), 50, 0.0, 2, ejected, np.random.default_rng(0))
        assert state.at[:-1].tolist() == ends


def test_who_must_go_on_is_drawn_the_more_often_the_colder_it_is():
    cooling = _Annealing(state_at(random_cluster(0)), 50.0, 0)
    begin, most = DEFAULT.ejected
    shares = [cooling._ejected(part * DEFAULT.cold) for part in (0.0, begin, (begin + 1) / 2, 1.0, 1.05)]
    assert shares == pytest.approx([0.0, 0.0, most / 2, most, most])
