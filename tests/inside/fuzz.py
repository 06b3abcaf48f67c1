"""Solve clusters with parts by every method and backend, and compare with brute force.

Run as ``python -m tests.inside.fuzz FIRST LAST``.
"""

from __future__ import annotations

import sys

import numpy as np

import vmopt
from tests.inside.brute import best, feasible
from tests.inside.draws import cluster
from vmopt.backends.base import Capability
from vmopt.bounds import RulePrices
from vmopt.bounds.pattern_bound import recheck_pattern_bound

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
    found = bound_faults(seed, instance, most)
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
        if solution.pattern_bound is not None:
            stated = vmopt.verify_pattern_bound(instance, solution.pattern_bound)
            proven = recheck_pattern_bound(instance, solution.pattern_bound)
            if proven.bound < most - 1e-9 or (proven.proven.all() and proven.bound > stated + 1e-6):
                found.append(f"{said}: patterns prove {proven.bound} anew, not {stated}, and the best is {most}")
        if method in ("exact", "auto") and solution.status is not vmopt.Status.OPTIMAL:
            found.append(f"{said}: not proven")
    return found


def bound_faults(seed: int, instance: vmopt.Instance, most: int) -> list[str]:
    """Bounds by prices that are below the best: those of the relaxation, and any prices of any limits."""
    draw, relaxed, found = np.random.default_rng(seed), vmopt.relax(instance), []
    proofs = [(relaxed.prices, relaxed.rule_prices)]
    limits, n_classes = instance.limits_in_force, len(instance.host_classes)
    of = [range(len(here.group)) for here in limits]
    rows = np.array([(r, g, c) for r, groups in enumerate(of) for g in groups for c in range(n_classes)])
    for _ in range(5 * bool(len(rows))):
        some = rows[draw.random(len(rows)) < draw.choice([0.1, 0.5])]
        prices = RulePrices(*some.T, draw.exponential(draw.choice([0.1, 1.0]), len(some)))
        proofs.append((draw.exponential(0.1, relaxed.prices.shape), prices))
    for prices, of_rules in proofs:
        bound = vmopt.verify_bound(instance, prices, of_rules)
        if bound < most - 1e-9:
            found.append(f"seed {seed}: bound {bound} is below {most} at prices {prices} and {of_rules}")
    return found


if __name__ == "__main__":
    wrong = 0
    for number in range(int(sys.argv[1]), int(sys.argv[2])):
        if number % 100 == 0:
            print(f"seed {number}", flush=True)
        for fault in faults(number):
            wrong += 1
            print(fault, flush=True)
    print(f"{wrong} faults")
