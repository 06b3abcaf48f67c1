"""What notebooks show: names are text in every HTML that an object makes of itself."""

from __future__ import annotations

import pytest

import vmopt
from tests.report.clusters import HOSTILE
from tests.report.reading import Page

TAGS = {
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "span",
    "p",
    "br",
    "pre",
    "div",
    "h3",
    "h4",
    "ul",
    "li",
    "b",
    "code",
}
MADE = {
    "solution": lambda given: given,
    "instance": lambda given: given.instance,
    "relaxation": lambda given: vmopt.relax(given.instance),
    "explanations": vmopt.explain,
    "ranking": lambda given: vmopt.rank_hosts(given, given.unplaced[0]),
    "plan": lambda given: vmopt.plan(given, tries=0, least_gain=None),
    "difference": lambda given: vmopt.what_if(given).drain(HOSTILE[1]).solve(gap=0, threads=1),
}


@pytest.mark.parametrize("name", MADE)
def test_names_make_no_elements(name, hostile):
    page = Page(MADE[name](hostile)._repr_html_())
    assert {tag for tag, _ in page.elements} <= TAGS
    assert {key for _, attributes in page.elements for key in attributes} <= {"style", "colspan", "class"}
