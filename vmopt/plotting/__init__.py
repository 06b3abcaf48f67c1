"""Pictures of solutions, prices and benchmarks, with matplotlib (``pip install 'vmopt[plot]'``).

Every function takes an ``ax`` to draw on, makes a figure of notebook size where none is given, and returns the axes.
Nothing global is changed, neither matplotlib's settings nor its backend.
"""

from __future__ import annotations

from vmopt.errors import ExtraError

try:
    import matplotlib as _matplotlib  # noqa: F401
except ModuleNotFoundError as missing:
    raise ExtraError(f"pictures need matplotlib ({missing}): pip install 'vmopt[plot]'.") from missing

from vmopt.plotting.curves import hosts_sorted, trade_off
from vmopt.plotting.gantt import gantt
from vmopt.plotting.inside import parts
from vmopt.plotting.left_out import unplaced
from vmopt.plotting.loads import utilisation
from vmopt.plotting.overview import FORMATS, overview, save
from vmopt.plotting.pairs import comparison, dumbbells
from vmopt.plotting.profiles import performance_profile
from vmopt.plotting.slopes import growth
from vmopt.plotting.stacks import packing
from vmopt.plotting.timelines import timeline, waiting
from vmopt.plotting.traffic import latency, network, traffic_matrix
from vmopt.plotting.trajectory import progress
from vmopt.plotting.worth import prices

__all__ = [
    "FORMATS",
    "comparison",
    "dumbbells",
    "gantt",
    "growth",
    "hosts_sorted",
    "latency",
    "network",
    "overview",
    "packing",
    "parts",
    "performance_profile",
    "prices",
    "progress",
    "save",
    "timeline",
    "trade_off",
    "traffic_matrix",
    "unplaced",
    "utilisation",
    "waiting",
]
