"""Random requests with rules: VMs come, change and leave, hosts fail, on tiny clusters."""

from __future__ import annotations

import random
from itertools import count

import vmopt
from tests.rules import draws

LASTING = ("spread", "gather", "apart", "alone", "fence", "ban", "empty", "quota")


def requests(seed: int, *names: str, eventful: bool = True, elastic: bool | None = False) -> tuple:
    """Draw hosts, and requests with a rule of each of these names."""
    dice = random.Random(seed)
    many = (draws.instance(100 * seed + k, *names, elastic=elastic, vms=16, hosts=5) for k in count())
    cluster = next(drawn for drawn in many if drawn.n_vms > 7 and drawn.n_hosts > 1 and drawn.capacity.sum() > 10)
    n, given = cluster.n_vms, cluster.as_columns()
    made = vmopt.Requests.from_arrays(
        [dice.choice([0, 0, 5, 20, 21, 40, 55, 70]) for _ in range(n)],
        given["demand"],
        duration=[dice.choice([5, 10, 20, 30, 50, 100, float("inf")]) for _ in range(n)],
        priority=[dice.choice([1, 2, 5]) for _ in range(n)],
        reservation=given["reservation"],
        resources=cluster.resources,
        vm_labels=cluster.vm_labels,
        changes=[_change(dice, vm) for vm in dice.sample(range(n), dice.randrange(6))] if eventful else [],
        host_events=[_host_event(dice, cluster.n_hosts) for _ in range(dice.randrange(4))] if eventful else [],
        rules=cluster.rules,
    )
    return cluster, made


def _change(dice: random.Random, vm: int) -> vmopt.Change:
    amount = dice.choice([0, 1, 2.5, 3, 5])
    return vmopt.Change(dice.choice([3, 25, 60, 90]), f"vm-{vm}", demand={"cpu": amount})


def _host_event(dice: random.Random, n_hosts: int) -> vmopt.HostEvent:
    host = f"host-{dice.randrange(n_hosts)}"
    return vmopt.HostEvent(dice.choice([4, 25, 50, 95]), host, dice.choice(["fail", "drain", "return"]))
