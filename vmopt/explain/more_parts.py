"""More parts: how many more of a kind would let a host take a VM, where nothing else keeps it off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from vmopt.explain.hosts import Hosts
from vmopt.explain.least_change import Step
from vmopt.rules.inside import InsideInForce
from vmopt.rules.inside.landing import land
from vmopt.rules.inside.layout import Seat
from vmopt.summary.inside import part_in_words

MOST_TRIED = 5
"""Kinds of hosts, by parts and what they hold, that are tried."""


def more_parts(hosts: Hosts) -> Iterator[Step]:
    """Give one host more parts of one kind, as many as it takes, like those that it has.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.explain.scene import Scene
    >>> host = vmopt.Host("h", {"cpu": 8}, parts={"gpu": [{"milli": 1000}]})
    >>> pods = [vmopt.VM(name, {"cpu": 1}, pieces=[vmopt.Pieces("gpu", 1, {"milli": 600})]) for name in "ab"]
    >>> scene = Scene(vmopt.Instance.from_rows([host], pods), np.array([0, -1]))
    >>> [str(step) for step in more_parts(Hosts(scene, 1))]
    ['with 1 more gpu (1,000 milli) on h']
    """
    scene = hosts.scene
    here: Any = scene.instance.rules_in_force[scene.inside] if scene.inside >= 0 else None
    ask = int(here.group.of[hosts.vm]) if here is not None else -1
    if ask < 0:
        return
    bans = np.sum([~mask for _, mask in hosts.masks], axis=0)
    mask = dict(hosts.masks).get(scene.inside, np.ones(scene.instance.n_hosts, dtype=bool))
    only = np.flatnonzero(~mask & (bans == 1) & ~hosts.short.any(axis=1) & (here.part_class >= 0))
    state = np.array([here.book.state(kind) for kind in here.part_class[only].tolist()], dtype=np.int64)
    busy, held = here.states_of(np.where(np.isin(scene.host_index, only), scene.host_index, -1))
    state[np.searchsorted(only, busy)] = held
    _, first = np.unique(state, return_index=True)
    found = [step for h in only[np.sort(first)[:MOST_TRIED]].tolist() for step in _on(hosts, here, ask, h)]
    for name in dict.fromkeys(str(step.resource) for step in found):
        yield min((step for step in found if step.resource == name), key=lambda step: step.amount)


def _on(hosts: Hosts, here: InsideInForce, ask: int, host: int) -> Iterator[Step]:
    """Try each sort of part that the host has and the VM asks for."""
    seats, alternatives = here.book.hosts[int(here.part_class[host])], here.book.asks[ask]
    guests = hosts.scene.residents[host]
    asks = [here.book.asks[g] for g in here.group.of[guests].tolist() if g >= 0]
    kinds = {need.kind for needs in alternatives for need in needs}
    most = max(sum(need.parts for need in needs) for needs in alternatives)
    like = {replace(seat, number=0): seat for seat in reversed(seats) if seat.kind in kinds}
    for seat in reversed(like.values()):
        number = next((n for n in range(1, most + 1) if _takes(seats, seat, n, [*asks, alternatives])), None)
        if number is not None:
            named = part_in_words(seat.kind, here.parts_at(host)[seat.kind][seat.number])
            name = hosts.scene.instance.host_names[host]
            yield Step("part", host=name, resource=named, amount=number)


def _takes(seats: Any, seat: Seat, number: int, asks: Any) -> bool:
    more = [replace(seat, number=len(seats) + n) for n in range(number)]
    try:
        return land([*seats, *more], asks) is not None
    except ArithmeticError:
        return False
