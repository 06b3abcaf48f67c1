"""Rules in a neighbourhood: what they demand of a few hosts while all other hosts stay as they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vmopt.arrays import IntArray
from vmopt.methods.packing.neighbours import Neighbourhood
from vmopt.methods.packing.occupancy import Occupancy
from vmopt.rules.program import Cells, RuleRows


def ruled(neighbourhood: Neighbourhood, occupancy: Occupancy) -> Neighbourhood:
    """Add to the sub-problem of a neighbourhood what rules demand; nothing where there are none.

    A rule that none of its VMs matters to is left out: nothing is decided that it speaks of.

    Parameters
    ----------
    neighbourhood : Neighbourhood
        What its hosts run counts as still there in `occupancy`.
    """
    problem = occupancy.problem
    if not problem.counted_rules:
        return neighbourhood
    outside = occupancy.placement()
    outside[np.isin(outside, neighbourhood.hosts)] = -1
    member = problem.members
    asked = np.flatnonzero(problem.counted_classes[:, neighbourhood.classes].any(axis=1))
    rules = [problem.counted_rules[number] for number in asked.tolist()]
    supply = np.zeros(len(member), dtype=np.int64)
    supply[neighbourhood.classes] = neighbourhood.problem.supply

    def translate(cells: IntArray, most: IntArray) -> RuleRows:
        vm_class = neighbourhood.classes[cells[:, 0]]
        columns = Cells(
            vm=member[vm_class],
            host=np.array(neighbourhood.hosts)[cells[:, 1]],
            upper=most,
            vm_class=vm_class,
            supply=supply,
            outside=outside,
            member=member,
        )
        rows = RuleRows(len(columns))
        for rule in rules:
            rule.translate(columns, rows)
        return rows

    return replace(neighbourhood, problem=replace(neighbourhood.problem, rules=translate))
