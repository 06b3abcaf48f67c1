"""vmopt places virtual machines and containers on hosts, and proves how close to the optimum the answer is.

>>> import vmopt
>>> cluster = vmopt.Instance.from_rows(
...     hosts=[vmopt.Host("h1", {"cpu": 8}), vmopt.Host("h2", {"cpu": 4})],
...     vms=[vmopt.VM("web", {"cpu": 6}, priority=3), vmopt.VM("batch", {"cpu": 7}), vmopt.VM("cron", {"cpu": 2})],
... )
>>> solution = vmopt.solve(cluster)
>>> solution.placement["web"], solution.unplaced
('h1', ('batch',))
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from vmopt.backends import backends
from vmopt.comparison import Comparison
from vmopt.errors import (
    BackendError,
    FileError,
    InstanceError,
    OptionError,
    PlacementError,
    SolverError,
    VmoptError,
)
from vmopt.generate import generate
from vmopt.methods import methods
from vmopt.model import VM, Host, Instance, Objective
from vmopt.solution import Limit, Relaxation, Solution, Status
from vmopt.solve import compare, relax, solve
from vmopt.verify import Violation, verify, verify_bound

if TYPE_CHECKING:
    from vmopt import io

__version__ = "0.1.0"

__all__ = [
    "VM",
    "BackendError",
    "Comparison",
    "FileError",
    "Host",
    "Instance",
    "InstanceError",
    "Limit",
    "Objective",
    "OptionError",
    "PlacementError",
    "Relaxation",
    "Solution",
    "SolverError",
    "Status",
    "Violation",
    "VmoptError",
    "__version__",
    "backends",
    "compare",
    "generate",
    "io",
    "methods",
    "relax",
    "solve",
    "verify",
    "verify_bound",
]


def __getattr__(name: str) -> Any:
    if name == "io":
        return import_module("vmopt.io")
    raise AttributeError(f"module 'vmopt' has no attribute {name!r}")
