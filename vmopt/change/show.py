"""How plans show themselves: text for terminals, HTML for notebooks."""

from __future__ import annotations

from vmopt.change.action import Kind
from vmopt.change.action_graph import ActionGraph
from vmopt.plurals import count, first_of
from vmopt.rules.hard import hard_ones
from vmopt.rules.keep import Keep
from vmopt.summary.figures import number
from vmopt.summary.layout import Fact, Table, facts_html, facts_text, table_html, table_text

MOST_ROWS = 40
NAMED = 10
UNPACED = "not known: say how much memory is copied in a second (bandwidth)"
WAITS_SHOWN = 4
ORDER, TIMES = ("action", "VM", "from", "to", "number", "waits for"), ("begins", "seconds")


def facts_of(plan: ActionGraph) -> list[Fact]:
    """What becomes of a plan, in a few lines."""
    facts = [Fact("plan", plan.outcome.value)]
    if plan.actions:
        kinds = [(kind, plan.count(kind)) for kind in Kind if plan.count(kind)]
        facts.append(Fact("actions", ", ".join(f"{many:,} {kind.value}" for kind, many in kinds)))
        limits = f"at most {plan.settings.at_once} at once, {plan.settings.per_host} on a host"
        facts.append(Fact("time", f"{_time_of(plan)}, {limits}" if plan.is_paced else f"{UNPACED}; {limits}"))
    if kept := _kept(plan):
        facts.append(Fact("kept", f"{first_of(kept, NAMED)}: a rule forbids that they move, so they stop"))
    if plan.n_parked:
        facts.append(Fact("parked", f"{count(plan.n_parked, 'move')} more than needed, to break circles"))
    if plan.blocking:
        facts.append(Fact("stuck", first_of(plan.blocking, NAMED)))
    if plan.forbidden:
        facts.append(Fact("ruled out", "; ".join(map(str, plan.forbidden))))
    return facts


def _time_of(plan: ActionGraph) -> str:
    one_by_one = sum(action.seconds for action in plan.actions)
    return f"{number(plan.makespan)} s ({number(one_by_one)} s one by one)"


def _kept(plan: ActionGraph) -> list[str]:
    """Name VMs that stop because a hard `Keep` lets them move nowhere."""
    held = [here.group.inside for here in hard_ones(plan.instance, Keep)]
    stops = [action for action in plan.actions if action.kind is Kind.STOP]
    return [plan.vm_name(action) for action in stops if any(inside[action.vm] for inside in held)]


def table_of(plan: ActionGraph, most: int | None = MOST_ROWS) -> Table:
    """Actions in an order that works one by one, with the first ones that each waits for.

    Parameters
    ----------
    plan : Plan
    most : int, optional
        Rows to show; None for all.
    """
    rows, header = [], (*ORDER, *TIMES) if plan.is_paced else ORDER
    begin = plan.begins.tolist()
    for place, action in enumerate(plan.actions[:most]):
        waits = sorted(plan.graph.predecessors(place))
        more = " ..." if len(waits) > WAITS_SHOWN else ""
        row = [
            action.kind.value,
            plan.vm_name(action),
            plan.host_name(action.source),
            plan.host_name(action.target),
            str(place),
            ", ".join(map(str, waits[:WAITS_SHOWN])) + more,
            number(begin[place]),
            number(action.seconds),
        ]
        rows.append(row[: len(header)])
    left = len(plan.actions) - len(rows)
    if left:
        rows.append([f"and {left:,} more", *[""] * (len(header) - 1)])
    return Table(header, rows, n_left=4)


def text(plan: ActionGraph) -> str:
    """Return a plan as aligned plain text."""
    told = facts_text(facts_of(plan))
    return f"{told}\n\n{table_text(table_of(plan))}" if plan.actions else told


def html(plan: ActionGraph) -> str:
    """Return a plan as HTML tables."""
    return facts_html("Plan", facts_of(plan)) + (table_html(table_of(plan)) if plan.actions else "")
