"""What importing vmopt loads, and what it does not."""

from __future__ import annotations

import subprocess
import sys


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()


def test_import_loads_no_solver() -> None:
    """Tests that `import vmopt` loads neither ortools nor pulp, nor anything else that is slow."""
    heavy = ["ortools", "pulp", "scipy", "networkx", "matplotlib", "pandas", "typer", "rich", "orjson"]
    assert run(f"import sys, vmopt; print([m for m in {heavy} if m in sys.modules])") == "[]"


def test_public_names_are_functions_whatever_was_imported() -> None:
    """Tests that modules never shadow the public functions of the same name."""
    code = (
        "import vmopt.verify, vmopt.generate, vmopt.backends, vmopt.methods.exact, vmopt\n"
        "print(all(callable(getattr(vmopt, name)) for name in ('solve', 'verify', 'generate', 'backends', 'methods')))"
    )
    assert run(code) == "True"


def test_every_public_name_is_there() -> None:
    """Tests that everything in __all__ can be reached."""
    assert run("import vmopt; print([n for n in vmopt.__all__ if not hasattr(vmopt, n)])") == "[]"
