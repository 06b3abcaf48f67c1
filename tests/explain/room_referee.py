"""How many more fit, by brute force."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations_with_replacement

import vmopt
from tests.explain.referee import runs
from tests.patience import PATIENCE
from vmopt.explain.guests import with_clones

FEW = 5


def truth(solution: vmopt.Solution, vm: int, most: int) -> int:
    """How many more of a kind fit, up to so many, by trying all hosts for each."""
    best = 0
    for n in range(1, most + 1):
        cluster = with_clones(solution.instance, vm, n)
        for hosts in combinations_with_replacement(range(cluster.n_hosts), n):
            if runs(cluster, [*solution.host_index.tolist(), *hosts]):
                best = n
                break
    return best


def room_faults(solution: vmopt.Solution, vm: int) -> Iterator[str]:
    """Find what is wrong with how many more are said to fit."""
    found = vmopt.how_many_more(solution, vm, time_limit=PATIENCE)
    if not 0 <= found.fit <= found.bound:
        yield f"says that {found.fit} more fit, and at most {found.bound}"
    elif found.bound <= FEW and not found.fit <= (exact := truth(solution, vm, found.bound + 1)) <= found.bound:
        yield f"says {found.fit} to {found.bound} more, but {exact} fit"
