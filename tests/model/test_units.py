"""What one object holds in scaled integers reaches the next one in the user's own units."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import vmopt
from vmopt import io
from vmopt.cli import main
from vmopt.model import Host, Instance
from vmopt.model.requests import Requests

NODES = "sn,cpu_milli,memory_mib,gpu,model\nn1,32000.5,1024,2,T4\nn2,16000,512.25,1,T4\n"
PODS = (
    "name,cpu_milli,memory_mib,num_gpu,gpu_milli,qos,creation_time,deletion_time\n"
    "p1,6000.5,100.125,1,460,LS,100,700\np2,1000,0.5,0,0,BE,200,\n"
)


@pytest.fixture
def trace(tmp_path: Path) -> tuple[Path, Path]:
    """Two nodes and two pods with fractions of a unit."""
    nodes, pods = tmp_path / "nodes.csv", tmp_path / "pods.csv"
    nodes.write_text(NODES)
    pods.write_text(PODS)
    return nodes, pods


def test_a_trace_keeps_its_units(trace: tuple[Path, Path]) -> None:
    """Tests that requests read from a trace ask for what the trace says, and the first nodes offer it."""
    hosts, requests = io.read_alibaba_requests(*trace, hosts=1)
    assert requests.demand.tolist() == [[6000.5, 100.125, 460], [1000, 0.5, 0]]
    assert hosts.host(0).capacity == {"cpu_milli": 32000.5, "memory_mib": 1024, "gpu_milli": 2000}
    assert requests.on(hosts).vm(0).demand == {"cpu_milli": 6000.5, "memory_mib": 100.125, "gpu_milli": 460}


def test_a_moment_of_a_simulation_is_in_the_units_given(trace: tuple[Path, Path]) -> None:
    """Tests that a snapshot has the amounts of the requests, elastic ones as reserved."""
    requests = Requests.from_arrays([0, 1], [[0.25], [1.5]], reservation=[[0.25], [0.1]], resources=["cpu"])
    timeline = vmopt.simulate([Host("h", {"cpu": 1 / 3})], requests, policy="fcfs")
    snapshot, _ = timeline.snapshot(1)
    assert [snapshot.vm(i).demand["cpu"] for i in range(2)] == [0.25, 0.1]
    assert snapshot.host(0).capacity["cpu"] == 1 / 3
    assert vmopt.verify(*timeline.snapshot(1)) == ()


def test_requests_survive_a_file(tmp_path: Path) -> None:
    """Tests that requests with fractions, some of them of a changed VM, are the same after a file."""
    requests = Requests.from_arrays(
        [0, 1], [[1 / 3], [0.1]], resources=["cpu"], changes=[vmopt.Change(1, "vm-0", {"cpu": 2 / 3})]
    )
    hosts = [Host("h", {"cpu": 1.0})]
    io.write_requests(hosts, requests, tmp_path / "r.json")
    again_hosts, again = io.read_requests(tmp_path / "r.json")
    assert again.demand.tolist() == requests.demand.tolist()
    one, other = (
        vmopt.simulate(h, r, policy="fcfs").workload.instance for h, r in ((hosts, requests), (again_hosts, again))
    )
    assert one == other
    assert (one.demand / one.scale).ravel().tolist() == [1 / 3, 0.1, 2 / 3]


def test_what_is_wrong_is_said_in_the_units_given() -> None:
    """Tests that violations read as the user counts."""
    cluster = Instance.from_arrays(
        [[0.3], [0.8]], [[1]], resources=["cpu"], host_names=["h"], reservation=[[0.2], [0.1]]
    )
    over, beyond = vmopt.verify(cluster, [0, 0], np.array([[5], [8]]))
    assert str(over) == "host 'h' has 1.0 of cpu, but 1.3 is placed on it"
    assert str(beyond) == "VM 'vm-0' is given 0.5 of cpu, but 0.2 to 0.3 is allowed"


def test_solutions_are_in_the_units_given(tmp_path: Path) -> None:
    """Tests that what elastic VMs get is written and read back in the user's units, thirds included."""
    cluster = Instance.from_arrays([[2 / 3], [2 / 3]], [[1]], reservation=[[1 / 3], [0.1]], resources=["cpu"])
    solution = vmopt.solve(cluster, time_limit=2, threads=1)
    io.write_solution(solution, tmp_path / "s.json")
    again = io.read_solution(cluster, tmp_path / "s.json")
    assert again.allocation.tolist() == solution.allocation.tolist()
    assert vmopt.verify(cluster, again) == ()


@pytest.mark.filterwarnings("default::vmopt.errors.RoundingWarning")
def test_the_command_line_warns_of_rounding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Tests that amounts that were rounded are told on stderr, in one line, and the rest works."""
    hosts, vms = [{"capacity": {"cpu": 3.14159265358979}}], [{"demand": {"cpu": n}} for n in (2.71828182845904, 2**0.5)]
    document = {"format": "vmopt-instance", "version": 1, "resources": ["cpu"], "hosts": hosts, "vms": vms}
    (tmp_path / "c.json").write_text(json.dumps(document))
    assert main(["solve", str(tmp_path / "c.json"), "-t", "1", "-q"]) == 0
    (line,) = [line for line in capsys.readouterr().err.splitlines() if "warning" in line]
    assert "'cpu' by at most" in line
