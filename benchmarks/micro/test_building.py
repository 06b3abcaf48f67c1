"""Building: columns to instances, instances to classes, classes to programs."""

from __future__ import annotations

from pytest_benchmark.fixture import BenchmarkFixture

import vmopt
from vmopt.formulation.assignment import assignment
from vmopt.problem import compile


def test_instance(benchmark: BenchmarkFixture, cluster: vmopt.Instance) -> None:
    """Checks columns and makes an instance of them."""
    made = benchmark(
        lambda: vmopt.Instance.from_arrays(
            cluster.demand, cluster.capacity, priority=cluster.priority, resources=cluster.resources
        )
    )
    assert made == cluster


def test_merging(benchmark: BenchmarkFixture, cluster: vmopt.Instance) -> None:
    """Merges identical VMs and identical hosts; a copy has not merged anything yet."""
    classes = benchmark.pedantic(
        lambda copy: (copy.vm_classes, copy.host_classes), setup=lambda: ((cluster.replace(),), {}), rounds=20
    )
    assert [sum(of.count) for of in classes] == [cluster.n_vms, cluster.n_hosts]


def test_assignment(benchmark: BenchmarkFixture, cluster: vmopt.Instance) -> None:
    """Writes the assignment formulation down as sparse arrays, for the classes on a tenth of the hosts."""
    fewer = vmopt.Instance.from_arrays(cluster.demand, cluster.capacity[: cluster.n_hosts // 10])
    model = benchmark(lambda: assignment(compile(fewer)))
    assert model.program.matrix.shape[1] >= len(fewer.vm_classes)
