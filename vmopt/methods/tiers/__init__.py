"""Tiers: levels of priority, one after the other, each by the methods for a single objective."""
