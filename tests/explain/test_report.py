"""Reports of all VMs that do not run."""

from __future__ import annotations

import json

import numpy as np

import vmopt
from tests.explain.fuzz import METHODS, solved
from vmopt.explain import Reason


def test_the_report_says_what_single_explanations_say() -> None:
    """Tests on random instances that each class has the kind, or a less certain one, of an explanation of its own."""
    seen = set()
    for seed in range(300):
        solution = solved(seed, 0.0, METHODS[seed % 2])
        if solution is None:
            continue
        report = vmopt.explain(solution)
        assert sum(row.vms for row in report.reasons) == report.unplaced == len(solution.unplaced)
        for row in report.classes:
            one = vmopt.explain(solution, row.example, time_limit=0)
            seen.add(row.kind)
            if row.kind in (Reason.TOO_LARGE, Reason.FORBIDDEN) or one.kind in (Reason.TOO_LARGE, Reason.FORBIDDEN):
                assert row.kind is one.kind, (seed, row, one)
            if row.certain:
                assert row.kind is one.kind, (seed, row, one)
            assert (row.kind is Reason.LEFT_OUT) <= any(reason.why == "free" for reason in one.hosts)
            if row.resource is not None and row.kind is Reason.NO_ROOM:
                assert row.short > 0
    assert seen == {Reason.TOO_LARGE, Reason.FORBIDDEN, Reason.LEFT_OUT, Reason.NO_ROOM}


def test_prices_prove_who_was_outbid() -> None:
    """Tests that a VM is outbid where what it pays beyond its value is more than the gap."""
    cluster = vmopt.Instance.from_arrays([[4], [4]], [[4]], value=[9, 1])
    solution = vmopt.solve(cluster, method="column-generation", gap=0)
    assert [(row.kind, row.certain, row.example) for row in vmopt.explain(solution).classes] == [
        (Reason.OUTBID, True, "vm-1")
    ]


def test_what_is_short_is_short_on_the_nearest_host() -> None:
    """Tests on a larger instance that no host lacks less than the one that is named."""
    dice = np.random.default_rng(4)
    cluster = vmopt.Instance.from_arrays(
        dice.integers(1, 40, (400, 2)), dice.integers(20, 60, (30, 2)), resources=["cpu", "memory"]
    )
    solution = vmopt.solve(cluster, method="greedy-priority")
    free = cluster.capacity - solution.loads
    report = vmopt.explain(solution)
    assert len(report.classes) > 50
    for row in report.classes:
        vm, host = cluster.vm_names.index_of[row.example], cluster.host_names.index_of[row.host or ""]
        room = cluster.capacity if row.kind is Reason.TOO_LARGE else free
        short = (np.maximum(cluster.demand[vm] - room, 0) / cluster.total).sum(axis=1)
        assert short[host] <= short.min() + 1e-12
        k = cluster.resources.index(row.resource or "")
        assert row.short == cluster.demand[vm, k] - room[host, k]


def test_a_report_is_a_table_and_plain_data() -> None:
    """Tests text, HTML and JSON; names in HTML are escaped."""
    cluster = vmopt.Instance.from_arrays([[4], [9]], [[8]], vm_names=["a", "<b>"], resources=["cpu"])
    report = vmopt.explain(vmopt.solve(cluster))
    assert "fits no host: cpu short    1" in str(report)
    assert "&lt;b&gt;" in report._repr_html_()
    said = json.loads(json.dumps(report.to_dict()))
    assert said["classes"][0]["example"] == "<b>"
    assert said["reasons"][0]["vms"] == 1


def test_where_all_run_there_is_nothing_to_tell() -> None:
    """Tests the report of a solution that places every VM."""
    report = vmopt.explain(vmopt.solve(vmopt.Instance.from_arrays([[4]], [[8]])))
    assert (report.reasons, report.classes, str(report)) == ((), (), "0 of 1 VM do not run.")


def test_one_vm_does_not_run() -> None:
    """Tests the grammar of a single VM."""
    report = vmopt.explain(vmopt.solve(vmopt.Instance.from_arrays([[9]], [[8]])))
    assert str(report).startswith("1 of 1 VM does not run.")
