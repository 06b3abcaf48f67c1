"""Names: given or counted."""

from __future__ import annotations

import pytest

from vmopt.errors import InstanceError
from vmopt.model.names import Names


def test_counted_names_are_made_on_demand() -> None:
    """Tests that a million names cost nothing until read, from either end."""
    names = Names.counted("vm", 10**6)
    assert (names[0], names[-1], len(names), names.are_given) == ("vm-0", "vm-999999", 10**6, False)
    assert names[3:5] == ("vm-3", "vm-4")
    with pytest.raises(IndexError):
        names[10**6]


def test_given_names_are_kept() -> None:
    """Tests that given names come back in order, and are found by name."""
    names = Names.given(["b", "a"], 2, "VM")
    assert list(names) == ["b", "a"]
    assert names[1:] == ("a",)
    assert names.index_of == {"b": 0, "a": 1}
    assert names.are_given


def test_equal_names_are_equal() -> None:
    """Tests that names are equal, and hash alike, by what they read, given or counted."""
    given, counted = Names.given(["vm-0", "vm-1"], 2, "VM"), Names.counted("vm", 2)
    assert given == counted
    assert hash(given) == hash(counted)
    assert given != Names.counted("vm", 3)
    assert given != ["vm-0", "vm-1"]


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (["a", "b", "a"], "VM name 'a' is given twice"),
        (["a", "", "b"], "VM at position 1 is named ''"),
        (["a", "b", 3], "VM at position 2 is named 3"),
        (["a"], "1 VM names for 3 VMs"),
        ("abc", "give a sequence"),
        (None, "give a sequence"),
    ],
)
def test_bad_names_are_refused(names: object, why: str) -> None:
    """Tests that bad names are refused with their position or their count."""
    with pytest.raises(InstanceError, match=why):
        Names.given(names, 3, "VM")  # type: ignore[arg-type]


def test_repr_is_short() -> None:
    """Tests that printing names shows the first few."""
    assert repr(Names.counted("vm", 5)) == "Names(vm-0, vm-1, vm-2, ...; 5)"


@pytest.mark.parametrize("others", [["a", "b", "c"], ["a", "b"], ["b", "c", "a"], ["a", "c"], []])
def test_names_are_found_among_others(others: list[str]) -> None:
    """Tests that each is found where it is, whether others came behind, before or between."""
    names = Names.given(["a", "b"], 2, "VM")
    expected = [others.index(name) if name in others else -1 for name in names]
    assert names.positions_in(Names.given(others, len(others), "VM")).tolist() == expected
