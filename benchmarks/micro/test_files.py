"""Files: reading and writing instances and solutions."""

from __future__ import annotations

from pathlib import Path

from pytest_benchmark.fixture import BenchmarkFixture

import vmopt


def test_write_json(benchmark: BenchmarkFixture, cluster: vmopt.Instance, tmp_path: Path) -> None:
    """Writes an instance as JSON."""
    file = tmp_path / "cluster.json"
    benchmark(lambda: vmopt.io.write_json(cluster, file))
    assert vmopt.io.read_json(file) == cluster


def test_read_json(benchmark: BenchmarkFixture, cluster: vmopt.Instance, tmp_path: Path) -> None:
    """Reads it again."""
    file = tmp_path / "cluster.json"
    vmopt.io.write_json(cluster, file)
    assert benchmark(lambda: vmopt.io.read_json(file)) == cluster


def test_read_csv(benchmark: BenchmarkFixture, cluster: vmopt.Instance, tmp_path: Path) -> None:
    """Reads an instance from a pair of CSV files."""
    files = tmp_path / "hosts.csv", tmp_path / "vms.csv"
    vmopt.io.write_csv(cluster, *files)
    read = benchmark(lambda: vmopt.io.read_csv(*files))
    assert (read.demand == cluster.demand).all()


def test_write_solution(benchmark: BenchmarkFixture, greedy: vmopt.Solution, tmp_path: Path) -> None:
    """Writes a solution as JSON."""
    file = tmp_path / "solution.json"
    benchmark(lambda: vmopt.io.write_solution(greedy, file))
    assert (vmopt.io.read_solution(greedy.instance, file).host_index == greedy.host_index).all()
