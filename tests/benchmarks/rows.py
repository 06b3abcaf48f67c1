"""Rows for tests of what is made of rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from benchmarks.results import Row

ROW = Row(
    set="generated",
    instance="flavor-10",
    seed=0,
    method="auto",
    backend=None,
    time_limit=10.0,
    requested_gap=1e-4,
    threads=2,
    vms=209,
    hosts=10,
    status="feasible",
    limit="time",
    objective=9.0,
    bound=10.0,
    bound_by="prices",
    gap=0.1,
    placed=150,
    build_seconds=0.1,
    solve_seconds=9.9,
    total_seconds=10.0,
    peak_memory_mb=150.0,
    verified=True,
    bound_verified=True,
    best_known=None,
    message="",
    history=[[0.1, 8.0, 12.0, "greedy-priority"], [9.9, 9.0, 10.0, "auto"]],
    versions="vmopt 0.1.0",
    machine="2 x processor, Linux",
    commit="abc",
    date="2026-01-01",
)


def row(**changes: Any) -> Row:
    """A row of a feasible solve with objective 9 and bound 10, but for the changes; the gap follows from them."""
    changed = replace(ROW, **changes)
    if "gap" in changes or not changed.bound:
        return changed
    return replace(changed, gap=(changed.bound - changed.objective) / changed.bound)
