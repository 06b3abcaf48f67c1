"""Price ranges: what prices predict inside their ranges, against what is solved again.

    python -m benchmarks.price_ranges flavor --hosts 200 --seed 1
    python -m benchmarks.price_ranges trace --every 3 --nodes NODES.csv --pods PODS.csv.gz

Prints a row for each end of each range: what the price predicts that the objective changes by, what it changes by when
the relaxation is solved again, and how far apart the two are. The exit code is 1 if any two are further apart than a
tenth of the larger.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

import vmopt
from vmopt.explain.edits import in_unit_of
from vmopt.explain.pricing import PriceRange
from vmopt.model.columns import frozen

MOST_APART = 0.1
NOTHING = 1e-7
"""Part of the optimum below which a change is none."""


def main() -> int:
    """Read the arguments, and measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=["flavor", "trace"])
    parser.add_argument("--hosts", type=int, default=200, help="number of generated hosts")
    parser.add_argument("--nodes", help="list of nodes of the trace")
    parser.add_argument("--pods", help="list of pods of the trace")
    parser.add_argument("--every", type=int, default=1, help="take every n-th node of the trace")
    parser.add_argument("--seed", type=int, default=0, help="of the generated cluster; of the trace, the first node")
    parser.add_argument("--time-limit", type=float, default=60.0, help="seconds for the ranges")
    given = parser.parse_args()
    if given.what == "flavor":
        cluster = vmopt.generate("flavor", hosts=given.hosts, seed=given.seed)
    else:
        whole = vmopt.io.read_alibaba_gpu(given.nodes, given.pods)
        taken = slice(given.seed, None, given.every)
        names, capacity = tuple(whole.host_names)[taken], whole.as_columns()["capacity"][taken]
        cluster = whole.replace(capacity=capacity, host_names=names, host_labels=None)
    solution = vmopt.solve(cluster, gap=1e-3, time_limit=30)
    found = vmopt.sensitivity(solution, time_limit=given.time_limit)
    worst = max((show(row, *ends) for row in found.prices for ends in again(cluster, row)), default=0.0)
    print(f"{cluster!r}: at most {worst:.2%} apart; all ranges looked for: {found.complete}")
    return int(worst > MOST_APART)


def again(cluster: vmopt.Instance, row: PriceRange) -> Iterator[tuple[float, float, float, float]]:
    """Solve the relaxation at both ends of a range: capacity, predicted and actual change, and the optimum."""
    optimum = vmopt.relax(cluster).bound
    k, of = cluster.resources.index(row.resource), cluster.host_classes.of
    for end in sorted({row.least, row.most} - {row.capacity}):
        capacity = np.array(cluster.capacity)
        capacity[of == of[cluster.host_names.index_of[row.host]], k] = round(end * cluster.scale[k])
        changed = in_unit_of(cluster, replace(cluster, capacity=frozen(capacity)))
        yield end, row.predicted(end), vmopt.relax(changed).bound - optimum, optimum


def show(row: PriceRange, end: float, predicted: float, solved: float, optimum: float) -> float:
    """Print one end of a range, and return how far apart the two changes are, as part of the larger."""
    largest = max(abs(predicted), abs(solved))
    apart = abs(predicted - solved) / largest if largest > NOTHING * abs(optimum) else 0.0
    print(
        f"{row.host:24} {row.resource:10} {row.capacity:>10g} -> {end:<10g} {predicted:+.6g} {solved:+.6g} {apart:.2%}"
    )
    return apart


if __name__ == "__main__":
    sys.exit(main())
