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

import sys
from types import ModuleType

__version__ = "0.1.0"


_FUNCTIONS_OF_MODULES = frozenset({"backends", "explain", "generate", "methods", "verify"})
"""Functions that are called like the module that they are in."""


class _Package(ModuleType):
    """The package: a module that is loaded hides no function of its name, also before any name is asked for."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (isinstance(value, ModuleType) and name in _FUNCTIONS_OF_MODULES):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> object:
    """Find out what is public when it is first asked for: the command has begun to watch for Ctrl-C by then."""
    _attach()
    return globals()[name] if name == "__all__" else globals()["__getattr__"](name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_attach()})


def _attach() -> list[str]:
    """Have names loaded as `vmopt/__init__.pyi` has them, each when it is first used; return them."""
    import lazy_loader

    loads, names, public = lazy_loader.attach_stub(__name__, __file__)
    public.remove("plotting")  # a star import does not ask for matplotlib
    globals().update(__getattr__=loads, __all__=[*public, "__version__"])
    return list(names())
