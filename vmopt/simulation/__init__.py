"""Simulation: VMs come, wait, run and leave, under a policy that decides who starts where."""

from vmopt.simulation.kinds import Kind, State
from vmopt.simulation.scheduling import PolicyInfo, policies
from vmopt.simulation.preemption import Preemption
from vmopt.simulation.simulate import simulate
from vmopt.simulation.timeline import Timeline

__all__ = [
    "Kind",
    "PolicyInfo",
    "Preemption",
    "State",
    "Timeline",
    "policies",
    "simulate",
]
