"""Loading OR-Tools, and saying clearly why it cannot be loaded."""

from __future__ import annotations

import re
from functools import cache, partial
from importlib import import_module, metadata
from importlib.util import find_spec

from vmopt.errors import BackendError
from vmopt.interruption import undisturbed

MANGLED = re.compile(r"\b_Z\w+")
MODULES = ("ortools.sat.python.cp_model", "ortools.math_opt.core.python.solver")


def installed(package: str) -> str | None:
    """Return the version of an installed package, without importing it; None where there is none."""
    try:
        return _version(package)
    except metadata.PackageNotFoundError:
        return None


@cache
def _version(package: str) -> str:
    """Read it once: files are looked for in every folder of packages."""
    return metadata.version(package)


@cache
def why_not_ortools() -> str | None:
    """Load OR-Tools; why it cannot be loaded, or None.

    The answer is remembered: a library whose loading failed half-way does not load later in the same process.
    """
    if find_spec("ortools") is None:
        return "OR-Tools is not installed"
    try:
        for module in MODULES:
            undisturbed(partial(import_module, module))
    except Exception as error:  # a broken binary raises more than ImportError
        return f"OR-Tools cannot be loaded: {MANGLED.sub('...', str(error))}. {_clash()}"
    return None


def ortools_needed() -> None:
    """Refuse to go on without OR-Tools, and say how to mend that.

    Raises
    ------
    BackendError
    """
    reason = why_not_ortools()
    if reason is not None:
        raise BackendError(f"this method needs OR-Tools, but {reason}. Install it: pip install ortools")


def _clash() -> str:
    highs = installed("highspy")
    if highs is None:
        return "Reinstall it: pip install --force-reinstall ortools"
    return (
        f"highspy {highs} is installed: its HiGHS library and the one in OR-Tools {installed('ortools')} cannot live "
        "in one process, and whichever is loaded second fails (PuLP loads an installed highspy). vmopt does not need "
        "it: pip uninstall highspy, or call vmopt.backends() before highspy or PuLP are imported"
    )


def ortools_version() -> str:
    """Return name and version of OR-Tools, such as ``ortools 9.15.6755``."""
    return f"ortools {installed('ortools') or 'unknown'}"
