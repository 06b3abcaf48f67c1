"""Tabu search on few hosts: many walkers at once, and what they agree on kept while the rest is solved anew."""
