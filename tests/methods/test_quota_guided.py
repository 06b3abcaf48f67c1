"""Construction by the quotas of the class relaxation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from vmopt import metrics
from vmopt.generate import generate
from vmopt.methods import price_guided, quota_guided
from vmopt.methods.packing.losses import Losses
from vmopt.methods.quota_guided import quotas
from vmopt.methods.search import Search
from vmopt.model.instance import Instance
from vmopt.options import Options
from vmopt.problem import compile
from vmopt.solving import relax


def test_quotas_never_exceed_the_supply() -> None:
    """Tests that larger fractions are rounded up while there are VMs, and that tolerances do no harm."""
    cluster = Instance.from_arrays([[2]] * 5, [[4], [5], [6]])
    assert np.bincount(1 + quotas(compile(cluster), csr_array([[1.8, 1.6, 1.6]])), minlength=4).tolist() == [
        0,
        2,
        2,
        1,
    ]
    assert np.bincount(1 + quotas(compile(cluster), csr_array([[3.0, 2.0000004, 0.9999996]])), minlength=4).sum() == 5
    assert np.bincount(1 + quotas(compile(cluster), csr_array([[0.4, 0.0, 3.0]])), minlength=4).tolist() == [
        2,
        0,
        0,
        3,
    ]


@pytest.mark.parametrize("kind", ["flavor", "distinct"])
def test_hosts_run_what_their_kind_was_given(kind: str) -> None:
    """Tests that VMs are dealt to hosts of their quota alone, within every capacity, and nearly all of them."""
    instance = generate(kind, hosts=30, seed=2, resources=5)
    relaxed = relax(instance)
    host_class = quotas(compile(instance), relaxed.placement)
    losses = Losses(compile(instance), relaxed.prices)
    dealt = quota_guided.deal(compile(instance), losses, host_class, 0.1, np.ones(5))
    placed = dealt >= 0
    assert (metrics.loads(instance, dealt) <= instance.capacity).all()
    assert (losses.host_class[dealt[placed]] == host_class[placed]).all()
    assert placed.sum() > 0.85 * (host_class >= 0).sum()


def test_where_kinds_of_hosts_differ_quotas_beat_prices() -> None:
    """Tests that with eight resources, on hosts of three kinds, quotas lead to better placements than prices alone."""
    reached = {}
    for method in (price_guided, quota_guided):
        total = 0.0
        for seed in range(3):
            search = Search(generate("flavor", hosts=30, seed=seed, resources=8), Options(time_limit=60.0, gap=0.0))
            method.run(search)
            total += search.objective
        reached[method.__name__] = total
    assert reached[quota_guided.__name__] > reached[price_guided.__name__]


def test_elastic_vms_get_the_bound_alone() -> None:
    """Tests that reservations, whose relaxation has no whole VMs, are left to the other stages."""
    search = Search(generate(hosts=5, seed=1, reservation=0.5), Options(time_limit=60.0))
    loose = search.bound
    quota_guided.run(search)
    assert search.bound < loose
    assert not search.found
