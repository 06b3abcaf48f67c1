"""Sharing policies: one pool, divided among VMs by priority or by demand; one file a policy."""

from vmopt.sharing.divide import share
from vmopt.sharing.registry import POLICIES
from vmopt.sharing.shares import Shares

__all__ = ["POLICIES", "Shares", "share"]
