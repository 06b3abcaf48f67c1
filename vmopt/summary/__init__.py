"""How solutions, instances and relaxations show themselves: text for terminals, HTML for notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from vmopt.summary import instances, relaxations, solutions
from vmopt.summary.layout import Fact, Table, facts_html, facts_text, table_html, table_text
from vmopt.summary.levels import tables_of

if TYPE_CHECKING:
    from vmopt.model.instance import Instance
    from vmopt.relaxation import Relaxation
    from vmopt.solution import Solution

__all__ = ["html", "instance_html", "instance_text", "relaxation_html", "relaxation_tables", "relaxation_text", "text"]

PER_UNIT = "What one more unit of each resource would be worth, in a host of each class:"
PER_LIMIT = "What one more VM, or unit of the resource, that a rule allows would be worth:"


def text(solution: Solution, more: Sequence[Fact] = ()) -> str:
    """Return what a solution is, in a few aligned lines.

    Parameters
    ----------
    solution : Solution
    more : sequence of Fact
        What else is to be said of it, such as what it makes of traffic in a network.

    Returns
    -------
    str
        Status, objective, bound and where it comes from, gap, VMs placed and not, utilisation, method.
    """
    told = facts_text([*solutions.facts(solution), *more])
    return "\n\n".join([told, *map(table_text, tables_of(solution))])


def html(solution: Solution) -> str:
    """Return what a solution is as an HTML table; names are escaped, colours are left to the page."""
    return facts_html("Solution", solutions.facts(solution)) + "".join(map(table_html, tables_of(solution)))


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
    return f"{facts_text(instances.facts(instance))}\n\n{table_text(instances.resources_of(instance))}"


def instance_html(instance: Instance) -> str:
    """Return what an instance holds as HTML."""
    return facts_html("Instance", instances.facts(instance)) + table_html(instances.resources_of(instance))


def relaxation_text(relaxation: Relaxation) -> str:
    """Return the bound, what is scarce, and the prices, as aligned lines."""
    prices = "\n\n".join(f"{title}\n\n{table_text(table)}" for title, table in relaxation_tables(relaxation))
    return f"{facts_text(relaxations.facts(relaxation))}\n\n{prices}"


def relaxation_html(relaxation: Relaxation) -> str:
    """Return the bound, what is scarce, and the prices, as HTML."""
    prices = "".join(f"<p>{title}</p>{table_html(table)}" for title, table in relaxation_tables(relaxation))
    return f"{facts_html('Relaxation', relaxations.facts(relaxation))}{prices}"


def relaxation_tables(relaxation: Relaxation) -> list[tuple[str, Table]]:
    """Tables of the prices of capacity and, where any costs something, of limits of rules, with their titles."""
    of_rules = relaxations.rule_prices_of(relaxation)
    more = [] if of_rules is None else [(PER_LIMIT, of_rules)]
    return [(PER_UNIT, relaxations.prices_of(relaxation)), *more]
