"""Tests of solutions side by side."""

from __future__ import annotations

from dataclasses import replace

import pytest

import vmopt
from tests.summary.builders import CLUSTER, cells_of, solution_of
from vmopt.comparison import Comparison, ComparisonRow
from vmopt.errors import InstanceError, OptionError


class TestComparison:
    """Solutions side by side."""

    good = solution_of(CLUSTER, [0, 0, 1, -1, -1], method="auto", backend="cp-sat", bound=3.0)
    poor = solution_of(CLUSTER, [-1, -1, -1, -1, 0], bound=4.0)

    def test_gap_against_best_bound(self):
        """Tests that every row is measured against the lowest bound of all."""
        table = Comparison.of([self.poor, self.good])
        assert table.bound == 3.0
        assert [row.gap for row in table] == [
            pytest.approx((3 - self.poor.objective) / 3),
            pytest.approx((3 - self.good.objective) / 3),
        ]
        assert table[0].bound == 4.0

    def test_sequence(self):
        """Tests that a comparison is a sequence of named tuples that keeps its solutions."""
        table = Comparison.of(iter([self.poor, self.good]))
        assert len(table) == 2
        assert isinstance(table[1], ComparisonRow)
        assert table[-1].method == "auto"
        assert table[:1] == (table[0],)
        assert table.solutions == (self.poor, self.good)
        assert table.best is self.good
        assert table[0].placed == 1

    def test_text(self):
        """Tests that the text has one aligned line for each solution under a header."""
        lines = str(Comparison.of([self.poor, self.good])).splitlines()
        assert lines[0].split() == ["method", "backend", "status", "objective", "bound", "gap", "placed", "seconds"]
        assert lines[1].split()[:3] == ["greedy-priority", "-", "feasible"]
        assert lines[2].split()[:2] == ["auto", "cp-sat"]
        assert len({len(line) for line in lines}) == 1

    def test_html(self):
        """Tests that the HTML has the cells of the text."""
        table = Comparison.of([self.poor, self.good])
        assert cells_of(table._repr_html_())[:2] == ["method", "backend"]
        assert "greedy-priority" in cells_of(table._repr_html_())

    def test_pandas(self):
        """Tests that pandas takes a comparison as it is, with the names of the columns."""
        pandas = pytest.importorskip("pandas")
        frame = pandas.DataFrame(Comparison.of([self.poor, self.good]))
        assert list(frame.columns) == list(ComparisonRow._fields)
        assert frame["placed"].tolist() == [1, 3]
        assert frame["status"].tolist() == ["feasible", "feasible"]

    def test_worthless(self):
        """Tests that an instance in which nothing is worth anything has a gap of 0."""
        nothing = solution_of(CLUSTER, [-1] * 5, bound=0.0, objective=0.0)
        assert Comparison.of([nothing])[0].gap == 0.0

    def test_nothing_to_compare(self):
        """Tests that an empty comparison is refused."""
        with pytest.raises(OptionError, match="nothing to compare"):
            Comparison.of([])

    def test_different_instances(self):
        """Tests that solutions of different instances are refused, and of equal ones taken."""
        other = solution_of(CLUSTER.replace(priority=[9, 3, 3, 2, 1]), [0, 0, 1, -1, -1])
        with pytest.raises(InstanceError, match="different instances"):
            Comparison.of([self.good, other])
        assert len(Comparison.of([self.good, solution_of(CLUSTER.replace(), [0, 0, 1, -1, -1])])) == 2


def test_a_placement_worth_less_than_nothing_beats_none():
    """Tests that the 0 of a search that found nothing is not taken for a placement."""
    cluster = vmopt.Instance.from_arrays([[1]], [[1]])
    nothing = vmopt.solve(cluster, method="exact", time_limit=0)
    assert nothing.status is vmopt.Status.NOT_FOUND
    placed = replace(vmopt.solve(cluster, threads=1), objective=-1.0)
    assert vmopt.Comparison.of([nothing, placed]).best is placed
