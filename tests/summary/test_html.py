"""Tests of what notebooks show."""

from __future__ import annotations

import re

from tests.summary.builders import CLUSTER, PRICES, cells_of, facts_of, relaxation_of, solution_of
from vmopt import summary


class TestHtml:
    """What notebooks show."""

    def test_solution(self):
        """Tests that the HTML of a solution says what its text says."""
        solution = solution_of(CLUSTER, [0, 0, 1, -1, -1])
        cells = cells_of(solution._repr_html_())
        for label, value in facts_of(solution.summary()).items():
            assert label in cells
            assert value in cells

    def test_escaped(self):
        """Tests that names cannot bring markup in."""
        evil = "<script>alert(1)</script>"
        instance = CLUSTER.replace(resources=[evil, "memory"], host_names=[evil, "&amp;"])
        for html in (
            summary.html(solution_of(instance, [0, 0, 1, -1, -1], method=evil, backend=evil, claimed_by=evil)),
            summary.instance_html(instance),
            summary.relaxation_html(relaxation_of(instance, PRICES)),
        ):
            assert "<script" not in html
            assert any("<script>" in cell for cell in cells_of(html))

    def test_no_colours(self):
        """Tests that the HTML names no colour of its own, so that it shows on dark and light pages."""
        html = summary.html(solution_of(CLUSTER, [0, 0, 1, -1, -1])) + summary.instance_html(CLUSTER)
        assert not re.search(r"#[0-9a-f]{3,6}\b|rgb|\b(white|black)\b|<style", html)

    def test_bars(self):
        """Tests that a bar is as long as the utilisation it stands for."""
        html = summary.html(solution_of(CLUSTER, [0, 0, 1, -1, -1]))
        assert "width: 75.0%" in html
