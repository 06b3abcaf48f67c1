"""Latency and exports where hosts have parts."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from ortools.linear_solver.python import model_builder

import vmopt
from tests.inside.brute import best
from tests.inside.draws import cluster
from vmopt.formulation.export import ExportedModel
from vmopt.network import Traffic, leaf_spine, localise


@pytest.mark.parametrize("seed", range(20))
def test_localising_keeps_to_the_parts(seed: int) -> None:
    hosts, vms = cluster(3000 + seed)
    instance = vmopt.Instance.from_rows(hosts, vms)
    pairs = np.array(list(combinations(range(len(vms)), 2)))
    traffic = Traffic.from_arrays(instance, pairs[:, 0], pairs[:, 1], 1.0 + np.arange(len(pairs)))
    solution = vmopt.solve(instance, method="greedy-demand")
    found = localise(solution, leaf_spine(instance, hosts_per_rack=1), traffic, time_limit=2)
    assert vmopt.verify(instance, found) == ()
    assert vmopt.check_landings(instance, found.host_index, found.parts) == ()
    assert found.objective == pytest.approx(solution.objective)


@pytest.mark.parametrize("seed", range(8))
def test_exported_models_know_parts(tmp_path: Path, seed: int) -> None:
    hosts, vms = cluster(3100 + seed)
    written = ExportedModel.of(vmopt.Instance.from_rows(hosts, vms)).write(tmp_path / "m.mps")
    model, solver = model_builder.ModelBuilder(), model_builder.ModelSolver("scip")
    assert model.import_from_mps_file(str(written))
    assert solver.solve(model) == model_builder.SolveStatus.OPTIMAL
    assert abs(solver.objective_value) == pytest.approx(best(hosts, vms))
