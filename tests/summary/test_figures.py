"""Tests of figures as people read them."""

from __future__ import annotations

import pytest

from tests.summary.builders import cells_of
from vmopt.summary import figures
from vmopt.summary.layout import Table, table_html, table_text


class TestFigures:
    """Numbers and percentages."""

    @pytest.mark.parametrize(
        ("x", "written"),
        [
            (0.0, "0"),
            (2.816423, "2.81642"),
            (999999.4, "999,999"),
            (1e6, "1,000,000"),
            (-12.5, "-12.5"),
            (1e-7, "1e-07"),
        ],
    )
    def test_number(self, x, written):
        """Tests that numbers have six digits, and no exponent where they are large."""
        assert figures.number(x) == written

    def test_number_not_finite(self):
        """Tests that infinite and undefined numbers are written, not crashed on."""
        assert figures.number(float("inf")) == "inf"
        assert figures.number(float("nan")) == "nan"

    @pytest.mark.parametrize(("low", "high"), [(1.0, 1.0 + 1e-9), (123456.1, 123456.2), (17306.0, 17307.0)])
    def test_apart(self, low, high):
        """Tests that two numbers that differ are written differently."""
        one, other = figures.apart(low, high)
        assert one != other

    def test_apart_equal(self):
        """Tests that equal numbers are written alike and short."""
        assert figures.apart(2.5, 2.5) == ("2.5", "2.5")

    @pytest.mark.parametrize("fraction", [1e-12, 1e-6, 9.9e-6])
    def test_percent_never_hides(self, fraction):
        """Tests that a small gap does not read as none."""
        assert figures.percent(fraction).startswith("< ")

    def test_percent_zero(self):
        """Tests that no gap reads as none."""
        assert figures.percent(0.0) == "0 %"


class TestTable:
    """Aligned tables."""

    def test_aligned(self):
        """Tests that text goes to the left and numbers to the right."""
        assert table_text(Table(("a", "b"), [("long", "1"), ("x", "22")])) == "a      b\nlong   1\nx     22"

    def test_html_rows(self):
        """Tests that the HTML has every cell once."""
        assert cells_of(table_html(Table(("a", "b"), [("x", "1 < 2")]))) == ["a", "b", "x", "1 < 2"]
