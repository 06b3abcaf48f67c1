"""What is loaded when, and in which order: each case in an interpreter of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOLVE = """
from tests.backends.programs import CASES
from vmopt.backends import LPOptions, get
for name in ("cp-sat", "highs", "glop", "cbc"):
    case = CASES["two rows" if name == "glop" else "counts"]
    result = get(name).solve(case.program, LPOptions())
    assert result.status == "optimal" and abs(case.program.value(result.x) - case.optimum) < 1e-6, name
print("solved")
"""
BROKEN = "raise ImportError('libortools.so.9: undefined symbol: _Z19setLocalOptionValueRK15HighsLogOptions')"


def run(code: str, *, before: Path | None = None) -> str:
    """Run code in a new interpreter, with a directory before all others on its path, and return what it printed."""
    path = os.pathsep.join(str(folder) for folder in (before, ROOT, os.environ.get("PYTHONPATH")) if folder)
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": path},
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    "first",
    [
        "import ortools.sat.python.cp_model",
        "import ortools.math_opt.python.mathopt",
        "import pulp",
        "import pulp, ortools.sat.python.cp_model",
    ],
)
def test_any_order_works(first: str) -> None:
    """Tests that the solvers work whatever was imported before vmopt."""
    if find_spec("highspy") and "pulp" in first:
        pytest.skip("PuLP loads highspy, and OR-Tools cannot follow: see the test of highspy below")
    assert run(first + SOLVE) == "solved"


def test_vmopt_loads_no_solver() -> None:
    """Tests that importing the backends loads neither OR-Tools nor PuLP, and that solving never loads PuLP."""
    loaded = "print(sorted({name.split('.')[0] for name in sys.modules} & {'ortools', 'pulp', 'highspy', 'pandas'}))"
    modules = ", ".join(f"vmopt.backends.{family}.backend" for family in ("cp_sat", "math_opt", "pulp"))
    assert run(f"import sys, vmopt, {modules}\n{loaded}") == "[]"
    assert run(f"import sys\n{SOLVE}\nassert 'pulp' not in sys.modules") == "solved"


def fake_ortools(folder: Path) -> Path:
    """Make an OR-Tools whose libraries clash with others."""
    package = folder / "ortools"
    package.mkdir()
    (package / "__init__.py").write_text(BROKEN)
    return folder


def fake_highspy(folder: Path) -> Path:
    """Make what pip leaves of an installed highspy."""
    (folder / "highspy-1.15.1.dist-info").mkdir()
    (folder / "highspy-1.15.1.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: highspy\nVersion: 1.15.1\n"
    )
    return folder


SAY_WHY = """
from vmopt.backends import backends, get
from vmopt.errors import BackendError
for info in backends():
    assert info.available == (info.name == "cbc" or info.name.startswith("pulp:")), info
try:
    get("cp-sat")
except BackendError as error:
    print(error)
from tests.backends.programs import CASES
from vmopt.backends import LPOptions
assert get("cbc").solve(CASES["counts"].program, LPOptions()).bound == 20.0
"""


def test_a_clash_is_explained_and_the_other_backends_go_on(tmp_path: Path) -> None:
    """Tests that a clash of HiGHS libraries is told with its cause and its cure, and that CBC still solves."""
    said = run(SAY_WHY, before=fake_highspy(fake_ortools(tmp_path)))
    assert said.startswith(
        "backend 'cp-sat' cannot run here: OR-Tools cannot be loaded: libortools.so.9: undefined symbol"
    )
    assert "highspy 1.15.1 is installed" in said
    assert "pip uninstall highspy" in said
    assert "_Z19" not in said


def test_a_broken_ortools_is_explained(tmp_path: Path) -> None:
    """Tests that OR-Tools that cannot be loaded without highspy about is to be reinstalled."""
    if find_spec("highspy"):
        pytest.skip("highspy is installed")
    assert "pip install --force-reinstall ortools" in run(SAY_WHY, before=fake_ortools(tmp_path))


@pytest.mark.skipif(find_spec("highspy") is None, reason="highspy is not installed")
@pytest.mark.parametrize(
    "first", ["import pulp", "import highspy", "import ortools.math_opt.core.python.solver", "pass"]
)
def test_highspy_never_crashes_or_silences_a_backend(first: str) -> None:
    """Tests that with a highspy in the process every backend solves or says why it cannot."""
    code = """
from tests.backends.programs import CASES
from vmopt.backends import LPOptions, backends, get
for info in backends():
    assert info.available or "pip uninstall highspy" in info.reason, info
    if info.available and info.name != "cp-sat":
        result = get(info.name).solve(CASES["two rows"].program, LPOptions())
        assert result.status == "optimal", info.name
print("solved")
"""
    before = f"try:\n    {first}\nexcept ImportError:\n    pass\n"
    assert run(before + code) == "solved"


def test_a_missing_pulp_is_explained(tmp_path: Path) -> None:
    """Tests that without PuLP its backends are unavailable, with the reason, and the others go on."""
    (tmp_path / "pulp.py").write_text("raise ModuleNotFoundError(\"No module named 'pulp'\")")
    code = """
from vmopt.backends import backends, get
shown = {info.name: info for info in backends()}
assert shown["cp-sat"].available and not shown["cbc"].available
print(shown["cbc"].reason)
"""
    assert run(code, before=tmp_path) == "PuLP failed: ModuleNotFoundError: No module named 'pulp'"
