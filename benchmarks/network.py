"""Latency between VMs: what localise saves at two sizes, and how often it is optimal where brute force can tell.

``python -m benchmarks.network`` prints all of it in some four minutes; with ``medium`` one part.
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np

import vmopt
from vmopt.indicators import indicators
from vmopt.network import Network, Traffic, generate_traffic, leaf_spine, localise
from vmopt.network.sites import sites_of

KINDS = np.array([[1, 2], [2, 1], [2, 4], [3, 3]])
SEEDS = 100


def main(parts: list[str]) -> None:
    """Run the parts asked for, or all."""
    known = {"small": small, "medium": medium, "large": large}
    for name in parts or known:
        known[name]()


def small() -> None:
    """10 VMs on 4 hosts: seeds with the optimum of brute force."""
    begin = time.perf_counter()
    reached = sum(reaches_the_optimum(seed) for seed in range(SEEDS))
    seconds = time.perf_counter() - begin
    print(f"small    10 VMs, 4 hosts: optimal in {reached} of {SEEDS} seeds ({seconds:.0f} s, brute force included)")


def medium() -> None:
    """4,000 VMs on 200 hosts, 20,000 pairs, 20 s."""
    _measure("medium", hosts=200, vms=4_000, pairs=20_000, seconds=20.0)


def large() -> None:
    """50,000 VMs on 2,000 hosts, 500,000 pairs, 60 s."""
    _measure("large", hosts=2_000, vms=50_000, pairs=500_000, seconds=60.0)


def _measure(name: str, *, hosts: int, vms: int, pairs: int, seconds: float) -> None:
    cluster = vmopt.generate("flavor", hosts=hosts, vms=vms, seed=1)
    solution = vmopt.solve(cluster, method="column-generation", time_limit=10)
    network, traffic = leaf_spine(cluster), generate_traffic(cluster, pairs=pairs, community=(4, 12), seed=1)
    begin = time.perf_counter()
    before = indicators(solution, network, traffic)
    print(f"{name:8s} {vms:,} VMs, {hosts:,} hosts, {traffic.n_pairs:,} pairs: {solution!r}")
    print(f"         indicators in {time.perf_counter() - begin:.2f} s, best routing {before.throughput.best_share}")
    steps: list[tuple[float, float]] = []
    begin = time.perf_counter()
    closer = localise(solution, network, traffic, time_limit=seconds, progress=lambda *step: steps.append(step))
    taken = time.perf_counter() - begin
    after = indicators(closer, network, traffic)
    assert (closer.objective, closer.bound, closer.unplaced) == (solution.objective, solution.bound, solution.unplaced)
    assert vmopt.verify(cluster, closer) == ()
    mean = before.latency.mean
    print(f"         localise in {taken:.1f} s: mean latency {mean * 1e6:.3f} to {after.latency.mean * 1e6:.3f} us,")
    print(f"         {1 - after.latency.mean / mean:.1%} less; objective, bound and placed VMs the same")
    print("         " + ", ".join(f"{at:.0f} s {1 - cost / mean:.1%}" for at, cost in steps))
    print(f"         peak memory of the process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")


def reaches_the_optimum(seed: int) -> bool:
    """Whether localise finds the lowest mean latency of all placements of the same VMs, on a random small case."""
    solution, network, traffic = small_case(seed)
    closer = localise(solution, network, traffic, seed=seed)
    found = indicators(closer, network, traffic).latency.mean
    best = lowest_latency(solution, network, traffic)
    assert found >= best * (1 - 1e-9), "brute force missed a placement"
    return found <= best * (1 + 1e-9)


def small_case(seed: int) -> tuple[vmopt.Solution, Network, Traffic]:
    """10 VMs on 4 equal hosts in two racks, filled to some 85 %."""
    demand = KINDS[np.random.default_rng(seed).integers(0, len(KINDS), 10)]
    cluster = vmopt.Instance.from_arrays(demand, np.tile(np.ceil(demand.sum(axis=0) / 4 * 1.15 + 1), (4, 1)))
    solution = vmopt.solve(cluster, method="greedy-demand", threads=1)
    traffic = generate_traffic(cluster, pairs=18, community=(3, 5), seed=seed)
    return solution, leaf_spine(cluster, hosts_per_rack=2), traffic


def lowest_latency(solution: vmopt.Solution, network: Network, traffic: Traffic) -> float:
    """Lowest mean latency of any placement of the same VMs that fits: all are tried, VM by VM.

    The hosts are alike and so are the racks: the first VM may stay on the first host.
    """
    cluster, placed = solution.instance, np.flatnonzero(solution.host_index >= 0)
    item = np.full(cluster.n_vms, -1)
    item[placed] = np.arange(len(placed))
    hosts, sites = np.arange(cluster.n_hosts), sites_of(cluster, network)
    far = np.array([sites.latency(np.full(len(hosts), host), hosts) for host in hosts])
    one, other = item[traffic.source], item[traffic.target]
    both = (one >= 0) & (other >= 0)
    pairs = list(zip(one[both].tolist(), other[both].tolist(), traffic.rate[both].tolist(), strict=True))
    seats, room, cost = np.zeros((1, 0), dtype=np.int8), cluster.capacity[None].copy(), np.zeros(1)
    for last, vm in enumerate(placed):
        choices = hosts if last else hosts[:1]
        choice = np.tile(choices, len(cost)).astype(np.int8)
        seats, room, cost = (np.repeat(table, len(choices), axis=0) for table in (seats, room, cost))
        seats = np.column_stack([seats, choice])
        room[np.arange(len(choice)), choice] -= cluster.demand[vm]
        for a, b, rate in pairs:
            if max(a, b) == last:
                cost = cost + rate * far[seats[:, a], seats[:, b]]
        fits = (room[np.arange(len(choice)), choice] >= 0).all(axis=1)
        seats, room, cost = seats[fits], room[fits], cost[fits]
    return float(cost.min() / sum(rate for _, _, rate in pairs))


if __name__ == "__main__":
    main(sys.argv[1:])
