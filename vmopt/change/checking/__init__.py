"""Checks plans from their actions and their graph alone: it shares no code with what makes them."""

from __future__ import annotations

from vmopt.change.checking.fault import Fault
from vmopt.change.checking.proof import verify_plan

__all__ = ["Fault", "verify_plan"]
