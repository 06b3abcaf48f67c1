"""Anneal: single moves and exchanges, compiled, in one long cooling."""
