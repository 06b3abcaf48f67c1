"""The catalogue: every rule says what it means, what it takes and what others call it."""

from __future__ import annotations

import numpy as np
import pytest

import vmopt
from vmopt.errors import InstanceError
from vmopt.rules import RULES, Groups, catalogue, rule_called

KINDS = {"Selected", "PerGroup", "str", "int", "float", "None"}


@pytest.mark.parametrize("info", catalogue(), ids=lambda info: info.name)
def test_each_rule_is_described(info) -> None:
    """Tests that a line of its own, the names elsewhere and known kinds of parameters are there."""
    assert info.summary.endswith(".")
    assert "\n" not in info.summary
    assert info.known_as
    # Of most-moves any limit will do; what transient looks at is the instance's.
    assert info.name in ("most-moves", "transient") or info.parameters[0].required
    assert {kind for parameter in info.parameters for kind in parameter.kinds} <= KINDS
    assert all(parameter.name in info.text for parameter in info.parameters)


def test_names_are_found_however_they_are_written() -> None:
    """Tests case, hyphens and the synonym of quota."""
    assert {rule_called(name) for name in ("must-run", "must_run", "MustRun", "MUSTRUN")} == {vmopt.MustRun}
    assert rule_called("Limit") is vmopt.Quota
    assert {name: rule_called(name) for name in RULES} == RULES
    with pytest.raises(InstanceError, match=r"no rule 'quote' \(did you mean 'quota'\?\)"):
        rule_called("quote")


def test_limits_beyond_all_integers() -> None:
    """Tests that huge limits are limits that nothing reaches, and that what is no limit is refused."""
    huge = [vmopt.Spread("vm-*", most=10**30), vmopt.Spread("vm-*", most=np.array([2**64 - 1], dtype=np.uint64))]
    huge += [vmopt.Quota(10**400, over="host"), vmopt.Quota(2.0**61, resource="resource-0")]
    cluster = vmopt.Instance.from_arrays([[0.001], [1]], [[4]], rules=huge)
    assert vmopt.verify(cluster, [0, 0]) == ()
    with pytest.raises(InstanceError, match="most of Quota"):
        vmopt.Quota(float("inf"))
    with pytest.raises(InstanceError, match="most of Spread"):
        vmopt.Spread("a", most=[[1], [2, 3]])
    with pytest.raises(InstanceError, match="resource of Quota is 3"):
        vmopt.Quota(1, resource=3)  # type: ignore[arg-type]


def test_groups_are_told_in_one_way() -> None:
    """Tests that groups by two things at once, or by nothing, are refused."""
    for given in ({}, {"names": (("a",),), "label": "app"}):
        with pytest.raises(InstanceError, match="by names, by a label or by a column"):
            Groups(**given)
