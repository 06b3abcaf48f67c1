"""PuLP's codes and CBC's log as data, and what they mean here."""

from __future__ import annotations

import re
from math import inf

from vmopt.status import Limit, Status

Meaning = tuple[Status, Limit | None]

PULP_3: dict[tuple[int, int], Meaning] = {
    (1, 1): (Status.OPTIMAL, None),  # (Optimal, Optimal)
    (1, 2): (Status.FEASIBLE, Limit.TIME),  # (Optimal, Integer Feasible): what PuLP 3 says at a time-out
    (0, 2): (Status.FEASIBLE, Limit.TIME),
    (-3, 2): (Status.FEASIBLE, Limit.TIME),
    (-1, -1): (Status.INFEASIBLE, None),
    (-1, 0): (Status.INFEASIBLE, None),  # CBC's "Integer infeasible"
    (-2, -2): (Status.NOT_FOUND, None),  # Unbounded
    (0, 0): (Status.NOT_FOUND, Limit.TIME),
    (0, -1): (Status.NOT_FOUND, Limit.TIME),  # Not Solved, which PuLP 3 takes for "no solution exists" by default
    (-3, -1): (Status.NOT_FOUND, None),  # Undefined
    (-3, 0): (Status.NOT_FOUND, None),
}
"""What a pair (status, sol_status) of PuLP 3 means; a pair not listed proves nothing."""

PULP_4: dict[int, Meaning] = {
    0: (Status.NOT_FOUND, None),  # NotSolved
    1: (Status.OPTIMAL, None),
    -1: (Status.INFEASIBLE, None),
    -2: (Status.NOT_FOUND, None),  # Unbounded
    -3: (Status.NOT_FOUND, None),  # Undefined
    -4: (Status.NOT_FOUND, Limit.TIME),
    -5: (Status.NOT_FOUND, Limit.MEMORY),
    -6: (Status.NOT_FOUND, Limit.NODES),
    -7: (Status.OPTIMAL, None),  # GapLimit: within the gap that was asked for
    -8: (Status.NOT_FOUND, Limit.NODES),  # IterationLimit
    -9: (Status.NOT_FOUND, Limit.NODES),  # SolutionLimit
    -10: (Status.NOT_FOUND, Limit.INTERRUPTED),
    -11: (Status.NOT_FOUND, Limit.TIME),  # Stopped
    -12: (Status.NOT_FOUND, None),  # NumericalError
}
"""What an LpSolveStatus of PuLP 4 means; NOT_FOUND becomes FEASIBLE where there is a solution."""

UNBOUNDED = -2


def read(line: str, status: int, solution: int) -> Meaning:
    """Return what PuLP says, from either line; an unknown code proves nothing.

    Examples
    --------
    >>> read("3", 1, 2)[0].value, read("4", -4, True)[0].value, read("4", 99, True)[0].value
    ('feasible', 'feasible', 'feasible')
    """
    if line == "3":
        return PULP_3.get((status, solution), (Status.FEASIBLE if solution in (1, 2) else Status.NOT_FOUND, None))
    meaning, limit = PULP_4.get(status, (Status.NOT_FOUND, None))
    if solution:
        return (Status.FEASIBLE if meaning is Status.NOT_FOUND else meaning), limit
    return (Status.NOT_FOUND if meaning is Status.OPTIMAL else meaning), limit


NUMBER = r"(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)"
STATED_BOUNDS = (rf"^Cbc0005I .*best possible {NUMBER}", rf"^Lower bound:\s+{NUMBER}")


def cbc_bound(log: str) -> float:
    r"""Return the lower bound of a minimisation with which a log of CBC ends, minus infinity where it states none.

    Only the last words count: in between, CBC also logs the bounds of smaller problems that its heuristics solve. It
    prints few digits, so that one unit of the last one is given away. Stopped in its first linear program it states
    bounds beyond its own best point, which are worth nothing.

    Examples
    --------
    >>> cbc_bound("Result - Stopped on time limit\nLower bound:                    -57.25\n")
    -57.26
    >>> cbc_bound("Cbc0005I Partial search - best objective -64.7 (best possible 380.1), took\nLower bound: -64.7\n")
    -inf
    """
    ends = re.findall(rf"^Cbc0005I .*best objective {NUMBER} \(best possible {NUMBER}\)", log, re.MULTILINE)[-1:]
    if any(float(possible) - _last_digit(possible) > float(best) for best, possible in ends):
        return -inf
    stated = [re.findall(pattern, log, re.MULTILINE)[-1:] for pattern in STATED_BOUNDS]
    return max((float(text[0]) - _last_digit(text[0]) for text in stated if text), default=-inf)


def cbc_found_optimum(log: str) -> bool:
    """Whether a log of CBC says that it ended with an optimum, exact or within the gap, and not at a limit."""
    return re.search(r"^Result - Optimal solution found", log, re.MULTILINE) is not None


def cbc_searched_all(log: str) -> bool:
    """Whether a log of CBC says that nothing was left to search, so that the best point is optimal whatever the gap."""
    return re.search(r"^Result - Optimal solution found\s*$", log, re.MULTILINE) is not None


def _last_digit(text: str) -> float:
    """Return what one unit of the last digit is worth: 0.01 in 57.25."""
    mantissa, _, exponent = text.partition("e")
    return 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
