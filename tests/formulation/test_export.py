"""Exported models: other solvers reach the same objective, and what they write down comes back as a placement."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

import vmopt
from tests.formulation.test_writers import optimum_of_mps
from tests.patience import PATIENCE
from vmopt import metrics
from vmopt.backends.pulp.backend import solvers_found
from vmopt.errors import FileError
from vmopt.formulation.export import ExportedModel
from vmopt.methods.repair import repair
from vmopt.problem import compile

CLUSTER = vmopt.Instance.from_arrays(
    [[4], [4], [5], [3]],
    [[8], [6]],
    vm_names=["web 1", "web-2", "db", "ci"],
    host_names=["h1", "h2"],
    priority=[3, 3, 2, 1],
)
ELASTIC = CLUSTER.replace(reservation=[[1], [1], [2], [3]])

SOLUTION_FILES = {
    "highs": "Model status\nOptimal\n\n# Primal solution values\nFeasible\nObjective 2\n# Columns 6\nx0_web_1_h1 2\n"
    "x1_web_1_h2 0\nx2_db_h1 0\nx3_db_h2 1\n# Rows 2\nc0_supply 2\n\n# Dual solution values\nFeasible\n# Columns 6\n"
    "x0_web_1_h1 0.25\nx4_ci_h1 7\n",
    "cbc": "Optimal - objective value 2.0\n      0 x0_web_1_h1 2 0.1\n      3 x3_db_h2   1  0\n",
    "scip": "solution status: optimal\nobjective value:  2\nx0_web_1_h1   2 \t(obj:3)\nx3_db_h2  1 \t(obj:2)\n",
    "gurobi": "# Solution\n# Objective value = 2\nx0_web_1_h1 2\nx1_web_1_h2 0\nx3_db_h2 9.9999999e-01\n",
    "cplex": '<?xml version = "1.0"?>\n<CPLEXSolution version="1.2"><variables>\n'
    '<variable name="x0_web_1_h1" index="0" value="2"/>\n<variable name="x3_db_h2" index="3" value="1"/>\n'
    "</variables></CPLEXSolution>\n",
    "glpk": "   No. Column name       Activity     Lower bound   Upper bound\n------ ------------\n"
    "     1 x0_web_1_h1     *    2     0    2\n     4 x3_db_h2    *    1    0    1\n",
}


@pytest.mark.parametrize("solver", SOLUTION_FILES)
def test_every_solvers_file_is_read(tmp_path: Path, solver: str) -> None:
    """Tests that the same placement is read from what each solver writes."""
    path = tmp_path / "model.sol"
    path.write_text(SOLUTION_FILES[solver])
    host_index = ExportedModel.of(CLUSTER).read(path)
    assert host_index.tolist() == [0, 0, 1, -1]


@pytest.mark.parametrize("instance", [CLUSTER, ELASTIC, vmopt.generate("flavor", hosts=3, seed=4)], ids=repr)
def test_the_objective_is_vmopts_own(tmp_path: Path, instance: vmopt.Instance) -> None:
    """Tests that another reader and solver reaches the objective that vmopt reports."""
    path = ExportedModel.of(instance).write(tmp_path / "model.mps")
    best = vmopt.solve(instance, method="exact", backend="highs", gap=0, threads=1, time_limit=PATIENCE)
    assert -optimum_of_mps(path) == pytest.approx(best.objective, rel=1e-6)  # a file that minimises


@pytest.mark.parametrize("instance", [CLUSTER, ELASTIC], ids=repr)
def test_there_and_back(tmp_path: Path, instance: vmopt.Instance) -> None:
    """Tests that CBC reads the LP file, and that its answer comes back as an optimal placement."""
    cbc = solvers_found()["cbc"] or pytest.skip("PuLP finds no CBC")
    exported = ExportedModel.of(instance)
    model = exported.write(tmp_path / "model.lp")
    subprocess.run(
        [cbc, str(model), "-solve", "-solution", str(tmp_path / "model.sol")], capture_output=True, check=True
    )
    host_index = repair(compile(instance), exported.read(tmp_path / "model.sol"))
    assert vmopt.verify(instance, host_index) == ()
    best = vmopt.solve(instance, method="exact", gap=0, threads=1, time_limit=PATIENCE)
    allocation = (
        None
        if instance.reservation is None
        else vmopt.solve(instance, method="greedy-demand", warm_start=host_index, threads=1).allocation
    )
    assert metrics.objective_of(instance, host_index, allocation) == pytest.approx(best.objective, rel=1e-6)


def test_every_point_has_its_names() -> None:
    """Tests that each column's name begins with its number and names the first VM of its class and its host."""
    exported = ExportedModel.of(CLUSTER)
    assert exported.names.columns[:3] == ["x0_web_1_h1", "x1_web_1_h2", "x2_db_h1"]
    assert len(set(exported.names.columns)) == exported.program.n_columns
    assert len(set(exported.names.rows)) == exported.program.n_rows
    assert np.array_equal(exported.program.objective, exported.model.vms.value[exported.model.columns.vm_class])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Infeasible\n", "begins with 'Infeasible'"),
        ("", "is empty"),
        ("x0_mail_h1 1\n", "lists no column of the model"),
        ("Optimal - objective value -2.43\n      0 foo 1 0\n", "lists no column of the model"),
        ("solution status: optimal\nobjective value: 2\nC0000000  1 \t(obj:3)\n", "lists no column of the model"),
        ("x3_db_h2 1\nx0_mail_h1 1\nfoo 2\n", "lists 2 columns that the model does not have, such as x0_mail_h1"),
        ("Optimal - objective value 2\n  3 x3_db_h2 1 0\n  4 C4 1 0\n", "lists 1 column that"),
        ("x0_web_1_h1 7\n", "x0_web_1_h1 is 7, but 0 to 2 is allowed"),
    ],
)
def test_what_is_no_answer(tmp_path: Path, text: str, words: str) -> None:
    """Tests that a file without a point of this model is refused."""
    (tmp_path / "model.sol").write_text(text)
    with pytest.raises(FileError, match=words):
        ExportedModel.of(CLUSTER).read(tmp_path / "model.sol")


def test_a_model_of_nothing_is_refused() -> None:
    """Tests that there is no model where no VM fits any host."""
    with pytest.raises(vmopt.InstanceError, match="no VM fits any host"):
        ExportedModel.of(vmopt.Instance.from_arrays([[9], [5]], [[1]]))


def test_fractions_are_refused_and_nothing_is_a_placement(tmp_path: Path) -> None:
    """Tests that the solution of a relaxation is no placement, and that of a solver that left all columns 0 is one."""
    (tmp_path / "half.sol").write_text("x0_web_1_h1 0.5\n")
    with pytest.raises(FileError, match="no whole number"):
        ExportedModel.of(CLUSTER).read(tmp_path / "half.sol")
    (tmp_path / "none.sol").write_text("Optimal - objective value 0.00000000\n")
    assert ExportedModel.of(CLUSTER).read(tmp_path / "none.sol").tolist() == [-1] * 4
