"""Problem: an instance compiled once into what bounds, formulations and methods read."""

from vmopt.problem.compiled import Problem, compile
from vmopt.problem.dealer import Counts, Dealer

__all__ = ["Counts", "Dealer", "Problem", "compile"]
