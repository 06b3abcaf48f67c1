"""LP and MPS files, read back by other programs."""

from __future__ import annotations

import gzip
import subprocess
from math import inf
from pathlib import Path

import numpy as np
import pytest

from tests.backends.programs import CASES, Case, hard, knapsack, program
from vmopt.backends.pulp.backend import solvers_found
from vmopt.errors import FileError
from vmopt.formulation.linear_program import LinearProgram
from vmopt.formulation.writers import write, write_lp, write_mps

# Programs without columns and limits that cross are errors to most readers; a tiny objective is 0 to a solver that is
# not given it scaled; and PuLP 3 does not know rows with two limits.
READABLE = [case for case in CASES.values() if case.program.n_columns and case.name != "limits cross"]
READABLE = [case for case in READABLE if "tiny" not in case.name]
TWO_SIDED = ("two-sided row", "no objective", "negative integers", "empty row", "empty row broken")
ONE_SIDED = [case for case in READABLE if case.name not in TWO_SIDED]


def about(optimum: float | None):
    """What a solver with its usual tolerances may find."""
    return None if optimum is None else pytest.approx(optimum, rel=1e-6, abs=1e-9)


def read_mps(path: Path):
    """Return a model builder that has read an MPS file."""
    from ortools.linear_solver.python.model_builder_helper import ModelBuilderHelper

    helper = ModelBuilderHelper()
    assert helper.import_from_mps_file(str(path))
    return helper


def optimum_of_mps(path: Path) -> float | None:
    """Solve an MPS file with OR-Tools; None where it has no feasible point."""
    from ortools.linear_solver.python.model_builder_helper import ModelSolverHelper, SolveStatus

    solver = ModelSolverHelper("highs")
    solver.solve(read_mps(path))
    if solver.status() == SolveStatus.OPTIMAL:
        return solver.objective_value()
    assert solver.status() == SolveStatus.INFEASIBLE
    return None


def optimum_of_lp(path: Path, given: LinearProgram) -> float | None:
    """Solve an LP file with CBC and evaluate its point; None where it has no feasible point."""
    cbc = solvers_found()["cbc"] or pytest.skip("PuLP finds no CBC")
    answer = path.with_suffix(".sol")
    subprocess.run([cbc, str(path), "-solve", "-printingOptions", "all", "-solution", str(answer)], capture_output=True)
    status, *lines = answer.read_text().splitlines()
    if "nfeasible" in status:
        return None
    assert status.startswith("Optimal")
    found = {name: float(value) for _, name, value, _ in (line.split() for line in lines)}
    return given.value(np.array([found.get(f"x{j}", 0.0) for j in range(given.n_columns)]))


@pytest.mark.parametrize("case", READABLE, ids=lambda case: case.name)
def test_lp_files_say_the_same(case: Case, tmp_path: Path) -> None:
    """Tests that an LP file, read back, has the known optimum."""
    assert optimum_of_lp(write_lp(case.program, tmp_path / "p.lp"), case.program) == about(case.optimum)


@pytest.mark.parametrize("case", READABLE, ids=lambda case: case.name)
def test_mps_files_say_the_same(case: Case, tmp_path: Path) -> None:
    """Tests that an MPS file, read back, has minus the known optimum."""
    optimum = None if case.optimum is None else -case.optimum
    assert optimum_of_mps(write_mps(case.program, tmp_path / "p.mps")) == about(optimum)


@pytest.mark.parametrize("case", ONE_SIDED, ids=lambda case: case.name)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_pulp_reads_mps_files(case: Case, tmp_path: Path) -> None:
    """Tests that PuLP reads the columns, limits and kinds that were written."""
    import ortools.sat.python.cp_model  # noqa: F401  before PuLP, which may load another HiGHS
    import pulp

    given = case.program
    columns, problem = pulp.LpProblem.fromMPS(str(write_mps(given, tmp_path / "p.mps")))
    for j in range(given.n_columns):
        column = columns[f"x{j}"]
        limits = [
            -inf if column.lowBound is None else column.lowBound,
            inf if column.upBound is None else column.upBound,
        ]
        assert limits == [given.lower[j], given.upper[j]]
        assert (column.cat == "Integer") == bool(given.integer[j])
        assert problem.objective.get(column, 0.0) == -given.objective[j]


def test_numbers_are_exact(tmp_path: Path) -> None:
    """Tests that thirds, bytes and tiny values are read back as the doubles that they were."""
    numbers = [1 / 3, 2.0**53 - 1, 1e-17, -123456789.987654321]
    given = program(numbers, [numbers], [-inf], [2.0**52 + 1], [0] * 4, [1 / 7] * 4, False)
    helper = read_mps(write_mps(given, tmp_path / "p.mps"))
    assert [-helper.var_objective_coefficient(j) for j in range(4)] == numbers
    assert helper.constraint_coefficients(0) == numbers
    assert helper.constraint_upper_bound(0) == 2.0**52 + 1
    assert helper.var_upper_bound(0) == 1 / 7
    words = write_lp(given, tmp_path / "p.lp").read_text().replace("- ", "-").split()
    assert {*numbers, 2.0**52 + 1, 1 / 7} <= {
        float(word) for word in words if word[-1].isdigit() and "x" not in word and "c" not in word
    }


@pytest.mark.parametrize("suffix", [".lp", ".mps", ".lp.gz", ".mps.gz", ".LP"])
def test_the_suffix_decides(suffix: str, tmp_path: Path) -> None:
    """Tests that write() picks the format and the compression by the suffix."""
    path = write(knapsack([1, 2], 2, [3, 4]), tmp_path / f"p{suffix}")
    content = path.read_bytes()
    text = gzip.decompress(content) if suffix.endswith(".gz") else content
    assert path == tmp_path / f"p{suffix}"
    assert text.startswith(b"\\ " if "lp" in suffix.lower() else b"* ")


def test_same_program_same_bytes(tmp_path: Path) -> None:
    """Tests that writing is deterministic and leaves nothing else behind."""
    first, second = (write(hard(), tmp_path / f"{name}.mps").read_bytes() for name in "ab")
    assert first == second
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mps", "b.mps"]


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a file is replaced only by a complete one."""
    path = tmp_path / "p.lp"
    path.write_text("old")
    broken = knapsack([1], 1, [1])
    monkeypatch.setattr(LinearProgram, "is_integer", property(lambda self: 1 // 0))
    with pytest.raises(ZeroDivisionError):
        write_lp(broken, path)
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("p.lp", "old")]


@pytest.mark.parametrize(
    ("name", "message"), [("p.txt", "the suffix says nothing"), ("no/such/p.lp", "cannot be written")]
)
def test_bad_paths_are_errors(name: str, message: str, tmp_path: Path) -> None:
    """Tests that a suffix without meaning and a folder that is not there are told with the path."""
    with pytest.raises(FileError, match=message) as caught:
        write(knapsack([1], 1, [1]), tmp_path / name)
    assert name in str(caught.value)


def test_rows_without_limits_are_left_out(tmp_path: Path) -> None:
    """Tests that a row that limits nothing is not mistaken for a second objective."""
    given = program([2], [[5], [1]], [-inf, -inf], [inf, 3], [0], [9], False)
    assert optimum_of_mps(write_mps(given, tmp_path / "p.mps")) == pytest.approx(-6.0)
    assert optimum_of_lp(write_lp(given, tmp_path / "p.lp"), given) == pytest.approx(6.0)
