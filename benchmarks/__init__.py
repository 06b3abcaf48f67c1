"""Benchmarks: what vmopt reaches, in one run on one machine."""
