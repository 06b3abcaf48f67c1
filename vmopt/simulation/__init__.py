"""Simulation: VMs come, wait, run and leave, under a policy that decides who starts where."""

from vmopt.simulation.comparison import PolicyComparison, compare_policies
from vmopt.simulation.kinds import EventKind, VMState
from vmopt.simulation.preemption import Preemption
from vmopt.simulation.run import simulate
from vmopt.simulation.saved import read_timeline, write_timeline
from vmopt.simulation.scheduling import PolicyInfo, policies
from vmopt.simulation.scheduling.rebalance import Rebalance
from vmopt.simulation.timeline import Timeline

__all__ = [
    "EventKind",
    "PolicyComparison",
    "PolicyInfo",
    "Preemption",
    "Rebalance",
    "Timeline",
    "VMState",
    "compare_policies",
    "policies",
    "read_timeline",
    "simulate",
    "write_timeline",
]
