"""The NUMA nodes of Huawei Cloud's servers as parts, and how VMs are divided between them."""

from __future__ import annotations

from collections.abc import Sequence

from vmopt.model.parts import OneOf, Part, Pieces
from vmopt.rules.inside import Inside

KIND = "numa"
Amounts = Sequence[float]


def on_nodes(
    cpu: Amounts, ram: Amounts, nodes: Sequence[str], first: Sequence[Amounts], second: Sequence[Amounts]
) -> Inside:
    """Make the rule: a VM on two nodes takes half of its cpu and ram of each, one on one node all of it there.

    Parameters
    ----------
    cpu, ram : sequences of float
        What each VM asks for.
    nodes : sequence of str
        On how many nodes each VM runs, ``"1"`` or ``"2"``.
    first, second : pairs of sequences of float
        Cpu and ram of both nodes of each server; which of them is the first makes no difference.

    Examples
    --------
    >>> rule = on_nodes([8, 8], [16, 16], ["2", "1"], ([16], [32]), ([34], [68]))
    >>> rule.pieces["2 x 4 cpu, 8 ram"][0][0]
    Pieces(kind='numa', count=2, each={'cpu': 4, 'ram': 8}, profile=None)
    """
    asked = [_shares(c, r, int(n)) for c, r, n in zip(cpu, ram, nodes, strict=True)]
    pieces = {
        _said(*one): OneOf([Pieces(KIND, one[0], {"cpu": one[1], "ram": one[2]})]) for one in dict.fromkeys(asked)
    }
    servers = [
        tuple(sorted(pair, reverse=True))
        for pair in zip(*(zip(*node, strict=True) for node in (first, second)), strict=True)
    ]
    parts = {
        _named(pair): {KIND: tuple(Part({"cpu": c, "ram": r}) for c, r in pair)} for pair in dict.fromkeys(servers)
    }
    return Inside([_said(*one) for one in asked], pieces, [_named(pair) for pair in servers], parts)


def _shares(cpu: float, ram: float, nodes: int) -> tuple[int, float, float]:
    return nodes, _part(cpu, nodes), _part(ram, nodes)


def _part(amount: float, nodes: int) -> float:
    return amount // nodes if amount % nodes == 0 else amount / nodes


def _said(nodes: int, cpu: float, ram: float) -> str:
    return f"{nodes} x {cpu:g} cpu, {ram:g} ram"


def _named(pair: Sequence[tuple[float, ...]]) -> str:
    return " + ".join(f"{cpu:g} cpu, {ram:g} ram" for cpu, ram in pair)
