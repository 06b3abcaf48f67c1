"""The three indicators of a virtualised cluster: utilisation, throughput, latency."""

from vmopt.indicators.facts import facts_of_traffic
from vmopt.indicators.latency import LatencyIndicators
from vmopt.indicators.report import Indicators, indicators
from vmopt.indicators.throughput import FullLink, Throughput

__all__ = ["FullLink", "Indicators", "LatencyIndicators", "Throughput", "facts_of_traffic", "indicators"]
