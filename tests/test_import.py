"""What importing vmopt loads, and what it does not."""

from __future__ import annotations

import subprocess
import sys

import pytest


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()


def test_import_loads_no_solver() -> None:
    """Tests that `import vmopt` loads neither ortools nor pulp, nor anything else that is slow."""
    heavy = ["ortools", "pulp", "scipy", "networkx", "matplotlib", "pandas", "typer", "rich", "orjson"]
    assert run(f"import sys, vmopt; print([m for m in {heavy} if m in sys.modules])") == "[]"


SHADOWS = """
import importlib, pkgutil, types, FIRST, vmopt
for one in pkgutil.iter_modules(vmopt.__path__):
    if one.name != "__main__":
        importlib.import_module(f"vmopt.{one.name}")
print([name for name in vmopt.__all__ if isinstance(getattr(vmopt, name), types.ModuleType)])
"""


@pytest.mark.parametrize("first", ["vmopt", "vmopt.network", "vmopt.summary.layout", "vmopt.bounds.level_worth"])
def test_modules_hide_no_public_name(first: str) -> None:
    """Tests that whatever is imported first, and after it, modules never take the names of public functions."""
    assert run(SHADOWS.replace("FIRST", first)) == "['io']"


def test_every_public_name_is_there() -> None:
    """Tests that everything in __all__ can be reached."""
    assert run("import vmopt; print([n for n in vmopt.__all__ if not hasattr(vmopt, n)])") == "[]"


def test_star_import_gives_every_public_name_and_loads_no_pictures() -> None:
    """Tests that `from vmopt import *` binds what __all__ and dir() name, without matplotlib."""
    code = (
        "import sys\nfrom vmopt import *\nimport vmopt\n"
        "print(set(vmopt.__all__) <= set(dir(vmopt)) & set(globals()), 'matplotlib' in sys.modules)"
    )
    assert run(code) == "True False"


def test_unknown_name_is_an_attribute_error() -> None:
    """Tests that a name that is not public is refused as any module refuses it."""
    code = "import vmopt\ntry: vmopt.nonsense\nexcept AttributeError as error: print('nonsense' in str(error))"
    assert run(code) == "True"
