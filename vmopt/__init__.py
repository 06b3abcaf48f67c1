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
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vmopt import io
    from vmopt import plotting as plotting
    from vmopt.arrivals import generate_requests
    from vmopt.backends import backends
    from vmopt.bounds import Bound, LevelBound, PatternBound
    from vmopt.bounds.level_bound import verify_level_bound
    from vmopt.bounds.pattern_bound import Recheck, recheck_pattern_bound, verify_pattern_bound
    from vmopt.bounds.price_bound import verify_bound
    from vmopt.change import (
        Action,
        Fault,
        Headroom,
        Kind,
        Loss,
        Outcome,
        Plan,
        Reserved,
        evacuate,
        headroom,
        plan,
        verify_plan,
        with_headroom,
    )
    from vmopt.comparison import Comparison
    from vmopt.errors import (
        BackendError,
        ExtraError,
        FileError,
        InstanceError,
        NetworkError,
        OptionError,
        PlacementError,
        RoundingWarning,
        SolverError,
        VmoptError,
    )
    from vmopt.explain import (
        Conflict,
        Difference,
        Explanation,
        Ranking,
        Report,
        Room,
        Sensitivity,
        WhatIf,
        conflict,
        explain,
        how_many_more,
        rank_hosts,
        sensitivity,
        what_if,
    )
    from vmopt.generate import generate
    from vmopt.goals import Balance, FewestHosts, FewestMoves, Penalties, Utilisation
    from vmopt.goals.recheck import verify_goal_bound
    from vmopt.inventory import read_inventory
    from vmopt.levels import Level
    from vmopt.methods import methods
    from vmopt.model import VM, Host, Instance, Objective
    from vmopt.model.happenings import Change, HostEvent
    from vmopt.model.parts import OneOf, Part, Pieces
    from vmopt.model.requests import Requests
    from vmopt.planner import Planner
    from vmopt.relaxation import Relaxation
    from vmopt.rules import (
        Alone,
        Apart,
        Ban,
        Breach,
        Empty,
        Fence,
        Gather,
        Groups,
        Keep,
        MostMoves,
        MustRun,
        Near,
        Quarantine,
        Quota,
        Reach,
        Skew,
        Spread,
        Whole,
    )
    from vmopt.rules.contradictions import Contradiction, contradictions, never_runs
    from vmopt.rules.inside import Inside, Landing, check_landings
    from vmopt.sharing import Shares, share
    from vmopt.simulation import (
        PolicyComparison,
        Preemption,
        Timeline,
        compare_policies,
        policies,
        read_timeline,
        simulate,
        write_timeline,
    )
    from vmopt.solution import Limit, Solution, Status
    from vmopt.solving import compare, relax, solve
    from vmopt.trade_offs import TradeOff, TradePoint, trade_off
    from vmopt.verify import Violation, verify

__version__ = "0.1.0"

__all__ = [
    "VM",
    "Action",
    "Alone",
    "Apart",
    "BackendError",
    "Balance",
    "Ban",
    "Bound",
    "Breach",
    "Change",
    "Comparison",
    "Conflict",
    "Contradiction",
    "Difference",
    "Empty",
    "Explanation",
    "ExtraError",
    "Fault",
    "Fence",
    "FewestHosts",
    "FewestMoves",
    "FileError",
    "Gather",
    "Groups",
    "Headroom",
    "Host",
    "HostEvent",
    "Inside",
    "Instance",
    "InstanceError",
    "Keep",
    "Kind",
    "Landing",
    "Level",
    "LevelBound",
    "Limit",
    "Loss",
    "MostMoves",
    "MustRun",
    "Near",
    "NetworkError",
    "Objective",
    "OneOf",
    "OptionError",
    "Outcome",
    "Part",
    "PatternBound",
    "Penalties",
    "Pieces",
    "PlacementError",
    "Plan",
    "Planner",
    "PolicyComparison",
    "Preemption",
    "Quarantine",
    "Quota",
    "Ranking",
    "Reach",
    "Recheck",
    "Relaxation",
    "Report",
    "Requests",
    "Reserved",
    "Room",
    "RoundingWarning",
    "Sensitivity",
    "Shares",
    "Skew",
    "Solution",
    "SolverError",
    "Spread",
    "Status",
    "Timeline",
    "TradeOff",
    "TradePoint",
    "Utilisation",
    "Violation",
    "VmoptError",
    "WhatIf",
    "Whole",
    "__version__",
    "backends",
    "check_landings",
    "compare",
    "compare_policies",
    "conflict",
    "contradictions",
    "evacuate",
    "explain",
    "generate",
    "generate_requests",
    "headroom",
    "how_many_more",
    "io",
    "methods",
    "never_runs",
    "plan",
    "policies",
    "rank_hosts",
    "read_inventory",
    "read_timeline",
    "recheck_pattern_bound",
    "relax",
    "sensitivity",
    "share",
    "simulate",
    "solve",
    "trade_off",
    "verify",
    "verify_bound",
    "verify_goal_bound",
    "verify_level_bound",
    "verify_pattern_bound",
    "verify_plan",
    "what_if",
    "with_headroom",
    "write_timeline",
]


_HOMES = {
    "VM": "model",
    "Host": "model",
    "Instance": "model",
    **dict.fromkeys(["OneOf", "Part", "Pieces"], "model.parts"),
    **dict.fromkeys(["Inside", "Landing", "check_landings"], "rules.inside"),
    "Objective": "model",
    **dict.fromkeys(["Balance", "FewestHosts", "FewestMoves", "Penalties", "Utilisation"], "goals"),
    "Limit": "solution",
    "Relaxation": "relaxation",
    **dict.fromkeys(
        [
            "Alone",
            "Apart",
            "Ban",
            "Breach",
            "Empty",
            "Fence",
            "Gather",
            "Groups",
            "Keep",
            "MostMoves",
            "MustRun",
            "Near",
            "Quarantine",
            "Quota",
            "Reach",
            "Skew",
            "Spread",
            "Whole",
        ],
        "rules",
    ),
    **dict.fromkeys(["Contradiction", "contradictions", "never_runs"], "rules.contradictions"),
    **dict.fromkeys(
        [
            "Action",
            "Fault",
            "Headroom",
            "Kind",
            "Loss",
            "Outcome",
            "Plan",
            "Reserved",
            "evacuate",
            "headroom",
            "plan",
            "verify_plan",
            "with_headroom",
        ],
        "change",
    ),
    "Solution": "solution",
    "Status": "solution",
    "solve": "solving",
    "relax": "solving",
    "compare": "solving",
    **dict.fromkeys(["TradeOff", "TradePoint", "trade_off"], "trade_offs"),
    "verify": "verify",
    "verify_bound": "bounds.price_bound",
    "verify_goal_bound": "goals.recheck",
    "verify_level_bound": "bounds.level_bound",
    "Level": "levels",
    "Bound": "bounds",
    "LevelBound": "bounds",
    "PatternBound": "bounds",
    "Recheck": "bounds.pattern_bound",
    "recheck_pattern_bound": "bounds.pattern_bound",
    "verify_pattern_bound": "bounds.pattern_bound",
    "Violation": "verify",
    **dict.fromkeys(
        ["Conflict", "Difference", "Explanation", "Ranking", "Report", "Room", "Sensitivity", "WhatIf"], "explain"
    ),
    **dict.fromkeys(["conflict", "explain", "how_many_more", "rank_hosts", "sensitivity", "what_if"], "explain"),
    "Planner": "planner",
    "generate": "generate",
    "read_inventory": "inventory",
    "share": "sharing",
    "Shares": "sharing",
    "backends": "backends",
    "methods": "methods",
    "Comparison": "comparison",
    "generate_requests": "arrivals",
    "Change": "model.happenings",
    "HostEvent": "model.happenings",
    "Requests": "model.requests",
    **dict.fromkeys(
        [
            "PolicyComparison",
            "Preemption",
            "Timeline",
            "compare_policies",
            "policies",
            "read_timeline",
            "simulate",
            "write_timeline",
        ],
        "simulation",
    ),
    **dict.fromkeys(
        [
            "BackendError",
            "ExtraError",
            "FileError",
            "InstanceError",
            "NetworkError",
            "OptionError",
            "PlacementError",
            "RoundingWarning",
            "SolverError",
            "VmoptError",
        ],
        "errors",
    ),
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that ``vmopt --help`` need not wait for numpy."""
    if name in ("io", "plotting"):
        return import_module(f"vmopt.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module 'vmopt' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"vmopt.{_HOMES[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


class _Functions(ModuleType):
    """Keeps `verify`, `generate`, `methods` and `backends` functions when a module of that name is imported."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (isinstance(value, ModuleType) and name in _HOMES):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Functions
