"""Runs CP-SAT on the plain model: ``python cp_sat_script.py DIRECTORY``, with ortools.

One boolean per VM and host, one row per VM, one per host and resource: the multiple knapsack of its manual, with more
than one resource, and rows for rules. Nothing is merged, nothing is started from.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from ortools.sat.python import cp_model

LARGEST_OBJECTIVE = 10**12
"""Values become integers: the more digits, the closer, as long as their sum stays small for CP-SAT."""
MOST_BOOLEANS = 20_000_000
"""Several gigabytes; beyond this the machine would suffer, not the model end."""
Columns = list[list[cp_model.IntVar]]
MARGIN = 0.3
"""Seconds kept back for starting and for reading the answer."""


def main(directory: Path) -> None:
    """Read the job, solve it, write the answer."""
    begin = time.perf_counter()
    job = json.loads((directory / "job.json").read_text())
    model, x = build(job, scale := LARGEST_OBJECTIVE / sum(job["value"]))
    built = time.perf_counter() - begin
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(0.1, job["time_limit"] - built - MARGIN)
    solver.parameters.num_workers = job["threads"]
    solver.parameters.random_seed = job["seed"]
    solver.parameters.relative_gap_limit = job["gap"]
    solver.parameters.catch_sigint_signal = False
    status = solver.solve(model)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    answer = {
        "host_index": _host_index(solver, x) if found else None,
        "build_seconds": built,
        # Each value was rounded down by less than one unit.
        "bound": (solver.best_objective_bound + len(x)) / scale,
        "proven": status == cp_model.OPTIMAL,
    }
    (directory / "answer.json").write_text(json.dumps(answer))


def build(job: dict[str, Any], scale: float) -> tuple[cp_model.CpModel, Columns]:
    """Write the model down as it stands in the textbook."""
    if len(job["demand"]) * len(job["capacity"]) > MOST_BOOLEANS:
        sys.exit(f"the plain model has more than {MOST_BOOLEANS:,} booleans: it is not begun")
    model = cp_model.CpModel()
    demand, capacity = job["demand"], job["capacity"]
    vms, hosts, resources = range(len(demand)), range(len(capacity)), range(len(capacity[0]))
    x = [[model.new_bool_var(f"x_{i}_{h}") for h in hosts] for i in vms]
    for i in vms:
        model.add_at_most_one(x[i])
    for h in hosts:
        for k in resources:
            model.add(sum(demand[i][k] * x[i][h] for i in vms) <= capacity[h][k])
    for rule in job["rules"]:
        STATED[rule["rule"]](model, x, rule)
    model.maximize(sum(int(scale * job["value"][i]) * x[i][h] for i in vms for h in hosts))
    return model, x


def _spread(model: cp_model.CpModel, x: Columns, rule: dict[str, Any]) -> None:
    for group, most in enumerate(rule["most"]):
        rows = [x[i] for i in _members(rule["groups"], group)]
        for domain in range(1 + max(rule["domains"])):
            hosts = _members(rule["domains"], domain)
            model.add(sum(row[h] for row in rows for h in hosts) <= most)


def _fence(model: cp_model.CpModel, x: Columns, rule: dict[str, Any]) -> None:
    outside = _members(rule["domains"], -1)
    for i, group in enumerate(rule["groups"]):
        if group >= 0:
            model.add(sum(x[i][h] for h in outside) == 0)


def _whole(model: cp_model.CpModel, x: Columns, rule: dict[str, Any]) -> None:
    for group, least in enumerate(rule["least"]):
        members = _members(rule["groups"], group)
        runs = model.new_bool_var(f"runs_{group}")
        model.add(sum(sum(x[i]) for i in members) >= least * runs)
        for i in members:
            model.add(sum(x[i]) <= runs)


STATED = {"spread": _spread, "fence": _fence, "whole": _whole}
"""What it can say of rules: at most so many of a group in a domain, only in a domain, all of a group or none."""


def _members(numbers: list[int], number: int) -> list[int]:
    return [i for i, other in enumerate(numbers) if other == number]


def _host_index(solver: cp_model.CpSolver, x: Columns) -> list[int]:
    return [next((h for h, chosen in enumerate(row) if solver.boolean_value(chosen)), -1) for row in x]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
