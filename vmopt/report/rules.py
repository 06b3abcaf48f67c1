"""Rules: which are kept, and what soft ones and limits cost."""

from __future__ import annotations

from dataclasses import dataclass

from vmopt.bounds import RulePrices
from vmopt.rules.broken import told
from vmopt.rules.text import shown_rule
from vmopt.solution import Solution
from vmopt.summary.figures import number

MOST_ROWS = 200


@dataclass(frozen=True)
class RuleRow:
    """A rule, and what became of it.

    Attributes
    ----------
    rule : str
    soft : bool
    violation, cost : float
        How much a soft one is broken, in its own unit, and what that takes off the objective.
    breach : str
        Where a hard one is broken, which no verified placement does.
    number : int
        Its position in the instance's.
    worth : float
        What its limits hold back at most, by the prices of the bound.
    """

    rule: str
    soft: bool
    violation: float
    cost: float
    breach: str = ""
    number: int = 0
    worth: float = 0.0

    @property
    def state(self) -> str:
        """What became of it in a word or two."""
        if self.breach:
            return "broken"
        return f"broken by {number(self.violation)}" if self.violation else "kept"

    @property
    def tone(self) -> str:
        """How good that is."""
        return "bad" if self.breach else "fair" if self.violation else "good"


def rules_of(solution: Solution, prices: RulePrices | None) -> list[RuleRow]:
    """Return all rules, the dearest first.

    Examples
    --------
    >>> import vmopt
    >>> rules = [vmopt.Spread("vm-*", penalty=0.25), vmopt.Ban("vm-0", "host-1")]
    >>> solved = vmopt.solve(vmopt.Instance.from_arrays([[4], [4]], [[8], [1]], rules=rules))
    >>> [(row.state, row.cost) for row in rules_of(solved, None)]
    [('broken by 1', 0.25), ('kept', 0.0)]
    """
    instance, rows = solution.instance, []
    worth = _worth(solution, prices)
    for n, here in enumerate(instance.rules_in_force):
        soft = here.penalty is not None
        size = here.violation(solution.host_index) if soft else 0.0
        broken = next(iter(told(instance.rules[n], here.breaches(solution.host_index))), None)
        cost = (here.penalty or 0.0) * size
        rows.append(RuleRow(shown_rule(instance.rules[n]), soft, size, cost, str(broken or ""), n, worth.get(n, 0.0)))
    return sorted(rows, key=lambda row: (not row.breach, -row.cost, -row.worth))


def _worth(solution: Solution, prices: RulePrices | None) -> dict[int, float]:
    """What the limits of each rule are worth together: ``sum limit * price``."""
    found: dict[int, float] = {}
    if prices is not None:
        for n, row in zip(prices.rule.tolist(), prices.table(solution.instance), strict=True):
            found[n] = found.get(n, 0.0) + row.limit * row.price
    return found
