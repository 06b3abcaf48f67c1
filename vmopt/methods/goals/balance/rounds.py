"""Rounds: thousands of exchanges drawn and judged together, and all made that are good and in nobody's way."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.methods.goals.balance.ground import Ground
from vmopt.methods.goals.balance.walk import NOTICEABLE, Walk
from vmopt.methods.locality.seating import Exchanges


class _Judged(NamedTuple):
    """Exchanges that fit, what they cost more, and what each costs of what levels above hold."""

    moves: Exchanges
    home: IntArray
    change: FloatArray
    held: FloatArray

    def take(self, which: IntArray | BoolArray) -> _Judged:
        return _Judged(self.moves.take(which), self.home[which], self.change[which], self.held[which])


def make_round(walk: Walk, heat: float) -> int:
    """Draw exchanges, make those that cost no more than chance lets pass at this heat, and tell how many."""
    ground = walk.ground
    if not len(ground.vms) or not ground.open.any():
        return 0
    judged = _judge(walk, _draw(walk))
    most = heat * walk.rng.standard_exponential(len(judged.home)) - (0.0 if heat else NOTICEABLE)
    good = np.flatnonzero(judged.change <= most)
    judged = judged.take(good[np.argsort(judged.change[good], kind="stable")])
    judged = judged.take(_alone(judged, len(ground.load)))
    if ground.guards is not None and len(judged.home):
        judged = judged.take(ground.guards.permits(ground.at, judged.moves))
        judged = judged.take(ground.guards.independent(ground.at, judged.moves))
    judged = judged.take(walk.affordable(judged.held))
    _make(walk, judged)
    return len(judged.home)


def _draw(walk: Walk) -> Exchanges:
    """Movers by what their hosts cost, to any open host, half of them for a VM of it."""
    ground, rng, drawn = walk.ground, walk.rng, walk.parameters.drawn
    weight = walk.costs[ground.at] + 0.1 * walk.costs.mean() + 1e-12
    upto = np.cumsum(weight)
    mover = np.minimum(np.searchsorted(upto, rng.random(drawn) * upto[-1]), len(weight) - 1)
    partner = rng.integers(0, len(ground.vms), drawn)
    to, hosts = ground.at[partner], np.flatnonzero(ground.open)
    alone = rng.random(drawn) < walk.parameters.alone
    to = np.where(alone, hosts[rng.integers(0, len(hosts), drawn)], to)
    moves = Exchanges(mover, to, np.where(alone, -1, partner))
    return moves.take((to != ground.at[mover]) & ground.open[to])


def _judge(walk: Walk, moves: Exchanges) -> _Judged:
    ground, home = walk.ground, walk.ground.at[moves.mover]
    more = ground.demand[moves.mover] - ground.demand_of(moves.partner)
    here, there = ground.load[home] - more, ground.load[moves.to] + more
    fits = np.flatnonzero(ground.fits(home, here) & ground.fits(moves.to, there))
    moves, home, here, there = moves.take(fits), home[fits], here[fits], there[fits]
    change = walk.cost(home, here) + walk.cost(moves.to, there) - walk.costs[home] - walk.costs[moves.to]
    return _Judged(moves, home, change, walk.held_changes(home, here, moves.to, there))


def _alone(judged: _Judged, n_hosts: int) -> BoolArray:
    """Of exchanges at the same host the first."""
    rank = np.arange(len(judged.home))
    first = np.full(n_hosts, len(rank))
    np.minimum.at(first, judged.home, rank)
    np.minimum.at(first, judged.moves.to, rank)
    return np.asarray((first[judged.home] == rank) & (first[judged.moves.to] == rank))


def _make(walk: Walk, judged: _Judged) -> None:
    ground: Ground = walk.ground
    (mover, to, partner), home = judged.moves, judged.home
    more = ground.demand[mover] - ground.demand_of(partner)
    ground.load[home] -= more
    ground.load[to] += more
    ground.at[mover] = to
    both = partner >= 0
    ground.at[partner[both]] = home[both]
    walk.refresh(np.append(home, to), judged.held.sum(axis=0))
