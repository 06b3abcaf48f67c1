"""Runs PuLP in a process of its own: ``python -P child.py JOB``.

Reads ``job.pickle`` in the directory JOB and writes ``result.json`` there, or ends with an error. Started by
`vmopt.backends.pulp.backend`; needs nothing but PuLP, version 3 or 4.
"""

from __future__ import annotations

import contextlib
import inspect
import json
import math
import pickle
import signal
import sys
import time
import types
import warnings
from pathlib import Path
from typing import Any

CBC = ("COIN_CMD", "PULP_CBC_CMD")


def main(job: Path) -> None:
    """Do what the job orders: list the solvers, or solve a program with one of them."""
    warnings.simplefilter("ignore")  # PuLP 3 warns of PuLP 4 at every variable
    _spare_pulp_its_imports()
    signal.signal(signal.SIGINT, lambda *_: None)  # meant for the solver, which this process starts and waits for
    orders = pickle.loads((job / "job.pickle").read_bytes())
    result = _solve(orders, job) if "program" in orders else _solvers()
    unfinished = job / "result.part"
    unfinished.write_text(json.dumps(result))
    unfinished.rename(job / "result.json")


def _spare_pulp_its_imports() -> None:
    """Keep PuLP 4 from loading OR-Tools, whose HiGHS clashes with highspy, and a reader of logs that nobody asks for.

    Both load pandas, and together they would take most of the time of a small solve.
    """
    sys.modules["orloge"] = types.ModuleType("orloge")
    sys.modules["ortools"] = None  # type: ignore[assignment]


def _solvers() -> dict[str, Any]:
    """Return the solvers that PuLP finds on this machine, and the path of CBC where there is one."""
    import pulp

    bundled = getattr(pulp, "PULP_CBC_CMD", None)  # PuLP 3 only
    if bundled is not None and bundled(msg=False).available():
        cbc = bundled.pulp_cbc_path
    else:
        cbc = pulp.COIN_CMD(msg=False)
        cbc = cbc.available() and cbc.path
    return {"solvers": pulp.listSolvers(onlyAvailable=True), "cbc": str(cbc) if cbc else None}


def _solve(orders: dict[str, Any], job: Path) -> dict[str, Any]:
    import pulp

    problem, columns, rows = _problem(pulp, orders["program"])
    for column, value in zip(columns, orders["start"] or [], strict=False):
        column.setInitialValue(value, check=False)
    solver = _solver(pulp, orders, job)
    started = time.perf_counter()
    answer = problem.solve(solver)
    return {
        "seconds": time.perf_counter() - started,
        "limit": solver.timeLimit,
        "status": _status(problem, answer),
        "x": [column.varValue for column in columns],
        "duals": [_dual(constraints) for constraints in rows],
    }


def _status(problem: Any, answer: Any) -> list[Any]:
    """Return ["4", status, has a solution] from PuLP 4, ["3", status, status of the solution] from PuLP 3."""
    if hasattr(answer, "has_solution"):
        return ["4", int(answer.status), bool(answer.has_solution)]
    return ["3", problem.status, problem.sol_status]


def _problem(pulp: Any, program: dict[str, Any]) -> tuple[Any, list[Any], list[list[Any]]]:
    """Return the minimisation of minus the objective: no solver, file or log can then mix up the signs."""
    problem = pulp.LpProblem("vmopt", pulp.LpMinimize)
    expression = getattr(pulp.LpAffineExpression, "from_list", pulp.LpAffineExpression)
    columns = [
        problem.add_variable(f"x{j}", _limit(lower), _limit(upper), "Integer" if integer else "Continuous")
        for j, (lower, upper, integer) in enumerate(
            zip(program["lower"], program["upper"], program["integer"], strict=True)
        )
    ]
    problem.setObjective(expression([(columns[j], -value) for j, value in enumerate(program["objective"]) if value]))
    rows = []
    for i, (lower, upper, entries) in enumerate(
        zip(program["row_lower"], program["row_upper"], program["entries"], strict=True)
    ):
        terms = expression([(columns[j], value) for j, value in entries])
        rows.append(list(_constraints(problem, f"c{i}", terms, lower, upper)) if entries else [])
    return problem, columns, rows


def _constraints(problem: Any, name: str, terms: Any, lower: float, upper: float) -> Any:
    """Add a row and yield its constraints; a row with two different limits becomes two of them."""
    sides = [(name, "==", lower)] if lower == upper else [(name, "<=", upper), (f"{name}_lower", ">=", lower)]
    for title, sense, limit in sides:
        if math.isfinite(limit):
            comparison = {"==": terms.__eq__, "<=": terms.__le__, ">=": terms.__ge__}[sense](limit)
            added = problem.addConstraint(comparison, title)
            yield comparison if added is None else added  # PuLP 3 keeps the object it is given, PuLP 4 makes one


def _limit(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _dual(constraints: list[Any]) -> float | None:
    """Return the sum of the dual values of a row's constraints; None where the solver gives none."""
    values = [constraint.pi for constraint in constraints]
    return None if None in values else sum(values)


def _solver(pulp: Any, orders: dict[str, Any], job: Path) -> Any:
    """Make the solver with those of our options that it knows."""
    left = None if orders["deadline"] is None else max(0.01, orders["deadline"] - time.time())
    wanted = {
        "msg": False,
        "timeLimit": left,
        "gapRel": orders["gap"] if any(orders["program"]["integer"]) else None,
        "gapAbs": 0.0 if any(orders["program"]["integer"]) else None,
        "threads": orders["threads"] if orders["threads"] > 1 else None,
        "warmStart": True if orders["start"] else None,
        "path": orders["path"],
        "options": orders["options"],
        "logPath": str(job / "log.txt") if orders["solver"] in CBC else None,
    }
    kind = {known.name: known for known in pulp.apis._all_solvers}[orders["solver"]]
    known = inspect.signature(kind.__init__).parameters
    chosen = {name: value for name, value in wanted.items() if name in known and value is not None}
    with contextlib.suppress(AttributeError):
        pulp.v4_migration.set_v4_migration_warnings(False)
    return kind(**chosen)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
