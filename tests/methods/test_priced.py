"""The bound of the relaxation with rules, as methods use it."""

from __future__ import annotations

import numpy as np
import pytest

import vmopt
from vmopt.formulation.coarse import coarse
from vmopt.methods.relaxation import RelaxationParameters, beyond_reach, needed
from vmopt.methods.ruled import priced
from vmopt.methods.ruled.parameters import RuledParameters
from vmopt.methods.search import Search
from vmopt.options import Options
from vmopt.problem import compile


def limited(*rules: object) -> vmopt.Instance:
    """Return a cluster with plenty of room, but for rules."""
    return vmopt.Instance.from_arrays([[2]] * 6, [[20], [20]], value=[6, 5, 4, 3, 2, 1], rules=rules)


def test_a_quota_is_known_to_the_bound() -> None:
    """Tests that prices of a quota prove the optimum, which nothing else does."""
    search = Search(limited(vmopt.Quota(2)), Options(threads=1))
    priced.run(search)
    assert search.bound == pytest.approx(11)
    assert search.rule_prices is not None
    assert vmopt.verify_bound(search.instance, search.prices, search.rule_prices) == search.bound


@pytest.mark.parametrize("method", ["auto", "neighbourhood", "price-guided", "column-generation"])
def test_methods_prove_it(method: str) -> None:
    """Tests that methods that know no rules end with a proof."""
    solution = vmopt.solve(limited(vmopt.Quota(2)), method=method, threads=1, time_limit=20)
    assert solution.status is vmopt.Status.OPTIMAL
    assert solution.bound == pytest.approx(11)


def test_without_limits_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that the relaxation is not solved where it could not know the rule, or takes too long."""

    def never(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(priced, "relax", never)
    priced.run(Search(limited(vmopt.Whole(["vm-0", "vm-1"])), Options(threads=1)))
    priced.run(Search(limited(vmopt.Quota(2)), Options(threads=1)), RuledParameters(priced_share=0.0))


def test_what_keeps_a_relaxation_from_being_built_is_named() -> None:
    """Tests that memory comes before time, and that neither is in the way of a small program."""
    problem = compile(limited())
    assert beyond_reach(problem, np.inf) is None
    assert beyond_reach(problem, 0.0) is vmopt.Limit.TIME
    assert beyond_reach(problem, 0.0, RelaxationParameters(most_entries=0)) is vmopt.Limit.MEMORY


def test_rules_that_leave_no_fractions_end_no_search() -> None:
    """Tests that VMs that cannot all run, as they must, are left to others to prove."""
    search = Search(limited(vmopt.MustRun("vm-*"), vmopt.Quota(2)), Options(threads=1))
    before = search.bound
    priced.run(search)
    assert search.bound == before
    with pytest.raises(vmopt.SolverError, match="leave no placement"):
        vmopt.relax(search.instance)


def test_prices_that_prove_nothing_are_left_out() -> None:
    """Tests that of prices of rules only those are kept without which the bound would be higher."""
    cluster = limited(vmopt.Quota(2), vmopt.Quota(2.5), vmopt.Quota(6))
    nothing = np.zeros(3, dtype=np.int64)
    given = vmopt.bounds.RulePrices(np.arange(3), nothing, nothing, np.array([5.0, 0.0, 0.0]))
    found = needed(cluster, np.zeros((1, 1)), given)
    assert found is not None
    assert found.rule.tolist() == [0]
    assert needed(limited(vmopt.Quota(6)), np.zeros((1, 1)), given.kept(np.arange(3) < 1)) is None


def test_vms_that_only_hosts_tell_apart_are_pooled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that limits over many hosts are priced over few classes, and that this proves what all classes prove."""
    replicas = vmopt.Spread(np.arange(40) // 2)
    rules = [replicas, vmopt.Gather(np.where(np.arange(40) < 6, 0, -1)), vmopt.Fence("vm-7", "host-1")]
    cluster = vmopt.Instance.from_arrays([[3]] * 40, [[10]] * 8, rules=rules)
    search = Search(cluster, Options(threads=1))
    assert len(coarse(search.problem).vms) == 3 < len(search.problem.vms)
    solved: list[int] = []
    real = priced.relax

    def seen(*given: object, **named: object) -> object:
        solved.append(named["pooled"] is None)
        return real(*given, **named)

    monkeypatch.setattr(priced, "relax", seen)
    priced.run(search)
    assert solved[0] is False
    assert search.bound == pytest.approx(vmopt.relax(cluster).bound)
