"""The most that a host can be asked for in any state of a plan, exactly.

In a state some arrivals at a host have begun. What must have left by then is what any of them waits for; nothing else
need have. So the worst state is a set S of arrivals that maximises ``demand(S) - demand(departures before S)``: a
closure of greatest weight, whose complement is a smallest cut (Picard 1976). The host keeps its capacity in all states
if a flow from arrivals to departures that they wait for is as large as what would otherwise be too much.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import networkx as nx

Amounts = Mapping[int, int]
Waits = Mapping[int, Sequence[int]]


def most_excess(load: int, capacity: int, arrivals: Amounts, departures: Amounts, waits: Waits) -> int:
    """By how much a host can be overfull when an arrival has begun that asks for this resource; at most 0 if never.

    Parameters
    ----------
    load, capacity : int
        What is there at first, and how much there may be.
    arrivals, departures : mapping of action to amount
    waits : mapping of arrival to departures
        Those that are surely done before it begins.

    Examples
    --------
    >>> most_excess(8, 8, {0: 5}, {1: 6}, {0: [1]}), most_excess(8, 8, {0: 5}, {1: 6}, {0: []})
    (0, 5)
    """
    wanted = {number: amount for number, amount in arrivals.items() if amount}
    if not wanted:
        return min(load - capacity, 0)
    if load <= capacity:
        return _excess(load - capacity, wanted, departures, waits)
    return max(_forced(load - capacity, wanted, departures, waits))


def _forced(over: int, wanted: Amounts, departures: Amounts, waits: Waits) -> Iterator[int]:
    """The same for each arrival that may be the one that has begun: where the host is overfull at first."""
    for first, amount in wanted.items():
        gone = set(waits[first])
        rest = {number: other for number, other in wanted.items() if number != first}
        left = {number: other for number, other in departures.items() if number not in gone}
        now = over + amount - sum(departures[number] for number in gone)
        yield _excess(now, rest, left, {number: [d for d in waits[number] if d not in gone] for number in rest})


def _excess(over: int, wanted: Amounts, departures: Amounts, waits: Waits) -> int:
    """The most that any set of arrivals can make of what is there, the empty set included."""
    total = sum(wanted.values())
    if over + total <= 0:
        return over + total  # even if all came before any left
    paid = _greedily(wanted, departures, waits)
    if over + total - paid <= 0:
        return over + total - paid
    return over + total - _largest_flow(wanted, departures, waits)


def _greedily(wanted: Amounts, departures: Amounts, waits: Waits) -> int:
    """A flow, not always the largest: each arrival in turn takes from what it waits for."""
    left, paid = dict(departures), 0
    for number, amount in sorted(wanted.items(), key=lambda item: len(waits[item[0]])):
        for gone in waits[number]:
            taken = min(left[gone], amount)
            left[gone] -= taken
            amount -= taken
            paid += taken
    return paid


def _largest_flow(wanted: Amounts, departures: Amounts, waits: Waits) -> int:
    net = nx.DiGraph()
    net.add_nodes_from(("begin", "end"))
    for number, amount in wanted.items():
        net.add_edge("begin", ("in", number), capacity=amount)
        net.add_edges_from((("in", number), ("out", gone)) for gone in waits[number])
    for number, amount in departures.items():
        net.add_edge(("out", number), "end", capacity=amount)
    return int(nx.maximum_flow_value(net, "begin", "end"))
