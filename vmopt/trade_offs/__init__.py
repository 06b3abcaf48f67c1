"""Trade-offs between two goals."""

from vmopt.trade_offs.curve import TradeOff, TradePoint
from vmopt.trade_offs.sweep import trade_off

__all__ = ["TradeOff", "TradePoint", "trade_off"]
