"""Packing: on as few hosts as can be, or on the cheapest, with bounds by prices and by patterns."""
