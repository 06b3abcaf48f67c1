"""What proves a bound, in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from vmopt.bounds import (
    AllPlaced,
    Bound,
    Claim,
    Counting,
    Enumeration,
    GoalPrices,
    HostPatterns,
    HostPrices,
    Leavers,
    LevelBound,
    Levels,
    MovePrices,
    Nature,
    PatternBound,
    Prices,
)
from vmopt.bounds.proofs import name_of

WORDS = {
    "prices": [Prices, LevelBound, HostPrices, MovePrices, GoalPrices],
    "patterns": [PatternBound, HostPatterns],
    "total": [AllPlaced],
    "nature": [Nature],
    "leavers": [Leavers],
    "counting": [Counting],
    "levels": [Levels],
}


@pytest.mark.parametrize(("word", "kind"), [(word, kind) for word, kinds in WORDS.items() for kind in kinds])
def test_every_kind_has_a_word(word: str, kind: type[Any]) -> None:
    """Tests each kind of proof, whatever it holds."""
    proof = kind.__new__(kind)
    assert name_of(proof) == word
    assert Bound(1.0, proof).by == word


def test_who_claims_or_enumerates_is_named() -> None:
    """Tests that a claim and an enumeration go by the name of who made them."""
    assert name_of(Claim("some-solver")) == "some-solver"
    assert name_of(Enumeration("all placements")) == "all placements"


def test_steps_are_said_where_there_are_any() -> None:
    """Tests steps of a whole number, of a part, and none."""
    prices = Prices(np.zeros((1, 1)))
    assert [Bound(9.0, prices, step).by for step in (0.0, 3.0, 0.25)] == [
        "prices",
        "prices, values in steps of 3",
        "prices, values in steps of 0.25",
    ]
