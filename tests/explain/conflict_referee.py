"""Conflicts against brute force: none of their members can be left out, and all together cannot stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import inf
from typing import Any

import numpy as np

import vmopt
from tests.patience import PATIENCE
from tests.rules import contradictory
from tests.rules.brute import feasible
from tests.rules.fuzz import drawn
from vmopt.explain.short import shortage_of
from vmopt.explain.trial import Trial


def demanding(seed: int) -> vmopt.Instance:
    """A random instance of which some VMs must run."""
    cluster = drawn(seed, soft=0.2) if seed % 2 else contradictory.draw(seed)
    must = np.random.default_rng(seed).random(cluster.n_vms) < 0.7
    return cluster.replace(rules=[*cluster.rules, vmopt.MustRun(must)])


def crowded(seed: int) -> vmopt.Instance:
    """A random instance whose VMs must all run, of about the size of its hosts, some with fences and quotas."""
    rng = np.random.default_rng(seed)
    n_vms, n_hosts, k = (int(rng.integers(low, high)) for low, high in ((2, 6), (1, 4), (1, 4)))
    rules: list[Any] = [vmopt.MustRun("vm-*")]
    if rng.random() < 0.5:
        rules.append(vmopt.Fence("vm-[0-2]", [f"host-{h}" for h in range(int(rng.integers(1, n_hosts + 1)))]))
    if rng.random() < 0.3:
        rules.append(vmopt.Quota(int(rng.integers(3, 9)), resource="resource-0", over="host"))
    asked = rng.integers(0, 6, (n_vms, k))
    return vmopt.Instance.from_arrays(asked, rng.integers(0, 9, (n_hosts, k)), rules=rules)


def together(cluster: Any, rules: Sequence[int], vms: Sequence[str], hosts: Sequence[str]) -> bool:
    """Whether VMs can all run under some rules, with the capacity of some hosts, by brute force."""
    numbers = [cluster.vm_names.index_of[name] for name in vms]
    capacity = [
        row if name in hosts else cluster.demand.sum(axis=0) + row
        for name, row in zip(cluster.host_names, cluster.capacity, strict=True)
    ]
    tried = replace(cluster, rules=tuple(cluster.rules[n] for n in rules), capacity=np.array(capacity))
    return any(all(at[vm] >= 0 for vm in numbers) for at in feasible(tried))


def sum_faults(cluster: Any) -> Iterator[str]:
    """Find what is wrong with what a sum says is asked for too much: those must not be able to stand together."""
    trial = Trial.of(cluster, inf)
    found = trial.overasked()
    if found is None:
        return
    vms, hosts = ([names[n] for n in some] for names, some in _named(cluster, found))
    if together(cluster, found.rules, vms, hosts):
        yield f"asks for too much, it says, but can stand together: {vms}, {hosts}, rules {found.rules}"
    short = shortage_of(cluster, found.vms.tolist(), found.giving.tolist())
    if short is not None and not short.missing > 0:
        yield f"says that nothing is missing: {short}"


def _named(cluster: Any, found: Any) -> Any:
    return (cluster.vm_names, found.vms.tolist()), (cluster.host_names, found.hosts.tolist())


def faults(cluster: Any) -> Iterator[str]:
    """Find what is wrong with the conflict of an instance."""
    found = vmopt.conflict(cluster, time_limit=PATIENCE)
    possible = bool(feasible(cluster))
    if possible or found is None:
        if possible != (found is None):
            yield f"says {found}, but placements say {possible}"
        return
    sets = [list(found.rule_numbers), list(found.vms), list(found.hosts)]
    if together(cluster, *sets):
        yield f"can stand together: {found}"
    if not found.minimal:
        yield "is not shown to be minimal"
    for which, members in enumerate(sets):
        for member in members:
            rest = [[m for m in some if n != which or m != member] for n, some in enumerate(sets)]
            if not together(cluster, *rest):
                yield f"is not minimal without {member}: {found}"
