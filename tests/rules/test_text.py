"""Rules as text: what each form means, that writing is the inverse of reading, and what is refused."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vmopt
from tests.rules.stated import rules
from tests.thorough import few
from vmopt.errors import InstanceError
from vmopt.rules import RULES, Groups, parse_rule, rule_text

APP = Groups.labelled("app")


@pytest.mark.parametrize("name", RULES)
@settings(max_examples=few(60), deadline=None)
@given(data=st.data())
def test_reading_what_was_written_gives_an_equal_rule(name: str, data: Any) -> None:
    """Tests the round trip of every rule, with names and labels that look like something else."""
    rule = data.draw(rules(name, columns=False))
    assert parse_rule(rule_text(rule)) == rule


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("spread(app, over=rack, most=2)", vmopt.Spread(APP, over="rack", most=2)),
        ("  SPREAD ( app , rack , 2 , ) ", vmopt.Spread(APP, over="rack", most=2)),
        ("spread(app=web)", vmopt.Spread(Groups.labelled("app", "web"))),
        ("spread(groups=app=web)", vmopt.Spread(Groups.labelled("app", "web"))),
        ("spread(app=*)", vmopt.Spread(APP)),
        ("spread(app='*')", vmopt.Spread(Groups.labelled("app", "*"))),
        ("spread('over'=*)", vmopt.Spread(Groups.labelled("over"))),
        ("spread('web 1')", vmopt.Spread("web 1")),
        ('spread([web-1, "web 2"])', vmopt.Spread(["web-1", "web 2"])),
        ("spread([[a, b], [c]], most=[1, 2])", vmopt.Spread([["a", "b"], ["c"]], most=[1, 2])),
        ("spread(web-*)", vmopt.Spread("web-*")),
        ("apart(a=web, b=db)", vmopt.Apart(Groups.labelled("web"), Groups.labelled("db"))),
        ("apart(app=web, app=db)", vmopt.Apart(Groups.labelled("app", "web"), Groups.labelled("app", "db"))),
        ("quota(2.5, resource=cpu, of=app)", vmopt.Quota(2.5, resource="cpu", of=APP)),
        ("Limit(5)", vmopt.Quota(5)),
        ("quota(5, over=None, of=None)", vmopt.Quota(5)),
        ("must_run([db])", vmopt.MustRun("db")),
        ("MustRun(app)", vmopt.MustRun(APP)),
        ("skew(app, rack, least-domains=3)", vmopt.Skew(APP, "rack", least_domains=3)),
        ("whole(app, least=None)", vmopt.Whole(APP)),
        ("fence(app=web, disk=ssd)", vmopt.Fence(Groups.labelled("app", "web"), Groups.labelled("disk", "ssd"))),
        ("ban([a], h-?)", vmopt.Ban("a", "h-?")),
        ("empty([])", vmopt.Empty([])),
        ("spread(app, penalty=2.5)", vmopt.Spread(APP, penalty=2.5)),
        ("must-run(app, penalty=3)", vmopt.MustRun(APP, penalty=3)),
        ("gather(app, penalty=None)", vmopt.Gather(APP)),
    ],
)
def test_what_a_text_means(text: str, rule: Any) -> None:
    """Tests every form of the grammar."""
    assert parse_rule(text) == rule


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("sprad(app)", "there is no rule 'sprad' (did you mean 'spread'?): use one of spread, skew,"),
        ("spread", "a '(' is missing (at its end)."),
        ("spread(app", "a ',' or a ')' is missing (at its end)."),
        ("spread(app rack)", "a ',' or a ')' is missing (before 'rack)')."),
        ("spread(app) app", "nothing may follow the ')' (before 'app')."),
        ("spread(app, 'rack)", 'a closing quote is missing (before "\'rack)").'),
        ("spread(,)", "a word is missing (before ',)')."),
        ("spread()", "spread lacks 'groups': it takes groups, over=host, most=1, penalty=None."),
        (
            "spread(app, ovr=rack)",
            "spread has no parameter 'ovr' (did you mean 'over'?): it takes groups, over, most, penalty.",
        ),
        ("spread(app, rack, 1, 2)", "'2' is one too many: spread takes groups, over, most."),
        ("spread(app, groups=app)", "'groups' is given twice."),
        ("spread(app, most=two)", "most is two: give an integer."),
        ("spread(app, most=1.5)", "most is 1.5: give an integer."),
        ("spread(app, most=[1, x])", "most is x: give an integer."),
        ("spread(app, most=-1)", "most of Spread is -1: give an integer of at least 0."),
        ("spread(app, over=[rack])", "over is [rack]: give a word."),
        ("spread([a, [b]])", "groups is [a, [b]]: give names"),
        ("spread([[a], b])", "groups is [[a], b]: give names"),
        ("spread(app=[a])", "groups is app=[a]: give one label and its value"),
        ("quota(much)", "most is much: give a number."),
        ("quota(inf)", "most is inf: give a number."),
        ("spread(app, most=None)", "most of Spread is None: give an integer of at least 0."),
        ("spread(app, penalty=-1)", "penalty of Spread is -1: give a number from 0 to 1e+100"),
        ("empty([h], penalty=much)", "penalty is much: give a number."),
        ("empty([h], 2)", "'2' is one too many: empty takes hosts."),
        ("spread('\\x')", "is no string: write a backslash as two."),
        ("spread(" + "[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_refused(text: str, problem: str) -> None:
    """Tests that an error quotes the rule and says what is wrong with it."""
    with pytest.raises(InstanceError, match=re.escape(problem)) as caught:
        parse_rule(text)
    assert str(caught.value).startswith("rule ")


PIECES = st.sampled_from(
    [*"(),=[]'\"\\ *?-1", "spread", "quota", "app", "most", "None", "\\d", "\\U00110000", "\0", "\ud800"]
)


@settings(max_examples=few(300), deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join))
def test_any_text_is_a_rule_or_one_clear_error(text: str) -> None:
    """Tests that nothing but an InstanceError comes of text that is no rule, and that what is one can be said again."""
    for given_text in (text, f"spread({text})", f"spread('{text}')"):
        try:
            rule = parse_rule(given_text)
        except InstanceError:
            continue
        assert parse_rule(rule_text(rule)) == rule


def test_what_text_cannot_say() -> None:
    """Tests that columns, rules of no groups and rules of one's own are refused, not written in part."""

    class Own(vmopt.Spread):
        name = "own"

    with pytest.raises(InstanceError, match=r"a column of groups cannot be said in text: .* or write JSON"):
        rule_text(vmopt.Spread(np.array([0, 0, -1])))
    with pytest.raises(InstanceError, match="no groups at all"):
        rule_text(vmopt.Spread(Groups(names=())))
    with pytest.raises(InstanceError, match="Own is none of spread, skew"):
        rule_text(Own("a"))
    with pytest.raises(InstanceError, match="rule is 3: give text such as"):
        parse_rule(3)  # type: ignore[arg-type]


def test_a_name_in_the_place_of_a_label_is_explained() -> None:
    """Tests that whoever names a host without brackets is told about them."""
    with pytest.raises(InstanceError, match=r"no host has that label; for the host of that name say \[h1\]"):
        vmopt.Instance.from_arrays([[1]], [[1]], host_names=["h1"], rules=[parse_rule("empty(h1)")])
