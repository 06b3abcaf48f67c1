"""The method auto where VMs are so many that a pass of greedy takes long: what comes first."""

from __future__ import annotations

import pytest

import vmopt
from vmopt.methods import greedy, price_guided


@pytest.mark.parametrize(
    ("greedy_work", "deal_work", "first"),
    [(1e9, 1e9, "greedy-priority"), (1e2, 1e9, "price-guided"), (1e2, 1e2, "greedy-priority")],
)
def test_whatever_ends_sooner_is_first(
    monkeypatch: pytest.MonkeyPatch, greedy_work: float, deal_work: float, first: str
) -> None:
    """Tests that the deal is first where greedy is slow and the deal is sure to end, else greedy."""
    monkeypatch.setattr(greedy, "WORK_PER_SECOND", greedy_work)
    monkeypatch.setattr(price_guided, "WORK_PER_SECOND", deal_work)
    solution = vmopt.solve(vmopt.generate("distinct", hosts=30, seed=1), time_limit=30, gap=0.05, threads=1)
    placed = [point.method for point in solution.history if point.objective > 0]
    assert placed[0] == first
