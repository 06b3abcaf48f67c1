"""Change: from what runs now to where it should, in an order that works."""

from __future__ import annotations

from vmopt.change.action import Action, Kind
from vmopt.change.checking import Fault, verify_plan
from vmopt.change.make import plan
from vmopt.change.plans import Outcome, Plan

__all__ = ["Action", "Fault", "Kind", "Outcome", "Plan", "plan", "verify_plan"]
