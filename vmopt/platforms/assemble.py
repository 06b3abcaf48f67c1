"""Found hosts and guests become an instance that what runs now is a placement of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from math import floor
from types import MappingProxyType
from typing import Any

import numpy as np

from vmopt import checks
from vmopt.checks import shown
from vmopt.errors import FileError, OptionError
from vmopt.goals import FewestMoves, Penalties, Utilisation
from vmopt.model.instance import Instance
from vmopt.model.label_rows import LabelRows
from vmopt.model.objective import Objective
from vmopt.platforms.fields import NUMBER
from vmopt.platforms.found import FoundGuest, FoundHost
from vmopt.platforms.tally import FeatureTally
from vmopt.plurals import count
from vmopt.rules import BaseRule, MustRun


def checked_factors(factors: Any) -> dict[Any, Any]:
    """Return what factors there are, by resource.

    Raises
    ------
    OptionError
        If it is no mapping.
    """
    return {} if factors is None else checks.mapping(factors, "overcommit", "resources to factors")


def overcommit_hosts(hosts: Sequence[FoundHost], factors: Mapping[str, Any] | None) -> None:
    """Multiply what hosts offer of some resources, rounded down.

    Parameters
    ----------
    hosts : sequence of FoundHost
        Changed in place.
    factors : mapping of str to number, or to text such as ``"1.5"``

    Raises
    ------
    OptionError
        If a factor is no positive number, if a resource is not there, or if it is no mapping.

    Examples
    --------
    >>> host = FoundHost("n1", {"cpu": 3})
    >>> overcommit_hosts([host], {"cpu": "1.5"})
    >>> host.capacity
    {'cpu': 4}
    """
    known = dict.fromkeys(kind for host in hosts for kind in host.capacity)
    for kind, told in checked_factors(factors).items():
        if kind not in known:
            raise OptionError(f"overcommit names resource {shown(kind)}, but the resources are {', '.join(known)}.")
        text = str(told).strip()
        factor = Fraction(text) if NUMBER.fullmatch(text) else Fraction(0)
        if not 0 < factor <= 1000:
            raise OptionError(f"overcommit of {kind} is {shown(told)}: give a number above 0, such as 4 or 1.5.")
        for host in hosts:
            host.capacity[kind] = floor(host.capacity.get(kind, 0) * factor)
            for part in (part for several in host.parts.values() for part in several if kind in part):
                part[kind] = floor(part[kind] * factor)


def as_they_are(hosts: Sequence[FoundHost], guests: Sequence[FoundGuest], tally: FeatureTally, sort: str) -> None:
    """Give hosts that hold more than they offer the room for it, and count them.

    Overcommitment was changed, or the platform never checked: nothing more may come, and nobody is to stop for it.

    Parameters
    ----------
    hosts, guests : sequences
        Hosts are changed in place.
    tally : FeatureTally
    sort : str
        What guests are called.
    """
    used: dict[str, dict[str, int]] = {host.name: {} for host in hosts}
    for guest in guests:
        for kind, amount in guest.demand.items() if guest.host is not None else ():
            on_host = used[str(guest.host)]
            on_host[kind] = on_host.get(kind, 0) + amount
    for host in hosts:
        over = {kind: amount for kind, amount in used[host.name].items() if amount > host.capacity.get(kind, 0)}
        how = f"what the {sort} there hold today is taken as the capacity: nothing more comes, and nobody has to stop"
        tally.add("more in use than offered", "approximated", "hosts", how, bool(over))
        host.capacity.update(over)


def check_guests(hosts: Sequence[FoundHost], guests: Sequence[FoundGuest], sort: tuple[str, str], told: str) -> None:
    """Ask for the guests of hosts that have none in the data.

    Parameters
    ----------
    hosts, guests : sequences
    sort : (str, str)
        What one host is called, and what guests are.
    told : str
        What lists them.

    Raises
    ------
    FileError
        If there are none.
    """
    if not guests:
        raise FileError(
            f"{count(len(hosts), sort[0])} and no {sort[1]} are in these files: which {sort[1]} run there, or are to? "
            f"Name the files that list them as well: {told}."
        )


def instance_of(
    hosts: Sequence[FoundHost],
    guests: Sequence[FoundGuest],
    rules: Sequence[BaseRule],
    levels: Sequence[int] | None = None,
    *,
    may_stop: Collection[str] = (),
    counted_apart: tuple[str, ...] = (),
) -> Instance:
    """Make the instance: as much as possible is to run, then as little as possible broken, then as little moved.

    Whoever runs now goes on running, whatever is waiting for room, but for those that `may_stop`; where guests have
    levels, those of a higher one come before all lower ones. Resources whose names begin with one of `counted_apart`
    limit who runs where, but nobody is worth more for what it takes of them.

    Raises
    ------
    FileError
        If there are no hosts, or no amounts.
    """
    amounts = [host.capacity for host in hosts] + [guest.demand for guest in guests]
    kinds = list(dict.fromkeys(kind for one in amounts for kind in one))
    if not hosts or not kinds:
        missing = "hosts" if not hosts else "amounts of any resource"
        raise FileError(f"no {missing} are in these files: name the files that list them as well.")
    stopping = set(may_stop)
    runs = [guest.name for guest in guests if guest.host is not None and guest.name not in stopping]
    must = [MustRun(runs)] if 0 < len(runs) < len(guests) else []
    worth = {kind: 1.0 for kind in kinds if not kind.startswith(counted_apart)}
    weights = worth if 0 < len(worth) < len(kinds) else None
    runs_first = Utilisation("priority" if levels is None else "tiers", weights)
    return Instance.from_arrays(
        _table([guest.demand for guest in guests], kinds),
        _table([host.capacity for host in hosts], kinds),
        resources=kinds,
        vm_names=[guest.name for guest in guests],
        host_names=[host.name for host in hosts],
        vm_labels=_views([guest.labels for guest in guests]),
        host_labels=[host.labels for host in hosts],
        current=[guest.host for guest in guests],
        move_cost=[guest.move_cost for guest in guests],
        rules=[*rules, *must],
        priority=levels,
        objective=Objective(levels=[runs_first, Penalties(), FewestMoves()]),
    )


def _views(rows: Sequence[dict[str, str]]) -> LabelRows | None:
    """Labels as rows that are not copied: what is noted of guests, until they are handed out, is seen there as well."""
    return LabelRows(map(MappingProxyType, rows)) if any(rows) else None


def _table(rows: Sequence[dict[str, int]], kinds: Sequence[str]) -> np.ndarray:
    return np.array([[row.get(kind, 0) for kind in kinds] for row in rows], dtype=object)
