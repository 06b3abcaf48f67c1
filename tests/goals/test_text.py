"""Levels of goals as text: what is written is read again, and what is no level is told so."""

import pytest

from vmopt import Balance, FewestHosts, InstanceError, Penalties, Utilisation
from vmopt.goals import level_text, parse_level
from vmopt.model.goal_level import GoalLevel

LEVELS = [
    Utilisation(),
    Utilisation("tiers"),
    Utilisation("demand", {"cpu": 2.0}),
    FewestHosts(),
    FewestHosts("power"),
    FewestHosts([1, 2.5]),
    FewestHosts({"host a": 1, "b": 0.1}),
    Balance(),
    Balance("cpu", "above", level=0.7),
    Balance(["cpu", "memory"], "ratio", target=2),
    Balance({"cpu": 2, "memory": 1}, "fragments", size=16),
    Penalties(),
    FewestHosts() + 0.5 * Balance("cpu"),
    2 * FewestHosts("power") + 1e-3 * Balance(kind="spread") + Penalties(),
]


@pytest.mark.parametrize("level", LEVELS, ids=str)
def test_a_level_is_read_as_it_was_written(level):
    assert parse_level(level_text(GoalLevel.of(level))) == GoalLevel.of(level)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("FewestHosts", FewestHosts()),
        ("fewest_hosts(power)", FewestHosts("power")),
        ("balance(cpu, memory, kind=spread)", Balance(["cpu", "memory"], "spread")),
        ("balance(cpu=2, memory=1, kind=above)", Balance({"cpu": 2, "memory": 1}, "above")),
        ("0.5*balance(cpu)", 0.5 * Balance("cpu")),
        ("  2 balance + fewest-hosts ", 2 * Balance() + FewestHosts()),
        ("utilisation(tiers)", Utilisation("tiers")),
    ],
)
def test_text_may_be_short(text, level):
    assert parse_level(text) == GoalLevel.of(level)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("fewesthost", "did you mean 'fewest-hosts'"),
        ("balance(cpu, knd=above)", "no parameter 'knd'"),
        ("balance(kind=best)", "kind"),
        ("fewest-hosts(power, cost=power)", "cannot take"),
        ("fewest-hosts(cost=a, cost=b)", "given twice"),
        ("penalties(2)", "takes no parameters"),
        ("fewest-hosts +", "a goal is missing"),
        ("-1 balance", "above 0"),
        ("balance(cpu", "missing"),
        ("", "word"),
    ],
)
def test_what_is_no_level_is_told_so(text, says):
    with pytest.raises(InstanceError, match="goal") as found:
        parse_level(text)
    assert says in str(found.value) or says == "word"
