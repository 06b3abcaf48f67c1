"""Random tiny instances with levels of goals, each told by a seed."""

from __future__ import annotations

import random
from typing import Any

import vmopt
from vmopt.goals import Distance, FewestMoves, MovesOfGroup
from vmopt.network import Latency, Traffic, star

RESOURCES = ("cpu", "memory")
COSTS = [0, 0, 1, 1, 2, 0.1, 0.2, 0.3, 2.5]
SLACKS = [0, 0, 0, 0.1, 0.25, 1]


def instance(seed: int, vms: int = 4, hosts: int = 3) -> vmopt.Instance:
    """Draw an instance with one to three levels; many VMs and hosts are alike, some hosts have nothing.

    In four of ten some VMs run already; in one of ten latency comes last.
    """
    dice = random.Random(seed)
    n_vms, n_hosts, k = dice.randint(1, vms), dice.randint(1, hosts), dice.randint(1, 2)
    flavors = [[dice.choice([0, 1, 2, 3, 5]), dice.choice([0.5, 1, 2])][:k] for _ in range(dice.randint(1, 3))]
    sizes = [[4, 4], [6, 3], [9, 9], [3, 2], [0, 0], [0, 5], [8, 8.5]]
    capacity = [dice.choice(sizes)[:k] for _ in range(n_hosts)]
    current = [dice.randint(-1, n_hosts - 1) for _ in range(n_vms)] if dice.random() < 0.4 else None
    levels = drawn_levels(dice, RESOURCES[:k], n_hosts, runs=current is not None)
    if n_vms > 1 and n_hosts > 1 and dice.random() < 0.1:
        above = [vmopt.Utilisation(dice.choice(["priority", "demand"])), vmopt.Penalties()][: dice.randint(1, 2)]
        levels = [*above, drawn_latency(dice, n_vms, n_hosts)]
    rules = drawn_rules(dice, n_vms, n_hosts)
    return vmopt.Instance.from_arrays(
        [dice.choice(flavors) for _ in range(n_vms)],
        capacity,
        resources=RESOURCES[:k],
        priority=[dice.choice([1, 1, 2, 3]) for _ in range(n_vms)],
        value=[dice.choice([0, 0.1, 1, 2, None]) for _ in range(n_vms)] if dice.random() < 0.2 else None,
        host_labels=[{"power": str(dice.choice([1, 0.5, 3]))} for _ in range(n_hosts)],
        vm_labels=[{"app": dice.choice("ab")} for _ in range(n_vms)],
        current=current,
        move_cost=[dice.choice([0, 1, 2.5, 0.1]) for _ in range(n_vms)] if current and dice.random() < 0.5 else None,
        rules=rules,
        objective=vmopt.Objective(levels=levels, slack=[dice.choice(SLACKS) for _ in levels]),
    )


def drawn_levels(dice: random.Random, resources: tuple[str, ...], n_hosts: int, *, runs: bool = False) -> list[Any]:
    """Draw levels, some of them sums."""
    pool = goals(dice, resources, n_hosts) + (goals_of_moves(dice, resources, n_hosts) if runs else [])
    dice.shuffle(pool)
    levels: list[Any] = pool[: dice.randint(1, 3)]
    if len(levels) > 1 and dice.random() < 0.3:
        levels = [dice.choice([1, 2, 0.1]) * levels[0] + dice.choice([1, 0.5, 3]) * levels[1], *levels[2:]]
    if dice.random() < 0.4:
        first = vmopt.Utilisation(dice.choice(["priority", "demand", "tiers", "tiers"]))
        others = [level for level in levels if "utilisation" not in str(level)]
        levels = [first, *others]
    return levels


def goals(dice: random.Random, resources: tuple[str, ...], n_hosts: int) -> list[Any]:
    """Draw a goal of each sort."""
    some = dice.choice([None, resources[0], dict.fromkeys(resources, 0.5), list(resources)])
    cost: Any = dice.choice([None, "power", [dice.choice(COSTS) for _ in range(n_hosts)]])
    counted = 1 if some == resources[0] else len(resources)
    table = [[dice.choice([0, 1, 2.5, 4]) for _ in range(counted)] for _ in range(n_hosts)]
    found = [
        vmopt.Utilisation(dice.choice(["priority", "demand"]), dice.choice([None, {resources[0]: 0.3}])),
        vmopt.FewestHosts(cost=cost),
        vmopt.Balance(some, "max"),
        vmopt.Balance(some, "spread"),
        vmopt.Balance(some, "above", level=dice.choice([0, 0.5, 0.8, 1, table])),
        vmopt.Balance(some, "fragments", size=dice.choice([1, 2, 3, 4])),
        vmopt.Penalties(),
    ]
    if len(resources) == 2:
        order = list(resources) if dice.random() < 0.5 else list(reversed(resources))
        found.append(vmopt.Balance(order, "ratio", target=dice.choice([1, 2, 0.5, 0.1])))
    return found


def goals_of_moves(dice: random.Random, resources: tuple[str, ...], n_hosts: int) -> list[Any]:
    """Draw a goal of each sort that looks at where VMs run now."""
    ways = [[0 if one == other else dice.choice([0, 1, 2.5]) for other in range(n_hosts)] for one in range(n_hosts)]
    return [FewestMoves(), FewestMoves(cost=resources[0]), MovesOfGroup("app"), Distance(ways)]


def drawn_latency(dice: random.Random, n_vms: int, n_hosts: int) -> Latency:
    """Draw who talks to whom, on hosts that are all as far from each other."""
    pairs = [(f"vm-{i}", f"vm-{j}", dice.choice([1.0, 2.0])) for i in range(n_vms) for j in range(i)]
    some = dice.sample(pairs, dice.randint(1, len(pairs)))
    network = star([f"host-{h}" for h in range(n_hosts)], latency=0.5)
    return Latency(network, Traffic.from_edges([f"vm-{i}" for i in range(n_vms)], some))


def drawn_rules(dice: random.Random, n_vms: int, n_hosts: int) -> list[Any]:
    """Draw hard and soft rules."""
    penalty = [None, None, 0.1, 1, 3]
    some = [f"vm-{i}" for i in range(n_vms) if dice.random() < 0.6] or ["vm-0"]
    pool = [
        vmopt.MustRun(some),
        vmopt.MustRun(some, penalty=dice.choice(penalty)),
        vmopt.Spread(some, most=dice.randint(1, 2), penalty=dice.choice(penalty)),
        vmopt.Gather(some, penalty=dice.choice(penalty)),
        vmopt.Ban(some, [f"host-{dice.randrange(n_hosts)}"], penalty=dice.choice(penalty)),
        vmopt.Whole(some, penalty=dice.choice(penalty)),
        vmopt.Quota(dice.randint(1, 4), penalty=dice.choice(penalty)),
    ]
    return dice.sample(pool, dice.choice([0, 0, 1, 1, 2, 3]))
