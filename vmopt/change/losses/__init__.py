"""Losses: what becomes of a placement when hosts, racks or zones fail."""

from __future__ import annotations

from vmopt.change.losses.reserve import Reserved, with_headroom
from vmopt.change.losses.result import Headroom, Loss
from vmopt.change.losses.spare import headroom

__all__ = ["Headroom", "Loss", "Reserved", "headroom", "with_headroom"]
