"""Rows: a state as the passes over all moves and exchanges of one VM read it, piece beside piece.

All pieces of a host, or of a VM, stand side by side in single precision, so that what a host costs is worked out in
vectors, and hosts and VMs that rules shut out take no time. What is drawn is judged again from the state, in double
precision.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.methods.goals.anneal.compiled import part
from vmopt.methods.goals.anneal.kernel import way
from vmopt.methods.goals.anneal.parameters import DEFAULT
from vmopt.methods.goals.anneal.state import AnnealState

LANES = 8
"""Numbers that processors take at once: pieces are filled up to a multiple, with pieces that cost nothing."""


class Rows(NamedTuple):
    """What the kernel reads beside a state of n VMs; pieces are those of hosts, then of what enters them.

    Attributes
    ----------
    price : (n_pieces,) float32 array
    excess : (n_hosts, n_pieces) float32 array
    adds : (2, n, n_pieces) float32 array
        What each VM adds to the host where it runs now, and to others, which it enters.
    without : (n_pieces,) float32 array
        What the host of a VM has of each piece once it is gone.
    to : (n_hosts, n) bool array
        Who may go where; without rows where the state has no list of that.
    first, following, before : (n_hosts,), (n,) and (n,) int64 arrays
        Lists of the VMs of each host.
    way : (n,) float64 array
        What it costs that each VM runs where it does.
    comes : (n,) float64 array
        What it costs least that each VM comes to another host, what it costs here apart, when it was last judged.
    binding : (n_rules,) int64 array
        Rules that may shut hosts to a VM.
    turn : (n,) float64 array
        VMs are drawn as often as this rises from one to the next.
    option, change, likelihood : (n_hosts + n,) int64 and float64 arrays
        What can be drawn: partners, or -1 and less for hosts.
    """

    price: FloatArray
    excess: FloatArray
    adds: FloatArray
    without: FloatArray
    to: BoolArray
    first: IntArray
    following: IntArray
    before: IntArray
    way: FloatArray
    comes: FloatArray
    binding: IntArray
    turn: FloatArray
    option: IntArray
    change: FloatArray
    likelihood: FloatArray


def rows_of(s: AnnealState) -> Rows:
    """Make the rows of a state; the kernel keeps them up to date as long as it alone changes the state."""
    n, n_hosts = s.n_vms, len(s.paid)
    first, following, before = _lists(s.at[:-1], n_hosts)
    stays = np.column_stack([s.adds[:-1], np.zeros_like(s.enters[:-1])])
    enters = np.column_stack([s.adds[:-1], s.enters[:-1]])
    return Rows(
        price=_filled_up(np.append(s.price, s.toll)),
        excess=_filled_up(np.column_stack([s.excess, s.entry])),
        adds=_filled_up(np.stack([stays, enters])),
        without=_filled_up(np.zeros(enters.shape[1])),
        to=np.ascontiguousarray(s.may.T) if len(s.places) else np.zeros((0, n), dtype=bool),
        first=first,
        following=following,
        before=before,
        way=_ways(s),
        comes=np.full(n, np.inf),
        binding=np.zeros(len(s.rule_kind), dtype=np.int64),
        turn=_turns(s),
        option=np.zeros(n_hosts + n, dtype=np.int64),
        change=np.zeros(n_hosts + n),
        likelihood=np.zeros(n_hosts + n),
    )


def _filled_up(pieces: FloatArray) -> FloatArray:
    """The pieces, last axis, in single precision and so many that vectors are full."""
    missing = -pieces.shape[-1] % LANES
    full = np.pad(pieces, [(0, 0)] * (pieces.ndim - 1) + [(0, missing)])
    return np.ascontiguousarray(full, dtype=np.float32)


def _turns(s: AnnealState) -> FloatArray:
    """How often VMs are drawn: large ones more often, as few places are good for them."""
    part = (s.adds[:-1, s.n_goal :] / np.maximum(s.room.sum(axis=0), 1.0)).mean(axis=1)
    turns: FloatArray = np.cumsum(np.maximum(part, np.finfo(float).tiny) ** DEFAULT.large)
    return turns


def _ways(s: AnnealState) -> FloatArray:
    """What it costs that each VM runs where it does."""
    moved = np.flatnonzero((s.home[:-1] >= 0) & (s.home[:-1] != s.at[:-1]))
    ways: FloatArray = np.zeros(s.n_vms)
    ways[moved] = s.move_cost[moved]
    if len(s.way) > 1:
        ways[moved] += s.way[s.home[moved], s.at[moved]]
    return ways


def _lists(at: IntArray, n_hosts: int) -> tuple[IntArray, IntArray, IntArray]:
    """First VM of each host, and who follows and precedes each; -1 for nobody."""
    order = np.argsort(at, kind="stable")
    order = order[at[order] >= 0]
    first = np.full(n_hosts, -1, dtype=np.int64)
    following, before = np.full(len(at), -1, dtype=np.int64), np.full(len(at), -1, dtype=np.int64)
    same = at[order[1:]] == at[order[:-1]]
    following[order[:-1][same]], before[order[1:][same]] = order[1:][same], order[:-1][same]
    heads = order[np.append(True, ~same)[: len(order)]]
    first[at[heads]] = heads
    return first, following, before


@part
def relist(s: Any, r: Rows, p: int, source: int, to: int) -> None:
    """List a VM on another host than before."""
    before, after = r.before[p], r.following[p]
    if before >= 0:
        r.following[before] = after
    else:
        r.first[source] = after
    if after >= 0:
        r.before[after] = before
    if r.first[to] >= 0:
        r.before[r.first[to]] = p
    r.before[p], r.following[p], r.first[to] = -1, r.first[to], p
    r.way[p] = way(s, p, to)


@part
def refresh(s: Any, r: Rows, host: int) -> None:
    """Bring a host up to date."""
    n_adds = s.adds.shape[1]
    for j in range(n_adds):
        r.excess[host, j] = s.excess[host, j]
    for j in range(len(s.toll)):
        r.excess[host, n_adds + j] = s.entry[host, j]
