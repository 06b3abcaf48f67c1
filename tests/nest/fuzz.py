"""Tiny draws of containers in VMs on hosts against brute force: ``python -m tests.nest.fuzz --count 5000``."""

from __future__ import annotations

import argparse
from itertools import product
from math import isclose

import numpy as np

import vmopt
from vmopt.nest import Flavor, Nested, nest, verify_nest


def draw(seed):
    rng = np.random.default_rng(seed)
    n, m, kinds = rng.integers(1, 5), rng.integers(1, 3), rng.integers(1, 3)
    containers = [
        vmopt.VM(
            f"c{i}",
            {"cpu": int(rng.integers(0, 5)), "memory": int(rng.integers(0, 4))},
            priority=float(rng.integers(1, 4)),
        )
        for i in range(n)
    ]
    flavors = [
        Flavor(
            f"f{i}",
            {"cpu": int(rng.integers(1, 8)), "memory": int(rng.integers(1, 8))},
            {"cpu": float(rng.choice([0, 0.5, 1]))},
            float(rng.integers(0, 4)),
            None if rng.random() < 0.5 else int(rng.integers(0, 3)),
        )
        for i in range(kinds)
    ]
    hosts = [
        vmopt.Host(f"h{i}", {"cpu": int(rng.integers(2, 11)), "memory": int(rng.integers(2, 11))}) for i in range(m)
    ]
    return containers, flavors, hosts, draw_rules(rng, int(n), int(m))


def draw_rules(rng, n, m):
    """Draw up to two rules of any kind that a pair of containers, or one of them, can have."""
    found = [vmopt.Ban("c0", "h0"), vmopt.Fence("c0", "h0"), vmopt.Empty("h0"), vmopt.Quota(most=2, over="host")]
    if n > 1:
        pair = ["c0", "c1"]
        found += [vmopt.Spread(pair), vmopt.Gather(pair), vmopt.Whole(pair), vmopt.Apart("c0", "c1")]
        found += [
            vmopt.Alone(pair),
            vmopt.Near("c0", "c1", "host"),
            vmopt.Skew(pair, "host"),
            vmopt.Reach(pair, "host", min(m, 2)),
        ]
    chosen = rng.choice(len(found), size=int(rng.integers(0, 3)), replace=False)
    return [found[i] for i in chosen]


def brute(nested):
    """Best worth and least cost over every way to put containers together into VMs of every flavour on every host."""
    n, best = nested.cluster.n_vms, None
    kinds = list(product(range(len(nested.flavors)), range(nested.cluster.n_hosts)))
    value = nested.cluster.value
    for vm_of in product(range(-1, n), repeat=n):
        used = sorted({vm for vm in vm_of if vm >= 0})
        if used != list(range(len(used))):
            continue
        for vms in product(kinds, repeat=len(used)):
            worth = round(float(sum(value[i] for i in range(n) if vm_of[i] >= 0)), 9)
            cost = sum(nested.flavors[flavor].cost for flavor, _ in vms)
            if (best is None or (-worth, cost) < best) and not verify_nest(nested, vms, vm_of):
                best = (-worth, cost)
    return -best[0], best[1]


def faults(seed, backend="cp-sat"):
    """What is wrong with the answer to a draw; empty when nothing is."""
    containers, flavors, hosts, rules = draw(seed)
    best = brute(Nested.of(containers, flavors, hosts, rules=rules))
    found = nest(containers, flavors, hosts, rules=rules, backend=backend, threads=1)
    told = [(row.goal, row.value, row.bound, right) for row, right in zip(found.levels, best, strict=True)]
    wrong = [row for row in told if not all(isclose(n, row[3], rel_tol=1e-7, abs_tol=1e-7) for n in row[1:3])]
    return [*wrong, *verify_nest(found.nested, found.vms, found.vm_of)]


def main():
    """Print what is wrong, and how many draws were tried."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--backend", default="cp-sat")
    asked = parser.parse_args()
    wrong = 0
    for seed in range(asked.first, asked.first + asked.count):
        found = faults(seed, asked.backend)
        wrong += bool(found)
        if found:
            print(seed, found, flush=True)
    print(f"{asked.count:,} draws, {wrong:,} wrong")
    return int(wrong > 0)


if __name__ == "__main__":
    raise SystemExit(main())
