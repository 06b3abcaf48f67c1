"""How plans show themselves: text for terminals, HTML for notebooks."""

from __future__ import annotations

from vmopt.change.action import Kind
from vmopt.change.action_graph import ActionGraph
from vmopt.change.settings import Settings
from vmopt.plurals import count, first_of
from vmopt.rules.hard import hard_ones
from vmopt.rules.keep import Keep
from vmopt.summary.figures import number
from vmopt.summary.layout import Fact, Table, facts_html, facts_text, table_html, table_text

MOST_ROWS = 40
NAMED = 10
TELLING = 1e6
"""Seconds, twelve days: no plan takes longer whose bandwidth is known."""
WAITS_SHOWN = 4


def facts_of(plan: ActionGraph) -> list[Fact]:
    """What becomes of a plan, in a few lines."""
    facts = [Fact("plan", plan.outcome.value)]
    if plan.actions:
        kinds = [(kind, plan.count(kind)) for kind in Kind if plan.count(kind)]
        facts.append(Fact("actions", ", ".join(f"{many:,} {kind.value}" for kind, many in kinds)))
        limits = f"at most {plan.settings.at_once} at once, {plan.settings.per_host} on a host"
        one_by_one = sum(action.seconds for action in plan.actions)
        facts.append(Fact("time", f"{number(plan.makespan)} s, {limits}; {number(one_by_one)} s one by one"))
    if plan.makespan > TELLING and plan.settings.bandwidth == Settings.bandwidth:
        facts.append(
            Fact("pace", "memory is copied at 1 of its unit a second: say the bandwidth for times that tell more")
        )
    if kept := _kept(plan):
        facts.append(Fact("kept", f"{first_of(kept, NAMED)}: a rule forbids that they move, so they stop"))
    if plan.n_parked:
        facts.append(Fact("parked", f"{count(plan.n_parked, 'move')} more than needed, to break circles"))
    if plan.blocking:
        facts.append(Fact("stuck", first_of(plan.blocking, NAMED)))
    if plan.forbidden:
        facts.append(Fact("ruled out", "; ".join(map(str, plan.forbidden))))
    return facts


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
    rows = []
    begin = plan.begins.tolist()
    for place, action in enumerate(plan.actions[:most]):
        waits = sorted(plan.graph.predecessors(place))
        more = " ..." if len(waits) > WAITS_SHOWN else ""
        rows.append(
            [
                action.kind.value,
                plan.vm_name(action),
                plan.host_name(action.source),
                plan.host_name(action.target),
                str(place),
                ", ".join(map(str, waits[:WAITS_SHOWN])) + more,
                number(begin[place]),
                number(action.seconds),
            ]
        )
    left = len(plan.actions) - len(rows)
    if left:
        rows.append([f"and {left:,} more", *[""] * 7])
    return Table(("action", "VM", "from", "to", "number", "waits for", "begins", "seconds"), rows, n_left=4)


def text(plan: ActionGraph) -> str:
    """Return a plan as aligned plain text."""
    told = facts_text(facts_of(plan))
    return f"{told}\n\n{table_text(table_of(plan))}" if plan.actions else told


def html(plan: ActionGraph) -> str:
    """Return a plan as HTML tables."""
    return facts_html("Plan", facts_of(plan)) + (table_html(table_of(plan)) if plan.actions else "")
