"""How solutions, instances and relaxations show themselves: text for terminals, HTML for notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmopt.summary import facts, traffic
from vmopt.summary.layout import Table, facts_html, facts_text, table_html, table_text
from vmopt.summary.levels import tables_of

if TYPE_CHECKING:
    from vmopt.indicators import Indicators
    from vmopt.model.instance import Instance
    from vmopt.relaxation import Relaxation
    from vmopt.solution import Solution

__all__ = ["html", "instance_html", "instance_text", "relaxation_html", "relaxation_tables", "relaxation_text", "text"]

PER_UNIT = "What one more unit of each resource would be worth, in a host of each class:"
PER_LIMIT = "What one more VM, or unit of the resource, that a rule allows would be worth:"


def text(solution: Solution, indicators: Indicators | None = None) -> str:
    """Return what a solution is, in a few aligned lines.

    Parameters
    ----------
    solution : Solution
    indicators : Indicators, optional
        What it makes of traffic in a network.

    Returns
    -------
    str
        Status, objective, bound and where it comes from, gap, VMs placed and not, utilisation, method.
    """
    told = facts_text([*facts.of_solution(solution), *traffic.of_indicators(solution, indicators)])
    return "\n\n".join([told, *map(table_text, tables_of(solution))])


def html(solution: Solution) -> str:
    """Return what a solution is as an HTML table; names are escaped, colours are left to the page."""
    return facts_html("Solution", facts.of_solution(solution)) + "".join(map(table_html, tables_of(solution)))


def instance_text(instance: Instance) -> str:
    """Return what an instance holds, in a few aligned lines.

    Examples
    --------
    >>> from vmopt.model import Instance
    >>> print(instance_text(Instance.from_arrays([[4], [5]], [[8]], resources=["cpu"])))
    VMs         2 in 2 classes
    hosts       1 in 1 class
    objective   priority weighting
    priorities  all 1
    <BLANKLINE>
    resource  capacity  demand  demand / capacity
    cpu              8       9            112.5 %
    """
    return f"{facts_text(facts.of_instance(instance))}\n\n{table_text(facts.resources_of(instance))}"


def instance_html(instance: Instance) -> str:
    """Return what an instance holds as HTML."""
    return facts_html("Instance", facts.of_instance(instance)) + table_html(facts.resources_of(instance))


def relaxation_text(relaxation: Relaxation) -> str:
    """Return the bound, what is scarce, and the prices, as aligned lines."""
    prices = "\n\n".join(f"{title}\n\n{table_text(table)}" for title, table in relaxation_tables(relaxation))
    return f"{facts_text(facts.of_relaxation(relaxation))}\n\n{prices}"


def relaxation_html(relaxation: Relaxation) -> str:
    """Return the bound, what is scarce, and the prices, as HTML."""
    prices = "".join(f"<p>{title}</p>{table_html(table)}" for title, table in relaxation_tables(relaxation))
    return f"{facts_html('Relaxation', facts.of_relaxation(relaxation))}{prices}"


def relaxation_tables(relaxation: Relaxation) -> list[tuple[str, Table]]:
    """Tables of the prices of capacity and, where any costs something, of limits of rules, with their titles."""
    of_rules = facts.rule_prices_of(relaxation)
    more = [] if of_rules is None else [(PER_LIMIT, of_rules)]
    return [(PER_UNIT, facts.prices_of(relaxation)), *more]
