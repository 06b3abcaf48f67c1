"""What the services of a machine reassignment problem demand, as rules by column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from vmopt.arrays import IntArray
from vmopt.errors import InstanceError
from vmopt.rules import Ban, BaseRule, Near, Reach, Spread

LOCATION, NEIGHBORHOOD = "location", "neighborhood"
Pair = tuple[int, int]


def roadef_rules(service: IntArray, spread: IntArray, needs: Sequence[Pair], n_hosts: int) -> list[BaseRule]:
    """Make the rules of services: conflict, spread and dependency.

    Parameters
    ----------
    service : (n_vms,) int64 array
        Service of each process.
    spread : (n_services,) int64 array
        Least number of locations.
    needs : sequence of pairs
        A service, and one that runs in each of its neighbourhoods.
    n_hosts : int

    Raises
    ------
    InstanceError
        If a service is not there, or a spread is negative.

    Examples
    --------
    >>> for rule in roadef_rules(np.array([0, 0, 1]), np.array([2, 1]), [(1, 0)], n_hosts=4):
    ...     print(rule)
    Spread(groups=Groups(2 of 3), over='host', most=1)
    Reach(groups=Groups(2 of 3), over='location', least=array([2]))
    Near(a=Groups(1 of 3), b=Groups(2 of 3), over='neighborhood')
    """
    _check("a process belongs to", service.tolist(), len(spread))
    _check("a service depends on", (b for _, b in needs), len(spread))
    size = np.bincount(service, minlength=len(spread))
    rules: list[BaseRule] = []
    if (size > 1).any():
        rules.append(Spread(np.where(size[service] > 1, service, -1)))
    # One location is used by whoever runs at all.
    wide = np.flatnonzero((spread != 1) & (spread != 0) & (size > 0))
    if wide.size:
        rules.append(Reach(np.where(np.isin(service, wide), service, -1), LOCATION, spread[wide]))
    return rules + list(_dependencies(service, size, needs, n_hosts))


def _dependencies(service: IntArray, size: IntArray, needs: Sequence[Pair], n_hosts: int) -> Iterator[BaseRule]:
    """One rule for the first service that each depends on, one for the second, and so on."""
    pairs = [(a, b) for a, b in dict.fromkeys(needs) if a != b and size[a]]
    for part in _turns([(a, b) for a, b in pairs if size[b]]):
        needed = np.full(len(size), -1, dtype=np.int64)
        needed[[a for a, _ in part]] = [b for _, b in part]
        yield Near(needed[service], np.where(np.isin(service, needed), service, -1), NEIGHBORHOOD)
    forlorn = {a for a, b in pairs if not size[b]}
    if forlorn:
        yield Ban(np.isin(service, list(forlorn)), np.ones(n_hosts, dtype=bool))


def _turns(pairs: Iterable[Pair]) -> list[list[Pair]]:
    """Divide pairs: the first of each first entry, the second of each, and so on.

    Examples
    --------
    >>> _turns([(0, 1), (0, 2), (3, 1)])
    [[(0, 1), (3, 1)], [(0, 2)]]
    """
    parts: list[list[Pair]] = []
    seen: Counter[int] = Counter()
    for a, b in pairs:
        if seen[a] == len(parts):
            parts.append([])
        parts[seen[a]].append((a, b))
        seen[a] += 1
    return parts


def _check(what: str, services: Iterable[int], count: int) -> None:
    wrong = next((number for number in services if not 0 <= number < count), None)
    if wrong is not None:
        raise InstanceError(f"{what} service {wrong}, but there are {count}: number them from 0.")
