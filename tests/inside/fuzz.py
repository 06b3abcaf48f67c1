"""Solve clusters with parts by every method and backend, and compare with brute force.

Run as ``python -m tests.inside.fuzz --count 5000 --seed 0``: it tells how many it has done as it goes. CP-SAT proves
all of them there, and one of the other backends, each of which starts a process, one in `OTHERS`.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence

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


OTHERS = 8
SECONDS = 30.0
"""Between two lines that say how far it is."""


def backend_of(number: int) -> str:
    """One of the backends in turn."""
    backends = [info.name for info in vmopt.backends() if info.available and Capability.INTEGER in info.capabilities]
    return backends[number % len(backends)]


def faults(seed: int, backend: str | None = None) -> list[str]:
    """What any method claims that is not so, the exact one by this backend, or by one in turn."""
    hosts, vms = cluster(seed)
    instance, most = vmopt.Instance.from_rows(hosts, vms), best(hosts, vms)
    found = bound_faults(seed, instance, most)
    for method, by in [*WAYS, ("exact", backend or backend_of(seed))]:
        solution = vmopt.solve(
            instance, method=method, backend=by, gap=0, time_limit=20, threads=1, seed=1, ties="pack"
        )
        said = f"seed {seed}, {method} {by or ''}: {solution.status} {solution.objective} <= {solution.bound}"
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


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw one after the other; print what is wrong, and now and then how many were done."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(arguments)
    wrong, told = 0, time.monotonic()
    for n in range(asked.count):
        seed = asked.seed + n
        for fault in faults(seed, "cp-sat" if n % OTHERS else backend_of(n // OTHERS)):
            wrong += 1
            print(fault, flush=True)
        if time.monotonic() - told > SECONDS or n + 1 == asked.count:
            told = time.monotonic()
            print(f"{n + 1:,} instances, seeds {asked.seed} to {seed}: {wrong} wrong claims", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
