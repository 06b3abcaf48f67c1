"""Price-guided dealing: what is begun in the time there is, and where it stops."""

from __future__ import annotations

import numpy as np
import pytest

from tests.patience import PATIENCE
from vmopt.generate import generate
from vmopt.methods import price_guided
from vmopt.methods.search import Search
from vmopt.model.instance import Instance
from vmopt.options import Options
from vmopt.verify import verify


@pytest.fixture
def sizes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the sizes of the groups of every deal that is begun; nothing is dealt."""
    dealt: list[int] = []
    nothing = lambda search, *_: np.full(search.instance.n_vms, -1)  # noqa: E731
    monkeypatch.setattr(price_guided, "deal", lambda *given: dealt.append(given[5]) or nothing(*given))
    return dealt


def test_small_ones_are_dealt_again(sizes: list[int]) -> None:
    """Tests that where dealing takes little time it is repeated."""
    price_guided.run(Search(generate("distinct", hosts=10, seed=1), Options(gap=0)))
    assert sizes == [price_guided.DEFAULT.hosts_at_once] * price_guided.DEFAULT.most_deals


@pytest.mark.parametrize(("seconds", "begun"), [(1e6, [50, 200]), (1.4, [50, 100]), (0.0, [25])])
def test_a_quick_deal_comes_first(
    monkeypatch: pytest.MonkeyPatch, sizes: list[int], seconds: float, begun: list[int]
) -> None:
    """Tests that a long deal has a quick one before it, and is as careful as the seconds left allow."""
    monkeypatch.setattr(Search, "remaining", property(lambda _: seconds))
    price_guided.run(Search(generate("distinct", hosts=700, vms=21_000, seed=1), Options()))
    assert sizes == begun


def test_it_stops_within_a_group() -> None:
    """Tests that many VMs on few hosts are not dealt to the end when time is up."""
    rng = np.random.default_rng(0)
    instance = Instance.from_arrays(rng.integers(1, 30, (5_000, 2)), np.full((4, 2), 10_000))
    search = Search(instance, Options(time_limit=0))
    price_guided.run(search)
    assert 0 < (search.host_index >= 0).sum() <= 4
    assert verify(instance, search.host_index) == ()


def test_it_ends_where_values_lie_far_apart() -> None:
    """Tests that hosts that cost far more than those who are dealt are worth still come before those without room."""
    demand = [[22, 711646409898, 4], [1, 252216904934, 7], [18, 702313452085, 9], [27, 202845414512, 1]]
    value = [1.7e59, 1.7e58, 5.8e59, 1e13]
    capacity = [[99, 1276284779022, 27], [68, 334315822522, 24]]
    search = Search(Instance.from_arrays(demand, capacity, value=value), Options(time_limit=PATIENCE))
    price_guided.run(search)
    assert search.remaining > 0
    assert search.objective == pytest.approx(5.97e59)
