"""Problem: an instance compiled once into what bounds, formulations and methods read."""

from vmopt.problem.compiled import Problem, compile
from vmopt.problem.dealer import ClassCounts, Dealer

__all__ = ["ClassCounts", "Dealer", "Problem", "compile"]
