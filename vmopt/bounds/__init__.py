"""Bounds: what no placement is worth more than, and what proves it."""

from vmopt.bounds.level_proofs import Counting, GoalPrices, HostPatterns, HostPrices, Leavers, MovePrices, Nature
from vmopt.bounds.proofs import AllPlaced, Bound, Claim, Enumeration, LevelBound, Levels, PatternBound, Prices, Proof
from vmopt.bounds.rule_prices import RulePrice, RulePrices

__all__ = [
    "AllPlaced",
    "Bound",
    "Claim",
    "Counting",
    "Enumeration",
    "GoalPrices",
    "HostPatterns",
    "HostPrices",
    "Leavers",
    "LevelBound",
    "Levels",
    "MovePrices",
    "Nature",
    "PatternBound",
    "Prices",
    "Proof",
    "RulePrice",
    "RulePrices",
]
