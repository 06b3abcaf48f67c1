"""Tests that the command line speaks of itself, and says which VMs fit no host."""

from __future__ import annotations

import pytest

import vmopt
from vmopt import io
from vmopt.cli import rows


def test_a_csv_file_alone(run, tmp_path):
    """Tests that one CSV file is answered with the command that takes both."""
    (tmp_path / "hosts.csv").write_text("name,cpu\nh,4\n")
    ran = run("solve", tmp_path / "hosts.csv")
    assert ran.code == 2
    assert "vmopt import csv HOSTS VMS -o cluster.json" in ran.err
    assert "vmopt.io" not in ran.err


def test_options_as_typed(run, cluster_file):
    """Tests that an option is named as it is typed."""
    ran = run("solve", cluster_file, "-t", "-1")
    assert ran.code == 2
    assert "--time-limit is -1" in ran.err


def test_a_backend_as_typed(run, cluster_file):
    """Tests that a backend that does not exist is answered with the command that lists them, if with any."""
    ran = run("solve", cluster_file, "-b", "none")
    assert ran.code == 2
    assert "vmopt.backends" not in ran.err


def test_vms_that_fit_no_host(run, tmp_path):
    """Tests that an optimum of nothing says why: which VM fits no host, and what is short."""
    path = tmp_path / "x.json"
    io.write(
        vmopt.Instance.from_arrays([[9, 1]], [[8, 4], [2, 9]], resources=["cpu", "memory"], vm_names=["big"]), path
    )
    ran = run("solve", path, "-q")
    assert ran.code == 0
    assert "optimal" in ran.out
    assert "1 VM, not even an empty one: big (cpu 9, at most 8 on a host)" in ran.out


def test_vms_that_fit_no_host_at_once():
    """Tests a VM of which each resource is there, but on different hosts; the first few are named."""
    cluster = vmopt.Instance.from_arrays([[8, 9]] * 5 + [[1, 1]], [[8, 4], [2, 9]], resources=["cpu", "memory"])
    text = vmopt.solve(cluster, method="greedy-priority").summary()
    assert "5 VMs" in text
    assert "vm-0 (no host offers enough of cpu and memory at once)" in text
    assert "and 2 more" in text


def test_a_weight_that_is_a_rank(run, tmp_path):
    """Tests that a priority that is no weight is answered with the option for ranks, which takes it."""
    (tmp_path / "hosts.csv").write_text("name,cpu\nh1,8\n")
    (tmp_path / "vms.csv").write_text("name,cpu,priority\nweb,4,2\nbatch,4,-5\n")
    asked = ("import", "csv", tmp_path / "hosts.csv", tmp_path / "vms.csv", "-o", tmp_path / "cluster.json")
    ran = run(*asked)
    assert ran.code == 2
    assert "line 3, column 'priority': it is -5" in ran.err
    assert "--weighting tiers" in ran.err
    assert run(*asked, "--weighting", "tiers").code == 0


@pytest.mark.parametrize("option", sorted(rows.EXAMPLES))
def test_what_an_option_should_have_been(option, run, cluster, cluster_file, tmp_path):
    """Tests that a name without anything is answered by an example of that option, which can itself be read."""
    (tmp_path / "hosts.csv").write_text("name,cpu\nh,4\n")
    solution = tmp_path / "solution.json"
    io.write_solution(vmopt.solve(cluster), solution)
    inventory = ("import", "inventory", tmp_path / "hosts.csv", tmp_path / "hosts.csv", "-o", tmp_path / "x.json")
    commands = {
        "--cost": ("sensitivity", cluster_file, solution),
        "--priority": ("what-if", cluster_file, solution),
        "--resize": ("what-if", cluster_file, solution),
        "--talks-to": ("what-if", cluster_file, solution, "--add-vm", '{"name": "new", "demand": {"cpu": 1}}'),
    }
    ran = run(*commands.get(option, inventory), option, "alone")
    assert ran.code == 2
    assert f"{option} is 'alone': give NAME=..., such as {rows.EXAMPLES[option]}." in " ".join(ran.err.split())
    assert rows.named(rows.EXAMPLES[option], option)[0]
