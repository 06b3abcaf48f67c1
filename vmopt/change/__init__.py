"""Change: from what runs now to where it should, in an order that works."""

from __future__ import annotations

from vmopt.change.action import Action, Kind
from vmopt.change.action_graph import Outcome
from vmopt.change.checking import Fault, verify_plan
from vmopt.change.evacuation import evacuate
from vmopt.change.losses import Headroom, Loss, Reserved, headroom, with_headroom
from vmopt.change.make import plan
from vmopt.change.plans import Plan
from vmopt.change.saved import read_plan, write_plan

__all__ = [
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
    "read_plan",
    "verify_plan",
    "with_headroom",
    "write_plan",
]
