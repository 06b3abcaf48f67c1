"""Ties: among placements of the same VMs, the one that an operator would choose."""

from vmopt.methods.ties.settle import checked_ties, settled

__all__ = ["checked_ties", "settled"]
