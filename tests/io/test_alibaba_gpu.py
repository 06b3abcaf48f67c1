"""The Alibaba GPU trace: a small file of our own, and the published one where it is here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import vmopt
from tests.io.data import published
from vmopt.errors import FileError, InstanceError, OptionError
from vmopt.io import read, read_alibaba_gpu, write
from vmopt.model import Instance

NODES = "sn,cpu_milli,memory_mib,gpu,model\nn1,32000,262144,0,\nn2,64000,524288,2,T4\n"
PODS = (
    "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase\n"
    "p1,12000,16384,2,1000,,LS,Running\n"
    "p2,6000,12288,1,460,T4|P100,BE,Running\n"
    "p3,1000,1024,0,0,,Burstable,Running\n"
    "p4,1000,1024,0,0,,Guaranteed,Pending\n"
    "p5,1000,1024,0,0,,,Pending\n"
)


def read_text(tmp_path: Path, nodes: str = NODES, pods: str = PODS, **given: Any) -> Instance:
    (tmp_path / "nodes.csv").write_text(nodes)
    (tmp_path / "pods.csv").write_text(pods)
    return read_alibaba_gpu(tmp_path / "nodes.csv", tmp_path / "pods.csv", **given)


def test_nodes_and_pods(tmp_path: Path) -> None:
    """Tests that nodes are hosts, pods containers, GPUs thousandths, QoS classes priorities and labels."""
    instance = read_text(tmp_path)
    assert instance.resources == ("cpu_milli", "memory_mib", "gpu_milli")
    assert instance.capacity.tolist() == [[32000, 262144, 0], [64000, 524288, 2000]]
    assert instance.demand[:3].tolist() == [[12000, 16384, 2000], [6000, 12288, 460], [1000, 1024, 0]]
    assert instance.priority.tolist() == [3, 1, 2, 3, 1]
    assert list(instance.vm_names) == ["p1", "p2", "p3", "p4", "p5"]
    assert list(instance.host_names) == ["n1", "n2"]
    assert instance.vm(1).labels == {"qos": "BE", "gpu_spec": "T4|P100"}
    assert instance.vm(4).labels == {}
    assert instance.host(1).labels == {"gpu_model": "T4"}
    assert {instance.vm(i).kind for i in range(5)} == {"container"}


def test_lists_without_qos(tmp_path: Path) -> None:
    """Tests that pods of a list without QoS all have priority 1."""
    pods = "\n".join(",".join(line.split(",")[:5]) for line in PODS.splitlines())
    assert read_text(tmp_path, pods=pods).priority.tolist() == [1] * 5
    with pytest.raises(OptionError, match="has no column qos"):
        read_text(tmp_path, pods=pods, priorities={"LS": 5})


def test_priorities_by_qos_or_by_pod(tmp_path: Path) -> None:
    """Tests that priorities can be set for some QoS classes, or pod by pod."""
    assert read_text(tmp_path, priorities={"LS": 10, "": 0.5}).priority.tolist() == [10, 1, 2, 3, 0.5]
    assert read_text(tmp_path, priorities=[5, 4, 3, 2, 1]).priority.tolist() == [5, 4, 3, 2, 1]
    with pytest.raises(OptionError, match="names QoS class 'ls'"):
        read_text(tmp_path, priorities={"ls": 3})
    with pytest.raises(InstanceError, match="priority column has shape"):
        read_text(tmp_path, priorities=[1, 2])


@pytest.mark.parametrize(
    ("nodes", "pods", "why"),
    [
        (NODES, PODS.replace("num_gpu", "gpus"), r"pods\.csv, line 1: there is no column 'num_gpu'"),
        (NODES.replace("sn", "name"), PODS, r"nodes\.csv, line 1: there is no column 'sn'"),
        (NODES, PODS.replace("LS", "Gold"), r"pods\.csv, line 2, column 'qos': 'Gold' is unknown: use LS"),
        (NODES, PODS.replace("460", "some"), r"pods\.csv, line 3, column 'gpu_milli': 'some' is not a number"),
        (NODES.replace("n2", "n1"), PODS, "host name 'n1' is given twice"),
        (NODES, PODS.replace("2,1000", f"{2**40},{2**40}"), "too large|adds up to more"),
    ],
)
def test_bad_files_are_refused(tmp_path: Path, nodes: str, pods: str, why: str) -> None:
    """Tests that what makes no sense gives one error with file, line and column."""
    with pytest.raises((FileError, InstanceError), match=why):
        read_text(tmp_path, nodes, pods)


MODELS = "sn,cpu_milli,memory_mib,gpu,model\na,8000,8000,2,T4\nb,8000,8000,2,P100\nc,8000,8000,0,\n"
SPECS = "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec\n"


def test_gpus_are_parts_of_nodes(tmp_path: Path) -> None:
    """Tests that three pods of 0.6 do not fit on two GPUs, and that a pod of two GPUs takes both."""
    pods = SPECS + "".join(f"p{n},1000,1000,1,600,\n" for n in range(5)) + "q,1000,1000,2,1000,\nr,1000,1000,0,0,\n"
    apart = read_text(tmp_path, MODELS, pods, gpus="parts")
    solution = vmopt.solve(apart, gap=0)
    assert vmopt.check_landings(apart, solution.host_index, solution.parts) == ()
    shares = sum(name.startswith("p") for name in solution.placement)
    assert shares == 2
    assert {"q", "r"} < set(solution.placement)
    assert solution.parts["q"][0].parts in ((0, 1), (1, 0))
    assert "r" not in solution.parts
    write(apart, tmp_path / "apart.json")
    assert read(tmp_path / "apart.json") == apart


def test_pods_run_on_the_models_that_they_accept(tmp_path: Path) -> None:
    """Tests gpu_spec with one model, with two, with none, and with one that no node has."""
    pods = SPECS + "p,1000,1000,1,600,P100\nq,1000,1000,1,600,T4|P100\nr,1000,1000,0,0,\ns,1000,1000,1,600,A10\n"
    apart = read_text(tmp_path, MODELS, pods, gpus="parts")
    allowed = [[vmopt.verify(apart, {vm: host}) == () for host in "abc"] for vm in "pqrs"]
    assert allowed == [[False, True, False], [True, True, False], [True, True, True], [False, False, False]]


def test_gpus_are_a_sum_or_parts(tmp_path: Path) -> None:
    """Tests that nothing else is taken."""
    with pytest.raises(OptionError, match="'sum'"):
        read_text(tmp_path, MODELS, SPECS + "p,1,1,0,0,\n", gpus="whole")


def test_the_published_trace(tmp_path: Path) -> None:
    """Tests counts and totals of the published trace, and that it survives JSON."""
    instance = read_alibaba_gpu(
        published("alibaba_gpu_v2023", "openb_node_list_all_node.csv"),
        published("alibaba_gpu_v2023", "openb_pod_list_default.csv.gz"),
    )
    assert (instance.n_vms, instance.n_hosts) == (8152, 1523)
    assert instance.total.tolist() == [125_514_000, 612_028_416, 6_212_000]
    assert len(instance.host_classes) <= 27
    assert (instance.demand.sum(axis=0) / instance.total).round(2).tolist() == [0.68, 0.5, 0.98]
    qos = [labels["qos"] for labels in instance.vm_labels or ()]
    assert [qos.count(q) for q in ("LS", "Burstable", "BE", "Guaranteed")] == [4647, 100, 3398, 7]
    assert [int((instance.priority == p).sum()) for p in (3, 2, 1)] == [4654, 100, 3398]
    write(instance, tmp_path / "trace.json.gz")
    assert read(tmp_path / "trace.json.gz") == instance


def test_the_published_list_without_qos() -> None:
    """Tests a published list that has five columns only, over-subscribed in GPUs."""
    instance = read_alibaba_gpu(
        published("alibaba_gpu_v2023", "openb_node_list_all_node.csv"),
        published("alibaba_gpu_v2023", "openb_pod_list_multigpu30.csv.gz"),
    )
    assert instance.n_vms == 8508
    assert (instance.demand.sum(axis=0) / instance.total).round(2).tolist() == [0.84, 0.63, 1.3]
