"""Conflicts: minimal by brute force, and honest where time is short."""

from __future__ import annotations

from dataclasses import replace

import pytest

import vmopt
from tests.explain.conflict_referee import demanding, faults
from tests.patience import PATIENCE
from tests.rules.brute import feasible
from tests.thorough import met
from vmopt.explain.minimal import deletion_filter
from vmopt.explain.trial import Trial
from vmopt.rules.text import shown_rule


@pytest.mark.parametrize("start", range(0, met(120), 40))
def test_conflicts_are_minimal(start: int) -> None:
    """Tests that what is found is a conflict, and stands once any of it is let off."""
    assert not [f"{seed}: {fault}" for seed in range(start, start + 40) for fault in faults(demanding(seed))]


def test_mends_mend() -> None:
    """Tests that each mend is enough for the whole instance, and that others are not named."""
    looked = 0
    for seed in range(met(60)):
        cluster = demanding(seed)
        found = vmopt.conflict(cluster, time_limit=PATIENCE)
        for number in () if found is None else found.rule_numbers:
            rules = tuple(rule for n, rule in enumerate(cluster.rules) if n != number)
            named = any(mend.startswith(f"drop rule {number}:") for mend in found.mends)
            assert named == bool(feasible(replace(cluster, rules=rules)))
            looked += named
    assert looked > met(5)


def test_vms_that_need_not_run_can_be_asked_about() -> None:
    """Tests that VMs are looked at as though they had to run."""
    cluster = vmopt.Instance.from_arrays([[4], [5]], [[8]], rules=[vmopt.Spread("vm-*")])
    assert vmopt.conflict(cluster) is None
    found = vmopt.conflict(cluster, ["vm-0", 1])
    assert found is not None
    assert (found.vms, found.rules, found.hosts) == (("vm-0", "vm-1"), (shown_rule(cluster.rules[0]),), ())


def test_the_filter_is_honest_about_what_it_does_not_know() -> None:
    """Tests that members that could not be judged are kept, and said not to be shown."""
    found = deletion_filter(range(4), lambda some: True if {1} <= set(some) and 2 in some else None)
    assert found.kept == (1, 2)
    assert not found.needed


def test_without_time_nothing_is_claimed() -> None:
    """Tests that no time gives an error, not an answer."""
    crowded = vmopt.Instance.from_arrays([[3]] * 3, [[4], [4]])
    with pytest.raises(vmopt.SolverError, match="time_limit"):
        vmopt.conflict(crowded.replace(rules=[vmopt.Reach("vm-*", "host", 2)]), "vm-0", time_limit=0)


def test_soft_rules_are_no_part_of_it() -> None:
    """Tests that a rule with a penalty is not among what can be let off."""
    cluster = vmopt.Instance.from_arrays([[1]], [[4]], rules=[vmopt.Ban("vm-0", "host-0", penalty=1)])
    assert not [member for member in Trial.of(cluster, 0.0).members if member.kind == "rule"]


def test_a_conflict_is_plain_data() -> None:
    """Tests that the record can be written as JSON, with its text."""
    found = vmopt.conflict(vmopt.Instance.from_arrays([[9]], [[8]]), "vm-0")
    assert found is not None
    said = found.to_dict()
    assert said["hosts"] == ["host-0"]
    assert said["mends"] == ["give host-0 more capacity", "let vm-0 not have to run"]
    assert said["text"].startswith("These cannot stand together:")
