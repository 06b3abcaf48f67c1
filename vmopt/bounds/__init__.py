"""Bounds: what no placement is worth more than, and what proves it."""

from vmopt.bounds.proofs import (
    AllPlaced,
    Bound,
    Claim,
    Enumeration,
    HostPatterns,
    HostPrices,
    LevelBound,
    Levels,
    Nature,
    PatternBound,
    Prices,
    Proof,
)
from vmopt.bounds.rule_prices import RulePrice, RulePrices

__all__ = [
    "AllPlaced",
    "Bound",
    "Claim",
    "Enumeration",
    "HostPatterns",
    "HostPrices",
    "LevelBound",
    "Levels",
    "Nature",
    "PatternBound",
    "Prices",
    "Proof",
    "RulePrice",
    "RulePrices",
]
