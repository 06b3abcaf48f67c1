"""Solve clusters with parts by every method and backend, and compare with brute force.

Run as ``python -m tests.inside.fuzz FIRST LAST``.
"""

from __future__ import annotations

import sys

import vmopt
from tests.inside.brute import best, feasible
from tests.inside.draws import cluster
from vmopt.backends.base import Capability

HEURISTIC = ("greedy-priority", "greedy-demand", "price-guided")
WAYS: list[tuple[str, str | None]] = [
    ("auto", None),
    ("neighbourhood", None),
    ("column-generation", None),
    *[(name, None) for name in HEURISTIC],
]


def ways(seed: int) -> list[tuple[str, str | None]]:
    """All methods, and one of the backends in turn."""
    backends = [info.name for info in vmopt.backends() if info.available and Capability.INTEGER in info.capabilities]
    return [*WAYS, ("exact", backends[seed % len(backends)])]


def faults(seed: int) -> list[str]:
    """What any of them claims that is not so."""
    hosts, vms = cluster(seed)
    instance, most = vmopt.Instance.from_rows(hosts, vms), best(hosts, vms)
    found = []
    for method, backend in ways(seed):
        solution = vmopt.solve(
            instance, method=method, backend=backend, gap=0, time_limit=20, threads=1, seed=1, ties="pack"
        )
        said = f"seed {seed}, {method} {backend or ''}: {solution.status} {solution.objective} <= {solution.bound}"
        if not feasible(hosts, vms, solution.host_index.tolist()):
            found.append(f"{said}: does not fit")
        if vmopt.verify(instance, solution) or vmopt.check_landings(instance, solution.host_index, solution.parts):
            found.append(f"{said}: breaches")
        if solution.objective > most + 1e-9 or solution.bound < most - 1e-9:
            found.append(f"{said}: the best is {most}")
        if solution.status is vmopt.Status.OPTIMAL and abs(solution.objective - most) > 1e-9:
            found.append(f"{said}: optimal is {most}")
        if method in ("exact", "auto") and solution.status is not vmopt.Status.OPTIMAL:
            found.append(f"{said}: not proven")
    return found


if __name__ == "__main__":
    wrong = 0
    for number in range(int(sys.argv[1]), int(sys.argv[2])):
        for fault in faults(number):
            wrong += 1
            print(fault, flush=True)
    print(f"{wrong} faults")
