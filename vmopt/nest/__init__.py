"""Containers in VMs on hosts: which VMs to open where, so that the containers run inside."""

from __future__ import annotations

from vmopt.nest.check import verify_nest
from vmopt.nest.flavor import Flavor
from vmopt.nest.nested import Nested
from vmopt.nest.solution import NestLevel, NestSolution
from vmopt.nest.solve import nest

__all__ = ["Flavor", "NestLevel", "NestSolution", "Nested", "nest", "verify_nest"]
