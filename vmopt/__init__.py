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

import lazy_loader

__version__ = "0.1.0"

__getattr__, _names, __all__ = lazy_loader.attach_stub(__name__, __file__)
__all__.remove("plotting")  # a star import does not ask for matplotlib
__all__.append("__version__")


def __dir__() -> list[str]:
    return sorted({*globals(), *_names()})
