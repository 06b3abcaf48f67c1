"""What is worth saying of traffic: throughput and latency."""

from __future__ import annotations

from math import isinf

from vmopt.indicators.latency import LatencyIndicators
from vmopt.indicators.report import Indicators, indicators
from vmopt.indicators.throughput import Throughput
from vmopt.network.network import Network
from vmopt.network.traffic import Traffic
from vmopt.solution import Solution
from vmopt.summary.figures import count, number, percent
from vmopt.summary.layout import Fact

MOST_LINKS = 3
PREFIXES = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


def facts_of_traffic(solution: Solution, network: Network | None, traffic: Traffic | None) -> list[Fact]:
    """Work out what a placement makes of traffic, and say it."""
    found = indicators(solution, network, traffic)
    if found.throughput is None or found.latency is None:
        return []
    through = found.throughput
    facts = [
        Fact("offered", f"{bits(through.offered)}, {bits(through.inside)} of it inside hosts{_unplaced(found)}"),
        Fact("carried", _carried(through)),
        Fact("room for", _growth(through)),
    ]
    if through.full_links:
        shown = ", ".join(f"{link.tail} to {link.head}" for link in through.full_links[:MOST_LINKS])
        more = len(through.full_links) - MOST_LINKS
        facts.append(Fact("full links", f"{shown}{f' and {more:,} more' if more > 0 else ''}"))
    facts.append(Fact("latency", _latency(solution, found.latency)))
    if found.queueing is not None:
        facts.append(Fact("with queues", _latency(solution, found.queueing)))
    return facts


def bits(rate: float) -> str:
    """Write a rate in bit/s.

    Examples
    --------
    >>> bits(2.5e9), bits(12.0)
    ('2.5 Gbit/s', '12 bit/s')
    """
    for unit, prefix in PREFIXES:
        if rate >= unit:
            return f"{number(rate / unit, 4)} {prefix}bit/s"
    return f"{number(rate, 4)} bit/s"


def delay(seconds: float) -> str:
    """Write a latency in microseconds, or milliseconds from one on.

    Examples
    --------
    >>> delay(1.25e-5), delay(0.0021), delay(float("inf"))
    ('12.5 us', '2.1 ms', 'no end')
    """
    if isinf(seconds):
        return "no end"
    return f"{number(seconds * 1e3, 4)} ms" if seconds >= 1e-3 else f"{number(seconds * 1e6, 4)} us"


def _carried(through: Throughput) -> str:
    if not through.offered:
        return "nothing to carry"
    part = percent(through.carried / through.offered, 1)
    most = "" if through.most is None else f"; any routing at most {bits(through.most)}"
    return f"{bits(through.carried)} ({part}) on shortest paths{most}"


def _growth(through: Throughput) -> str:
    if isinf(through.share):
        return "any growth: nothing crosses the network"
    best = "" if through.best_share is None else f", {number(through.best_share, 4)} times under the best routing"
    return f"{number(through.share, 4)} times this traffic on shortest paths{best}"


def _unplaced(found: Indicators) -> str:
    n_pairs = found.unplaced_pairs
    return f"; {count(n_pairs, 'more pair')} with an unplaced end" if n_pairs else ""


def _latency(solution: Solution, latency: LatencyIndicators) -> str:
    told = f"mean {delay(latency.mean)}, 95 % below {delay(latency.p95)}, 99 % {delay(latency.p99)}"
    if latency.worst_pair is None:
        return told
    one, other = (solution.instance.vm_names[vm] for vm in latency.worst_pair)
    return f"{told}, worst {delay(latency.worst)} ({one} to {other})"
