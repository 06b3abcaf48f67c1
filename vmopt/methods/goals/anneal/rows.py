"""Rows: a state piece by piece, so that all moves and exchanges of one VM are judged in one pass over hosts and VMs.

A pass runs along memory and in vectors: per move, it takes a tenth of the time of judging moves one by one. Rows are in
single precision, for what is read sets the pace; what is drawn is judged again from the state, in double precision.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.methods.goals.anneal.compiled import inlined, part
from vmopt.methods.goals.anneal.kernel import cost_with, way
from vmopt.methods.goals.anneal.parameters import DEFAULT
from vmopt.methods.goals.anneal.state import AnnealState


class Rows(NamedTuple):
    """What the kernel reads beside a state of n VMs; pieces are those of hosts, then of what enters them.

    Attributes
    ----------
    price : (n_pieces,) float32 array
    excess : (n_pieces, n_hosts) float32 array
    adds, without : (n_pieces, n) float32 arrays
        What each VM adds, and what its host has of each piece once it is gone.
    first, following, before : (n_hosts,), (n,) and (n,) int64 arrays
        Lists of the VMs of each host.
    first_home, following_home : (n_hosts,) and (n,) int64 arrays
        Lists of the VMs that run on each host now.
    paid : (n,) float32 array
        What the host of each VM costs, and that the VM runs there.
    to_host, to_partner : (n_hosts,) and (n,) float32 arrays
        What moves of a VM to each host cost more, and its exchanges with each VM, but for ways of both to there.
    turn : (n,) float64 array
        VMs are drawn as often as this rises from one to the next.
    option, change, likelihood : (n_hosts + n,) int64 and float64 arrays
        What can be drawn: partners, or -1 and less for hosts.
    """

    price: FloatArray
    excess: FloatArray
    adds: FloatArray
    without: FloatArray
    first: IntArray
    following: IntArray
    before: IntArray
    first_home: IntArray
    following_home: IntArray
    paid: FloatArray
    to_host: FloatArray
    to_partner: FloatArray
    turn: FloatArray
    option: IntArray
    change: FloatArray
    likelihood: FloatArray


def rows_of(s: AnnealState) -> Rows:
    """Make the rows of a state; the kernel keeps them up to date as long as it alone changes the state."""
    n, n_hosts = s.n_vms, len(s.paid)
    at, home = s.at[:-1], s.home[:-1]
    excess = np.ascontiguousarray(np.column_stack([s.excess, s.entry]).T)
    adds = np.ascontiguousarray(np.column_stack([s.adds[:-1], s.enters[:-1]]).T)
    own = adds.copy()
    own[s.adds.shape[1] :, at == home] = 0.0
    first, following, before = _lists(at, n_hosts)
    first_home, following_home, _ = _lists(home, n_hosts)
    return Rows(
        price=np.append(s.price, s.toll).astype(np.float32),
        excess=excess.astype(np.float32),
        adds=adds.astype(np.float32),
        without=np.ascontiguousarray(excess[:, at] - own).astype(np.float32),
        first=first,
        following=following,
        before=before,
        first_home=first_home,
        following_home=following_home,
        paid=(s.paid[at] + _ways(s)).astype(np.float32),
        to_host=np.zeros(n_hosts, dtype=np.float32),
        to_partner=np.zeros(n, dtype=np.float32),
        turn=_turns(s),
        option=np.zeros(n_hosts + n, dtype=np.int64),
        change=np.zeros(n_hosts + n),
        likelihood=np.zeros(n_hosts + n),
    )


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
def judge_hosts(s: Any, r: Rows, p: int) -> None:
    """Work out what it costs more that a VM moves to each host, its group apart."""
    source, row, nobody, none = s.at[p], r.to_host, len(s.at) - 1, np.float32(0.0)
    left = cost_with(s, source, p, nobody) - s.paid[source] - way(s, p, source)
    for h in range(len(row)):
        row[h] = left - s.paid[h]
    for j in range(len(r.price)):
        price, more, now = r.price[j], r.adds[j, p], r.excess[j]
        for h in range(len(row)):
            row[h] += price * max(now[h] + more, none)
    home = s.home[p]
    if home < 0:
        return
    for h in range(len(row)):
        row[h] += s.move_cost[p]
    if s.way.shape[0] > 1:
        ways = s.way[home]
        for h in range(len(row)):
            row[h] += ways[h]
    row[home] = left + cost_with(s, home, nobody, p) - s.paid[home]


@part
def judge_partners(s: Any, r: Rows, p: int, start: int, stop: int) -> None:
    """Work out what it costs more that a VM changes places with each of these, from `start` to before `stop`."""
    source, row, none = s.at[p], r.to_partner[start:stop], np.float32(0.0)
    stays, paid = s.home[p] == source, r.paid[start:stop]
    for i in range(len(row)):
        row[i] = -r.paid[p] - paid[i]
    for j in range(len(r.price)):
        price, more = r.price[j], r.adds[j, p]
        here = r.excess[j, source]
        if j < s.adds.shape[1] or not stays:
            here -= more
        adds, without = r.adds[j, start:stop], r.without[j, start:stop]
        for i in range(len(row)):
            row[i] += price * (max(here + adds[i], none) + max(without[i] + more, none))
    if len(s.toll):
        _judge_returns(s, r, p, start, stop)


@inlined
def _judge_returns(s: Any, r: Rows, p: int, start: int, stop: int) -> None:
    """Work out anew where one of the two comes back to where it runs now, and so enters nothing."""
    source, home = s.at[p], s.home[p]
    q = r.first_home[source]
    while q >= 0:
        if start <= q < stop:
            r.to_partner[q] = cost_with(s, source, p, q) + cost_with(s, s.at[q], q, p) - r.paid[p] - r.paid[q]
        q = r.following_home[q]
    if home < 0 or home == source:
        return
    q = r.first[home]
    while q >= 0:
        if start <= q < stop:
            r.to_partner[q] = cost_with(s, source, p, q) + cost_with(s, home, q, p) - r.paid[p] - r.paid[q]
        q = r.following[q]


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


@part
def refresh(s: Any, r: Rows, host: int) -> None:
    """Bring a host and its VMs up to date, once they are listed."""
    n_adds = s.adds.shape[1]
    for j in range(n_adds):
        r.excess[j, host] = s.excess[host, j]
    for j in range(len(s.toll)):
        r.excess[n_adds + j, host] = s.entry[host, j]
    q = r.first[host]
    while q >= 0:
        entered = s.home[q] != host
        r.paid[q] = s.paid[host] + way(s, q, host)
        for j in range(len(r.price)):
            own = r.adds[j, q] if j < n_adds or entered else 0.0
            r.without[j, q] = r.excess[j, host] - own
        q = r.following[q]
