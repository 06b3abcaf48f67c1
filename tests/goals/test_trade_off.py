"""Curves of two goals: every point is the best of its kind, none is worse than another in both."""

import itertools

import numpy as np
import pytest

import vmopt
from vmopt import Balance, FewestHosts, OptionError, Utilisation
from vmopt.cli import main

CLUSTER = vmopt.Instance.from_arrays(
    [[4], [3], [3], [2], [2]], [[8], [8], [6], [6]], resources=["cpu"], value=[4, 3, 3, 2, 2]
)


def pareto(a, b, sign_of_a=1):
    """All pairs of values that no placement of all VMs beats, by trying each."""
    pairs = set()
    for hosts in itertools.product(range(-1, 4), repeat=5):
        placed = np.array(hosts)
        if vmopt.verify(CLUSTER, placed) or (sign_of_a > 0 and (placed < 0).any()):
            continue
        pairs.add((float(a.value(CLUSTER, placed)), float(b.value(CLUSTER, placed))))
    better = [(sign_of_a * x, y) for x, y in pairs]
    kept = [p for p in better if not any(q[0] <= p[0] and q[1] <= p[1] and q != p for q in better)]
    return {(round(sign_of_a * x, 9), round(y, 9)) for x, y in kept}


def test_the_points_of_hosts_against_balance_are_those_of_brute_force():
    curve = vmopt.trade_off(CLUSTER, FewestHosts(), Balance("cpu"), points=8, threads=1, gap=0, time_limit=20)
    found = {(round(point.a, 9), round(point.b, 9)) for point in curve}
    assert found == pareto(FewestHosts(), Balance("cpu"))
    assert all(point.status.value == "optimal" and point.bound == pytest.approx(point.b) for point in curve)


def test_points_of_utilisation_against_hosts_are_beaten_by_none():
    curve = vmopt.trade_off(CLUSTER, Utilisation(), FewestHosts(), points=12, threads=1, gap=0, time_limit=20)
    best = pareto(Utilisation(), FewestHosts(), sign_of_a=-1)
    assert {(round(point.a, 9), round(point.b, 9)) for point in curve} <= best
    assert curve[0].a == 14.0
    assert [point.a for point in curve] == sorted((point.a for point in curve), reverse=True)


def test_what_is_traded_is_said():
    curve = vmopt.trade_off(CLUSTER, FewestHosts(), Balance("cpu"), points=3, threads=1)
    assert repr(curve).split()[0] == "fewest-hosts"
    assert set(curve.to_dicts()[0]) == {"a", "b", "bound", "status"}
    assert [row.goal for row in curve[0].solution.levels] == ["utilisation", "fewest-hosts", "balance-max(cpu)"]


@pytest.mark.parametrize("goals", [(FewestHosts(), Balance("cpu")), (Utilisation(), FewestHosts())], ids=str)
def test_a_point_is_a_solution_like_any_other(goals, tmp_path):
    curve = vmopt.trade_off(CLUSTER, *goals, points=6, threads=1, time_limit=10)
    for point in curve:
        assert point.solution.levels[-1].value == point.b
        assert point.solution.levels[-2].value == point.a
        vmopt.io.write_solution(point.solution, tmp_path / "p.json")
        assert repr(vmopt.io.read_solution(point.solution.instance, tmp_path / "p.json")) == repr(point.solution)
    assert [point.solution.status.value for point in curve] == ["optimal"] + ["feasible"] * (len(curve) - 1)


def test_what_bounds_a_point_bounds_those_that_are_allowed_less():
    curve = vmopt.trade_off(CLUSTER, FewestHosts(), Balance("cpu"), points=6, threads=1, time_limit=10)
    assert [point.bound for point in curve] == sorted((point.bound for point in curve), reverse=True)


def test_tiers_are_not_traded():
    with pytest.raises(OptionError, match="tiers are no one number"):
        vmopt.trade_off(CLUSTER, FewestHosts() + Utilisation("tiers"), Balance())


def test_a_utilisation_that_is_traded_brings_its_weighting():
    demanded = CLUSTER.replace(objective=vmopt.Objective("demand"))
    curve = vmopt.trade_off(demanded, Utilisation(), FewestHosts(), points=3, threads=1)
    assert curve[0].solution.instance.objective.weighting == "priority"


@pytest.mark.parametrize("options", [{"points": 2}, {"mehtod": "auto"}, {"time_limit": -1}])
def test_options_that_make_no_sense_are_refused(options):
    with pytest.raises(OptionError):
        vmopt.trade_off(CLUSTER, FewestHosts(), Balance(), **options)


def test_the_command_prints_the_curve(tmp_path, capsys):
    vmopt.io.write_json(CLUSTER, tmp_path / "c.json")
    asked = ["trade-off", str(tmp_path / "c.json"), "--goal", "fewest-hosts", "--goal", "balance(cpu)"]
    assert main([*asked, "--points", "3", "--threads", "1"]) == 0
    assert "balance-max(cpu)" in capsys.readouterr().out
    assert main(asked[:4]) == 2


def test_an_end_that_is_not_proven_says_so():
    """Tests that a curve from greedy methods tells what would be possible beyond it, and a proven one nothing."""
    loose = vmopt.Instance.from_arrays([[3], [3], [2], [2], [2]], [[6]] * 5, rules=[vmopt.MustRun("*")])
    curve = vmopt.trade_off(loose, FewestHosts(), Balance(), points=3, threads=1, method="greedy-spread")
    assert curve.best.value == curve[0].a > curve.best.bound
    said = f"fewest-hosts: {curve[0].a:g} is not proven to be the best, at least {curve.best.bound:g} is possible"
    assert repr(curve).splitlines()[-1] == said
    assert said in curve._repr_html_()
    assert not vmopt.trade_off(loose, FewestHosts(), Balance(), points=3, threads=1).open_end
