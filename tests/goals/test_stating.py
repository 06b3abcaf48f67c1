"""How goals are stated: what reads well is taken, and what would say nothing is refused with the way to mend it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import vmopt
from vmopt import Balance, FewestHosts, InstanceError, Objective, PlacementError, Utilisation, verify_goal_bound
from vmopt.goals import parse_level

CLUSTER = vmopt.Instance.from_arrays([[2, 3], [4, 1]], [[8, 8], [6, 9]], resources=["cpu", "memory"])


@pytest.mark.parametrize(
    ("stated", "says"),
    [
        (lambda: Objective(levels=[FewestHosts]), r"is a class: give a goal of it, such as FewestHosts\(\)"),
        (lambda: Objective(levels=[FewestHosts(), Utilisation("tiers")]), "be the first level, alone"),
        (lambda: Objective(levels=[Utilisation("tiers") + FewestHosts()]), "be the first level, alone"),
        (lambda: Objective(slack=0.1), "no levels that could lose"),
        (lambda: Balance("cpu", level=0.5), "level belongs to kind 'above'"),
        (lambda: Balance("cpu", "above", target=2), "target belongs to kind 'ratio'"),
        (lambda: Balance("cpu", "spread", size=2), "size belongs to kind 'fragments'"),
        (lambda: Balance({"cpu": 1, "memory": 2}), "weighs no resources"),
        (lambda: Balance({"cpu": 2, "memory": 1}, "ratio"), "weighs no resources"),
        (lambda: FewestHosts() + 1, "1 is no goal"),
        (lambda: sum([FewestHosts(), 2]), "2 is no goal"),
        (lambda: parse_level("2 fewest-hosts * 3"), "are a --goal each"),
        (lambda: parse_level("utilisation, fewest-hosts"), "are a --goal each"),
        (lambda: CLUSTER.replace(objective=Objective(levels=[Balance("spread")])), "kind=spread is a kind"),
    ],
)
def test_what_would_say_nothing_is_refused(stated: Callable[[], Any], says: str) -> None:
    """Tests that nothing that was stated is left out without a word."""
    with pytest.raises(InstanceError, match=says):
        stated()


def test_equal_weights_say_nothing_else() -> None:
    """Tests that a mapping of equal weights is what a list of names is to kinds that weigh nothing."""
    equal = Balance({"cpu": 0.5, "memory": 0.5})
    assert equal.value(CLUSTER, [0, 1]) == Balance(["cpu", "memory"]).value(CLUSTER, [0, 1])


def test_sum_adds_goals_up() -> None:
    """Tests that Python's own sum makes a level of a list of goals."""
    terms = [FewestHosts(), 0.5 * Balance("cpu"), Balance("memory")]
    assert sum(terms) == FewestHosts() + 0.5 * Balance("cpu") + Balance("memory")
    assert eval(repr(sum(terms)), vars(vmopt)) == sum(terms)


def test_levels_are_shown_short() -> None:
    """Tests that a level of a solution, whose proof may be large, is shown in a line."""
    levels = [Utilisation(), FewestHosts()]
    solution = vmopt.solve(CLUSTER.replace(objective=Objective(levels=levels)), threads=1)
    assert repr(solution.levels[1]).startswith("Level(fewest-hosts: 1, bound 1 by ")


def test_who_rechecks_what_is_said() -> None:
    """Tests that whoever asks the wrong checker is sent to the right one."""
    instance = CLUSTER.replace(objective=Objective(levels=[Utilisation(), FewestHosts()]))
    solution = vmopt.solve(instance, threads=1)
    with pytest.raises(PlacementError, match="verify_bound rechecks"):
        verify_goal_bound(instance, solution, 0)
    with pytest.raises(PlacementError, match="no levels of goals"):
        verify_goal_bound(CLUSTER, vmopt.solve(CLUSTER, threads=1), 0)
    with pytest.raises(PlacementError, match="give the one that was solved, with its objective"):
        verify_goal_bound(CLUSTER, solution, 1)
