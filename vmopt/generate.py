"""Seeded instances, for trying things out and for benchmarks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from vmopt import checks
from vmopt.aged import drawn_current
from vmopt.arrays import IntArray
from vmopt.errors import OptionError
from vmopt.further_resources import FURTHER, with_further
from vmopt.model.instance import Instance
from vmopt.replicas import Replicas, draw_racks, draw_replicas, draw_rules, parse_rules

RESOURCES = ("cpu", "memory", "disk", *(further.name for further in FURTHER))
HOSTS = np.column_stack([[64, 96, 48], [256, 384, 384], [2000, 4000, 3000], *(further.capacity for further in FURTHER)])
HOST_MIX = (0.5, 0.3, 0.2)
VCPUS = np.array([1, 2, 4, 8, 16])
MEMORY_PER_VCPU = np.array([1, 2, 4, 8])
N_PRIORITIES = 5
MILLI = 1000
BASIC = 3
"""Resources that are drawn one by one; the further ones follow them."""

if TYPE_CHECKING:
    Sampler = Callable[[np.random.Generator, IntArray, int], IntArray]


def generate(
    kind: str = "flavor",
    *,
    hosts: int = 50,
    load: float = 1.3,
    seed: int = 0,
    vms: int | None = None,
    reservation: float = 1.0,
    resources: int = 3,
    rules: str | None = None,
    current: str | None = None,
) -> Instance:
    """Make a random instance: three host classes, priorities 1 to 5, and as many resources as asked for.

    Parameters
    ----------
    kind : {"flavor", "distinct", "large"}
        ``flavor``: 20 VM flavours (1 to 16 vCPUs, 1 to 8 GiB per vCPU), small ones more often.
        ``distinct``: log-normal cpu, memory and disk in millicores, MiB and MB, every VM different.
        ``large``: VMs of 1/6 to 1/2 of a host in cpu and in memory, about four to a host.
    hosts : int
        Number of hosts.
    load : float
        Demand over capacity of the most wanted resource: above 1, not everything fits.
    seed : int
        The same seed gives the same instance.
    vms : int, optional
        Number of VMs, in place of `load`.
    reservation : float
        Part of its demand that every VM must get, from 0 to 1, rounded up to whole units: below 1, VMs are elastic.
    resources : int
        How many of cpu, memory, disk, network, pods, gpu, iops, bandwidth (of storage), gpu_memory and addresses, 1 to
        10. Demand for the further ones goes with cpu or disk, by family: some VMs are heavy on network, some on
        storage, few have GPUs, which not every host has.
    rules : str, optional
        Some of spread, zones, fences and gangs, with commas between them. VMs then come in groups of 2 to 40 replicas,
        labelled ``app``, of equal priority and, for flavours, of equal demand; hosts in 3 zones and up to 40 racks.
        ``spread``: no two of a group on a host (more only where it has more VMs than hosts). ``zones``: of 30 % of the
        groups at most a third in each zone. ``fences``: 10 % of the groups only on the half of the hosts that has SSDs.
        ``gangs``: 5 % of the groups, of 4 to 8 VMs, run whole or not at all.
    current : {"first-fit", "aged"}, optional
        Where VMs run now. ``first-fit``: each came to the first host with room. ``aged``: since then many have left and
        others come, in several rounds, so that what is free is in pieces. VMs without room run nowhere. What rules say
        is not heeded: a cluster that breaks some is a start like any other. Default: nothing runs.

    Raises
    ------
    OptionError
        If an argument makes no sense.

    Examples
    --------
    >>> generate("flavor", hosts=10, seed=1).n_hosts
    10
    >>> generate("flavor", hosts=10, seed=1, resources=5).resources
    ('cpu', 'memory', 'disk', 'network', 'pods')
    >>> generate("flavor", hosts=10, seed=1, rules="spread").host_labels[4]["zone"]
    'zone-1'
    >>> int((generate("flavor", hosts=10, load=0.8, current="aged").current < 0).sum())
    0
    """
    _check(kind, hosts, load, seed, vms)
    _check_resources(resources)
    _check_part(reservation)
    if current is not None:
        checks.choice(current, "current", ("first-fit", "aged"))
    wanted = None if rules is None else parse_rules(rules)
    rng = np.random.default_rng(seed)
    capacity = rng.choice(HOSTS, size=hosts, p=HOST_MIX)
    if kind != "flavor":
        capacity = capacity * MILLI
    sample = _sampler(kind, resources)
    more: dict[str, Any] = {}
    if wanted is None:
        demand = _until_loaded(sample, rng, capacity, load) if vms is None else sample(rng, capacity, vms)
        priority = rng.integers(1, N_PRIORITIES + 1, len(demand))
    else:
        demand, groups = _in_groups(sample, rng, capacity, load, vms, alike=kind == "flavor")
        priority = rng.integers(1, N_PRIORITIES + 1, len(groups.size))[groups.of]
        more = _ruled(rng, wanted, groups, hosts)
    if current is not None:
        more["current"] = drawn_current(current, demand, capacity[:, :resources], rng)
    return Instance.from_arrays(
        demand,
        capacity[:, :resources],
        priority=priority,
        resources=RESOURCES[:resources],
        reservation=None if reservation == 1 else np.ceil(demand * reservation).astype(np.int64),
        **more,
    )


def _ruled(rng: np.random.Generator, wanted: tuple[str, ...], groups: Replicas, hosts: int) -> dict[str, Any]:
    """Return labels and rules."""
    racks = draw_racks(rng, hosts)
    return {
        "vm_labels": groups.labels(),
        "host_labels": racks,
        "rules": draw_rules(rng, wanted, groups, racks),
    }


def _sampler(kind: str, resources: int) -> Sampler:
    """Return what draws VMs with so many resources."""

    def sample(rng: np.random.Generator, capacity: IntArray, count: int) -> IntArray:
        drawn = KINDS[kind](rng, capacity[:, :BASIC], count)
        if resources <= BASIC:
            return drawn[:, :resources]
        return with_further(rng, drawn, capacity[:, :resources], RESOURCES, noisy=kind != "flavor")

    return sample


def _flavor(rng: np.random.Generator, capacity: IntArray, count: int) -> IntArray:
    popularity = VCPUS**-0.5
    vcpus = rng.choice(VCPUS, size=count, p=popularity / popularity.sum())
    per_vcpu = rng.choice(MEMORY_PER_VCPU, size=count)
    disk = 10 + 10 * vcpus + 5 * per_vcpu
    return np.column_stack([vcpus, vcpus * per_vcpu, disk])


def _distinct(rng: np.random.Generator, capacity: IntArray, count: int) -> IntArray:
    cpu = rng.lognormal(mean=np.log(2.2), sigma=0.8, size=count)
    memory = cpu * rng.lognormal(mean=np.log(4.0), sigma=0.6, size=count)
    disk = rng.lognormal(mean=np.log(40), sigma=0.7, size=count)
    amounts = np.ceil(np.column_stack([cpu, memory, disk]) * MILLI).astype(np.int64)
    limited: IntArray = np.minimum(amounts, capacity.min(axis=0) // 2)
    return limited


def _large(rng: np.random.Generator, capacity: IntArray, count: int) -> IntArray:
    typical = capacity.mean(axis=0)
    fraction = rng.uniform(1 / 6, 1 / 2, size=(count, 3)) * [1, 1, 0.5]
    demand: IntArray = np.ceil(fraction * typical).astype(np.int64)
    return demand


MOST = 10**9
"""Hosts, or VMs."""
KINDS: dict[str, Sampler] = {"flavor": _flavor, "distinct": _distinct, "large": _large}


def _until_loaded(sample: Sampler, rng: np.random.Generator, capacity: IntArray, load: float) -> IntArray:
    """Draw VMs until the most wanted resource is asked for `load` times over."""
    drawn = sample(rng, capacity, 64)
    total = np.maximum(capacity.sum(axis=0)[: drawn.shape[1]], 1)
    while True:
        asked = (np.cumsum(drawn, axis=0) / total).max(axis=1)
        if asked[-1] >= load:
            return drawn[: int(np.searchsorted(asked, load)) + 1]
        drawn = np.concatenate([drawn, sample(rng, capacity, len(drawn))])


def _in_groups(
    sample: Sampler, rng: np.random.Generator, capacity: IntArray, load: float, vms: int | None, *, alike: bool
) -> tuple[IntArray, Replicas]:
    """Draw VMs in groups, `vms` of them or until the load is reached: what a group asks for, or what each VM does."""
    count, needed = (64, None) if vms is None else (vms, vms)
    while True:
        groups = draw_replicas(rng, count)
        groups = groups if needed is None else groups.first(needed)
        drawn = sample(rng, capacity, len(groups.size) if alike else len(groups.of))
        demand = drawn[groups.of] if alike else drawn
        if needed is not None:
            return demand, groups
        total = np.maximum(capacity.sum(axis=0)[: demand.shape[1]], 1)
        asked = (np.cumsum(demand, axis=0) / total).max(axis=1)
        if asked[-1] >= load:
            last = int(np.searchsorted(asked, load))
            whole = int(np.searchsorted(groups.of, groups.of[last], "right"))
            return demand[:whole], groups.first(whole)
        count *= 2


def _check(kind: str, hosts: int, load: float, seed: int, vms: int | None) -> None:
    checks.choice(kind, "kind", KINDS)
    checks.integer(hosts, "hosts", 1, MOST)
    checks.integer(seed, "seed")
    if vms is not None:
        checks.integer(vms, "vms", 1, MOST)
    if not checks.is_number(load) or not 0 < load <= 1000:
        raise OptionError(f"load is {checks.shown(load)}: give a number above 0 and at most 1000.")


def _check_part(reservation: float) -> None:
    checks.between(reservation, "reservation", 0, 1, "the part of the demand that is reserved, from 0 to 1")


def _check_resources(resources: int) -> None:
    checks.integer(resources, "resources", 1, len(RESOURCES))
