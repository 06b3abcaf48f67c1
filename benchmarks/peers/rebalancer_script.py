"""Runs Meta's Rebalancer: ``python rebalancer_script.py DIRECTORY``, with Python 3.12 or later and rebalancer 1.0.4.

VMs are its objects, hosts its containers, and one more container without limits holds the unplaced. Capacities are
constraints; the goal is to allocate as much value as can be.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from rebalancer import ProblemSolver

UNPLACED = "unplaced"
HIGHS = 2
"""The number, not the name: the binding of 1.0.4 refuses the name."""
MARGIN = 0.5
"""Seconds kept back for reading the answer."""


def main(directory: Path) -> None:
    """Read the job, solve it, write the answer."""
    begin = time.perf_counter()
    job = json.loads((directory / "job.json").read_text())
    problem = build(job)
    built = time.perf_counter() - begin
    problem.add_solver(solver(job["options"], job["time_limit"] - built - MARGIN))
    assignment = problem.solve()["assignment"]
    host_index = [_number(assignment[f"v{i}"]) for i in range(len(job["value"]))]
    # It calls its end OPTIMAL whether or not that is proven: the status is left to whoever reads this.
    (directory / "answer.json").write_text(json.dumps({"host_index": host_index, "build_seconds": built}))


def build(job: dict[str, Any]) -> ProblemSolver:
    """Describe objects, containers, capacities, goal, and the assignment to start from."""
    n_vms, capacity = len(job["value"]), job["capacity"]
    vms, hosts = [f"v{i}" for i in range(n_vms)], [f"h{j}" for j in range(len(capacity))]
    start: dict[str, list[str]] = {host: [] for host in [*hosts, UNPLACED]}
    for vm, host in zip(vms, job["start"], strict=True):
        start[hosts[host] if host >= 0 else UNPLACED].append(vm)
    problem = ProblemSolver(service_name="rebalancer", service_scope="benchmark")
    problem.set_object_name("vm").set_container_name("host").set_assignment(start)
    problem.set_run_id(f"seed-{job['seed']}").disable_solution_summary()
    for k in range(len(capacity[0])):
        demand = [float(row[k]) for row in job["demand"]]
        offered = {host: float(row[k]) for host, row in zip(hosts, capacity, strict=True)}
        problem.add_object_dimension(f"r{k}", dict(zip(vms, demand, strict=True)))
        problem.add_container_dimension(f"r{k}", {**offered, UNPLACED: sum(demand)})
        problem.add_constraint({"capacitySpec": {"name": f"capacity {k}", "scope": "host", "dimension": f"r{k}"}})
    # It divides the goal by the number of objects; values that count VMs of average worth stay above its tolerances.
    scale = n_vms**2 / sum(job["value"])
    problem.add_object_dimension("value", {vm: scale * value for vm, value in zip(vms, job["value"], strict=True)})
    allocated = {"name": "value", "scope": "host", "dimension": "value", "filter": {"itemsBlacklist": [UNPLACED]}}
    return problem.add_goal({"maximizeAllocationSpec": allocated})


def solver(options: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Return the specification of one of its solvers, for so many seconds."""
    if options["solver"] == "local":
        moves: list[dict[str, Any]] = [{"singleMoveTypeSpec": {}}, {"swapMoveTypeSpec": {}}]
        return {"localSearchSolverSpec": {"solveTime": max(1, int(seconds)), "moveTypeList": moves}}
    each: dict[str, Any] = {"solverPackage": HIGHS, "suppressLogs": True}
    if "gap" in options:
        each["xpressArgs"] = {"mip_rel_gap": options["gap"]}
    return {
        "optimalSubsetSolverSpec": {
            "alwaysChosenContainers": [UNPLACED],
            "containerChoice": {"RANDOM": float(options["hosts_per_subproblem"])},
            "overallTime": max(1.0, seconds),
            "perSubsetTime": options["seconds_per_subproblem"],
            "optimalConfig": each,
            "suppressLogs": True,
        }
    }


def _number(container: str) -> int:
    return -1 if container == UNPLACED else int(container[1:])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
