"""Rules that what runs breaks: it may go on, and who waits may not make it worse."""

from __future__ import annotations

import itertools
import random

import numpy as np

import vmopt
from vmopt.platforms.today import Today


def clusters(count):
    """Groups of VMs, some of which run, in any state."""
    for seed in range(count):
        dice = random.Random(seed)
        n_vms, n_hosts = dice.randint(2, 5), dice.randint(1, 3)
        homes = {f"vm-{n}": dice.choice([None, *(f"host-{h}" for h in range(n_hosts))]) for n in range(n_vms)}
        yield dice, homes, list(range(n_hosts))


def test_what_runs_is_allowed_and_who_waits_breaks_nothing():
    """Tests all placements in which what runs stays where it is, by counting groups on hosts."""
    for dice, homes, hosts in clusters(60):
        most, kind = dice.choice([1, 1, 2]), dice.choice(["spread", "gather"])
        today, group = Today(homes), list(homes)
        rules = today.spread([group], most) if kind == "spread" else today.gather([group])
        cluster = vmopt.Instance.from_arrays([[1]] * len(homes), [[9]] * len(hosts), rules=rules)
        now = [hosts.index(int(home[5:])) if home else -1 for home in homes.values()]
        assert not vmopt.verify(cluster, now)
        waits = [n for n, host in enumerate(now) if host < 0]
        for chosen in itertools.product([-1, *hosts], repeat=len(waits)):
            placed = np.array(now)
            placed[waits] = chosen
            if not vmopt.verify(cluster, placed):
                assert not _worse(placed, np.array(now), most if kind == "spread" else None), (homes, placed)


def _worse(placed, now, most):
    """Whether somebody came to where the platform would not have let them."""
    comes = np.flatnonzero((now < 0) & (placed >= 0))
    if most is None:
        runs = set(now[now >= 0].tolist())
        return bool(runs) and any(int(placed[vm]) not in runs for vm in comes)
    return any((placed == placed[vm]).sum() > most for vm in comes)
