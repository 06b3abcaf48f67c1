"""Containers in VMs at once against two steps one after the other: ``python -m benchmarks.nest --seconds 20``."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

import vmopt
from vmopt.nesting.start import largest_first, placed

SIZES = ((100, 6), (500, 25), (2000, 100))
"""Containers and hosts."""
FLAVORS = (
    vmopt.Flavor("small", {"cpu": 2, "memory": 8}, {"cpu": 0.25, "memory": 0.5}),
    vmopt.Flavor("medium", {"cpu": 4, "memory": 16}, {"cpu": 0.25, "memory": 0.5}),
    vmopt.Flavor("large", {"cpu": 8, "memory": 32}, {"cpu": 0.25, "memory": 1}),
    vmopt.Flavor("huge", {"cpu": 16, "memory": 64}, {"cpu": 0.5, "memory": 1}),
    vmopt.Flavor("memory", {"cpu": 8, "memory": 64}, {"cpu": 0.25, "memory": 1}),
)


def draw(n_containers: int, n_hosts: int, seed: int) -> tuple[list[vmopt.VM], list[vmopt.Host]]:
    """Draw containers and hosts: more is wanted than there is."""
    rng = np.random.default_rng(seed)
    cpu, memory = rng.choice([0.25, 0.5, 1, 2, 4], n_containers), rng.choice([0.5, 1, 2, 4, 8, 16], n_containers)
    priority = rng.integers(1, 6, n_containers)
    rows = zip(cpu.tolist(), memory.tolist(), priority.tolist(), strict=True)
    containers = [vmopt.VM(f"c{i}", {"cpu": c, "memory": m}, priority=p) for i, (c, m, p) in enumerate(rows)]
    size = zip(rng.choice([24, 32], n_hosts).tolist(), rng.choice([96, 128], n_hosts).tolist(), strict=True)
    return containers, [vmopt.Host(f"h{i}", {"cpu": c, "memory": m}) for i, (c, m) in enumerate(size)]


def hosts_first(nested: vmopt.Nested, seconds: float) -> tuple[tuple[tuple[int, int], ...], Any]:
    """Fill each host with VMs, the largest flavour that fits next, then place containers in them."""
    answer, _ = placed(nested, largest_first(nested), seconds, 0, 2)
    assert answer is not None
    return answer


def vms_first(nested: vmopt.Nested, seconds: float) -> tuple[tuple[tuple[int, int], ...], Any]:
    """Fill VMs first, each flavour tried for all of them, then place the VMs on hosts; the best flavour counts.

    The first step has as many VMs as containers could need, and knows nothing of the hosts; a VM is then worth what
    runs in it.
    """
    best: tuple[float, int, Any, Any] | None = None
    for flavor in range(len(nested.flavors)):
        vm_of = _filled(nested, flavor)
        used = int(vm_of.max(initial=-1)) + 1
        worth = np.bincount(vm_of[vm_of >= 0], nested.cluster.value[vm_of >= 0], minlength=used)
        size = np.repeat(nested.size[flavor][None], used, axis=0)
        hosts = vmopt.Instance.from_arrays(size, nested.capacity, value=worth)
        found = vmopt.solve(hosts, time_limit=seconds / len(nested.flavors), threads=2, ties=None).host_index
        kept = np.flatnonzero(found >= 0)
        number = np.full(used + 1, -1)
        number[kept] = np.arange(len(kept))
        answer = tuple((flavor, int(found[vm])) for vm in kept), number[vm_of]
        won = float(worth[kept].sum())
        if best is None or (won, -len(kept)) > best[:2]:
            best = (won, -len(kept), *answer)
    assert best is not None
    return best[2], best[3]


def _filled(nested: vmopt.Nested, flavor: int) -> Any:
    """First fit of containers into VMs of one flavour, the most valuable for their size first."""
    room, vm_of = np.zeros((0, nested.demand.shape[1]), dtype=np.int64), np.full(nested.cluster.n_vms, -1)
    inside = nested.inside[flavor]
    density = nested.cluster.value / np.maximum((nested.demand / np.maximum(inside, 1)).sum(axis=1), 1e-12)
    for i in np.argsort(-density, kind="stable").tolist():
        if (nested.demand[i] > inside).any():
            continue
        fits = np.flatnonzero((room >= nested.demand[i]).all(axis=1))
        if not len(fits):
            room, fits = np.vstack([room, inside]), np.array([len(room)])
        room[fits[0]] -= nested.demand[i]
        vm_of[i] = fits[0]
    return vm_of


def main(arguments: Sequence[str] | None = None) -> int:
    """Print for each size utilisation, bound and VMs at once, then those of two steps in either order."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sizes", type=int, default=len(SIZES), help="how many of the sizes, small ones first")
    asked = parser.parse_args(arguments)
    wrong = 0
    for n, m in SIZES[: asked.sizes]:
        containers, hosts = draw(n, m, asked.seed)
        found = vmopt.nest(containers, FLAVORS, hosts, time_limit=asked.seconds, threads=2)
        first, second = found.levels
        print(
            f"{n:5,} x {m:3}  at once     {first.value:.4f} (gap {first.gap:.2%}) in {len(found.vms)} VMs, at least "
            f"{second.bound:g}, {found.seconds:.1f} s",
            flush=True,
        )
        for steps in (hosts_first, vms_first):
            begun = time.perf_counter()
            vms, vm_of = steps(found.nested, asked.seconds)
            seconds, won = time.perf_counter() - begun, float(found.nested.cluster.value[vm_of >= 0].sum())
            wrong += bool(vmopt.verify_nest(found.nested, vms, vm_of)) + (won > first.bound * (1 + 1e-9))
            told = f"{won:.4f} ({won / first.value - 1:+.2%}) in {len(vms)} VMs, {seconds:.1f} s"
            print(f"             {steps.__name__.replace('_', ' '):11} {told}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
