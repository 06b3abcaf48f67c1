"""Tests of the text of solutions."""

from __future__ import annotations

import numpy as np
import pytest

from tests.summary.builders import CLUSTER, facts_of, solution_of
from vmopt import summary
from vmopt.model.instance import Instance
from vmopt.status import Limit, Status
from vmopt.summary import figures


class TestSolutionText:
    """The lines of a solution."""

    def test_lines(self):
        """Tests that every line of a summary says what the solution holds."""
        solution = solution_of(CLUSTER, [0, 0, 1, -1, -1])
        facts = facts_of(solution.summary())
        assert facts["status"] == "feasible (not proven)"
        assert facts["objective"] == figures.number(solution.objective)
        assert facts["bound"].startswith(figures.number(solution.bound) + ", proven by prices")
        assert facts["gap"] == figures.percent(solution.gap)
        assert facts["placed"] == "3 of 5 VMs"
        assert facts["cpu used"] == "75.0 %"
        assert facts["memory used"] == "39.6 %"
        assert facts["method"] == "greedy-priority, 0.250 s, seed 3"

    def test_unplaced_by_priority(self):
        """Tests that unplaced VMs are told by priority, the highest first."""
        facts = facts_of(summary.text(solution_of(CLUSTER, [0, -1, 1, -1, -1])))
        assert facts["unplaced"] == "3 VMs (priority 5: 0 of 1; 3: 1 of 2; 2: 1 of 1; 1: 1 of 1)"

    def test_unplaced_one_priority(self):
        """Tests that priorities are left out where there is only one."""
        instance = CLUSTER.replace(priority=None)
        assert facts_of(summary.text(solution_of(instance, [0, 0, 1, -1, 1])))["unplaced"] == "1 VM"

    def test_unplaced_many_priorities(self):
        """Tests that a different priority for every VM does not flood the summary."""
        instance = Instance.from_arrays([[1]] * 500, [[1]], priority=np.arange(1.0, 501.0))
        text = summary.text(solution_of(instance, [-1] * 500))
        assert facts_of(text)["unplaced"].endswith("495: 1 of 1; 494 lower priorities)")
        assert "(priority 500: 1 of 1; 499:" in text
        assert len(text.splitlines()) < 15

    def test_all_placed(self):
        """Tests that nothing is said of unplaced VMs where there are none."""
        assert "unplaced" not in summary.text(solution_of(CLUSTER.replace(capacity=[[99, 99], [9, 9]]), [0] * 5))

    def test_gap_shows_in_the_numbers(self):
        """Tests that objective and bound read differently where there is a gap, however small."""
        solution = solution_of(CLUSTER, [0, 0, 1, -1, -1])
        facts = facts_of(summary.text(solution_of(CLUSTER, [0, 0, 1, -1, -1], bound=solution.objective * (1 + 1e-8))))
        assert facts["objective"] != facts["bound"].partition(",")[0]

    @pytest.mark.parametrize("limit", Limit)
    def test_every_limit(self, limit):
        """Tests that every reason to stop has words."""
        told = facts_of(summary.text(solution_of(CLUSTER, [0, 0, 1, -1, -1], limit=limit)))["status"]
        assert limit.value.removesuffix("s") in told

    @pytest.mark.parametrize("status", Status)
    def test_every_status(self, status):
        """Tests that every status has words, and that no objective is claimed where there is no placement."""
        facts = facts_of(summary.text(solution_of(CLUSTER, [-1] * 5, status=status)))
        assert facts["status"].startswith(f"{status.value} (")
        assert ("objective" in facts) == (status in (Status.OPTIMAL, Status.FEASIBLE))

    def test_claimed_bound(self):
        """Tests that a bound nobody can recheck is called a claim, with the name of who claims it."""
        text = summary.text(solution_of(CLUSTER, [0, 0, 1, -1, -1], claimed_by="cp-sat"))
        assert "claimed by cp-sat" in text

    def test_no_trailing_spaces(self):
        """Tests that lines end where their text ends, and that none is longer than 100 columns."""
        instance = CLUSTER.replace(priority=[1, 2, 3, 4, 5])
        lines = summary.text(solution_of(instance, [-1] * 5)).splitlines()
        assert all(line == line.rstrip() and len(line) <= 100 for line in lines)
