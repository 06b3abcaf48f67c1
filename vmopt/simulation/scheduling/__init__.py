"""Policies: who starts where, one file an idea, found by name in the registry."""

from vmopt.simulation.scheduling.registry import PolicyInfo, policies

__all__ = ["PolicyInfo", "policies"]
