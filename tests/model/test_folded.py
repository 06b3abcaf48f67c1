"""Many columns folded into few: the same rows are equal, and they are ordered alike."""

from __future__ import annotations

import numpy as np
import pytest

from vmopt.model.classes import LARGEST_FOLD, folded, merge_rows


@pytest.mark.parametrize("seed", range(30))
def test_folded_columns_tell_the_same_rows_apart(seed: int) -> None:
    """Tests columns of all sizes: constant ones, those of two values, and such that no other fits beside."""
    rng = np.random.default_rng(seed)
    spans = rng.choice([1, 2, 3, 1000, 2**31, LARGEST_FOLD], size=rng.integers(1, 90))
    columns = [rng.integers(-1, span, 40, endpoint=False) for span in spans.tolist()]
    some = [column[rng.integers(0, 3, 40)] for column in columns]
    for given in (columns, some):
        few = folded(given)
        assert len(few) <= len(given)
        for one, other in zip(merge_rows(np.column_stack(given)), merge_rows(np.column_stack(few)), strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("column", [[], [5], [0, 0, 0], [-(2**62), 2**62, 0]])
def test_one_column_is_one_column(column: list[int]) -> None:
    """Tests columns without rows, of one value, and of the largest."""
    (found,) = folded([np.array(column, dtype=np.int64)])
    assert np.argsort(found, kind="stable").tolist() == np.argsort(column, kind="stable").tolist()
    assert not folded([])


def test_many_small_columns_are_few() -> None:
    """Tests that two hundred fences are as many columns as numbers of 64 bits need."""
    assert len(folded([np.arange(100) % 2 - 1] * 200)) == 4


@pytest.mark.parametrize("narrow", [np.int8, np.int32, np.int64])
def test_many_narrow_columns_are_told_apart(narrow: type) -> None:
    """Tests one column for each of many rules, of numbers that need fewer bits than what they are folded into."""
    columns = [np.where(np.arange(90) == n, 0, -1).astype(narrow) for n in range(90)]
    assert len(merge_rows(np.column_stack(folded(columns)))[0]) == 90
