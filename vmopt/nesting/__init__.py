"""Containers in VMs on hosts: which VMs to open where, so that the containers run inside."""

from __future__ import annotations

from vmopt.nesting.check import verify_nest
from vmopt.nesting.flavor import Flavor
from vmopt.nesting.nested import Nested
from vmopt.nesting.prices import NestPrices, price_bound
from vmopt.nesting.solution import NestLevel, NestSolution
from vmopt.nesting.solve import nest

__all__ = ["Flavor", "NestLevel", "NestPrices", "NestSolution", "Nested", "nest", "price_bound", "verify_nest"]
