"""Balance: how evenly, how safely and how well in shape hosts are filled; one file a kind."""

from vmopt.goals.balance.balance import KINDS, Balance

__all__ = ["KINDS", "Balance"]
