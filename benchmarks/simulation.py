"""Policies over time: the Alibaba trace on its first nodes or on every n-th one, and generated requests.

    python -m benchmarks.simulation trace --nodes openb_node_list_all_node.csv --pods openb_pod_list_default.csv.gz
    python -m benchmarks.simulation trace --nodes ... --pods ... --every 100
    python -m benchmarks.simulation seeds

Prints one row a policy: seconds of wall clock, averages over time from the first arrival to the last, and waits by
priority. Everything but the seconds is the same on every machine, as long as the clock cuts no decision short.
"""

from __future__ import annotations

import argparse
import time

import vmopt
from vmopt.model.requests import Requests

POLICIES = (
    "fcfs",
    "priority",
    "priority-ageing",
    "demand-largest",
    "demand-smallest",
    "backfill",
    "optimal",
    "optimal:myopic",
)


def main() -> None:
    """Read the arguments, and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("what", choices=["trace", "seeds"])
    parser.add_argument("--nodes", help="list of nodes of the trace")
    parser.add_argument("--pods", help="list of pods of the trace")
    parser.add_argument("--hosts", type=int, help="number of hosts; default 600 of the trace, 20 generated ones")
    parser.add_argument("--every", type=int, help="take every n-th node of the trace instead of the first ones")
    parser.add_argument("--load", type=float, help="squeeze the arrivals to this offered load; generated: 1.3")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--policies", default=",".join(POLICIES))
    given = parser.parse_args()
    policies = given.policies.split(",")
    if given.what == "trace":
        wanted = None if given.every else given.hosts or 600
        hosts, requests = vmopt.io.read_alibaba_requests(given.nodes, given.pods, hosts=wanted)
        if given.every:
            names = tuple(hosts.host_names)[:: given.every]
            capacity = hosts.as_columns()["capacity"][:: given.every]
            hosts = hosts.replace(capacity=capacity, host_names=names, host_labels=None)
        measure(hosts, requests if given.load is None else requests.at_load(given.load, hosts), policies)
    else:
        for seed in range(given.seeds):
            print(f"seed {seed}")
            measure(*vmopt.generate_requests(hosts=given.hosts or 20, load=given.load or 1.3, seed=seed), policies)


def measure(hosts: vmopt.Instance, requests: Requests, policies: list[str]) -> None:
    """Simulate these requests under each policy; print a row as soon as it is there."""
    print(f"{requests!r} on {hosts.n_hosts} hosts, offered load {requests.offered_load(hosts):.4f}")
    for policy in policies:
        begun = time.perf_counter()
        timeline = vmopt.simulate(hosts, requests, policy=policy)
        seconds = time.perf_counter() - begun
        row = vmopt.PolicyComparison([timeline])[0]
        waits = "  ".join(
            f"P{level.priority:g} {level.waiting.mean:,.0f}/{level.waiting.p95:,.0f}"
            for level in timeline.by_priority()
        )
        print(
            f"{policy:16} {seconds:7.1f} s  weighted {row.weighted:.5f}  utilisation {row.utilisation:.5f}  "
            f"slowdown {row.slowdown_mean:.2f}  starved {row.starved}  rejected {row.rejected}  "
            f"waits (mean/95 %, s) {waits}",
            flush=True,
        )


if __name__ == "__main__":
    main()
