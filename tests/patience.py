"""How long a test lets a solver work that ends by itself: so long that no machine is too slow."""

PATIENCE = 10_000.0
"""Seconds; a test that hangs is ended by the time-out of the test run."""
