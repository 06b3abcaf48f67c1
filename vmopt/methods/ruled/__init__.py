"""Placements that keep rules: every method by way of the instance without them, and what is mended afterwards."""
