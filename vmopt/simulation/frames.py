"""Timelines as tables, as text and as HTML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from vmopt.errors import ExtraError
from vmopt.plurals import count
from vmopt.simulation.course import Course
from vmopt.simulation.kinds import EventKind, VMState
from vmopt.simulation.measures import PriorityRow
from vmopt.summary.figures import number, percent, seconds
from vmopt.summary.layout import Fact, Table, facts_html, facts_text, table_html, table_text


def columns(timeline: Course, what: str) -> dict[str, Any]:
    """Return the columns of a table by name; kinds, states, VMs and hosts by their names, None where there is none."""
    array = getattr(timeline, what)
    table: dict[str, Any] = {name: array[name] for name in array.dtype.names}
    if what == "vms":
        table = {"vm": list(timeline.requests.vm_names), **table}
        table["state"] = [VMState(state).name.lower() for state in table["state"].tolist()]
    if what == "events":
        table["kind"] = [EventKind(kind).name.lower() for kind in table["kind"].tolist()]
        table["vm"] = _named(table["vm"], timeline.requests.vm_names)
        table["host"] = _named(table["host"], timeline.workload.instance.host_names)
    return table


def to_pandas(table: Mapping[str, Any]) -> Any:
    """Return columns as a DataFrame.

    Raises
    ------
    ExtraError
        If pandas is not installed.
    """
    try:
        import pandas  # type: ignore[import-untyped]
    except ModuleNotFoundError:
        raise ExtraError("to_frame needs pandas: pip install pandas, or use table(), which gives columns.") from None
    return pandas.DataFrame(dict(table))


def summary(timeline: Course) -> str:
    """Facts, and a table by priority, as plain text."""
    return f"{facts_text(facts(timeline))}\n\n{table_text(priorities(timeline.by_priority()))}"


def html(timeline: Course) -> str:
    """Facts, and a table by priority, as HTML."""
    return facts_html("Timeline", facts(timeline)) + table_html(priorities(timeline.by_priority()))


def facts(timeline: Course) -> list[Fact]:
    """What there is to say of a timeline as a whole."""
    vms, (begin, end) = timeline.vms, timeline.window
    done = int((vms["state"] == VMState.DONE).sum())
    used = timeline.mean_utilisation()
    rest = {
        "run on": int((vms["state"] == VMState.RUNNING).sum()),
        "wait": int((vms["state"] == VMState.WAITING).sum()),
        "starved": int(timeline.starved.sum()),
        "rejected": int(timeline.rejected.sum()),
    }
    others = ", ".join(f"{n:,} {word}" for word, n in rest.items() if n)
    lines = [
        Fact("policy", timeline.policy + (f", hosts shared by {timeline.reallocate}" if timeline.reallocate else "")),
        Fact("VMs", f"{done:,} of {count(len(vms), 'VM')} done" + (f"; {others}" if others else "")),
        Fact("utilisation", percent(used, 2), min(1.0, used)),
        Fact("weighted", f"{number(timeline.mean_weighted())} (both averaged from {begin:,.0f} to {end:,.0f} s)"),
    ]
    if timeline.n_preemptions:
        lines.append(Fact("preemptions", f"{timeline.n_preemptions:,}"))
    if timeline.n_moves:
        lines.append(Fact("moves", f"{timeline.n_moves:,}"))
    moments = count(int((timeline.series["decision_seconds"] > 0).sum()), "moment")
    lines.append(Fact("decisions", f"{seconds(timeline.decision_seconds)} of computing at {moments}"))
    return lines


def priorities(rows: tuple[PriorityRow, ...]) -> Table:
    """Waiting and slowdown by priority as cells of text."""
    header = (
        "priority",
        "VMs",
        "starved",
        "waits: mean",
        "50 %",
        "95 %",
        "99 %",
        "slowdown: mean",
        "50 %",
        "95 %",
        "99 %",
    )
    body = [
        (
            f"{row.priority:g}",
            f"{row.vms:,}",
            f"{row.starved:,}",
            *(f"{x:,.0f} s" for x in row.waiting),
            *(f"{x:,.2f}" for x in row.slowdown),
        )
        for row in rows
    ]
    return Table(header, body)


def _named(indices: Any, names: Any) -> list[str | None]:
    known = {index: names[index] for index in np.unique(indices).tolist() if index >= 0}
    return [known.get(index) for index in indices.tolist()]
