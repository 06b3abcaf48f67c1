"""Microbenchmarks: what single steps cost. ``python -m pytest benchmarks/micro --benchmark-enable`` times them.

In the tests of the package each step runs once, with timing off.
"""
