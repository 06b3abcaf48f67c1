"""Kinds of parts that have nothing to do with each other: no VM has a choice that concerns both.

A VM with one alternative asks for its pieces of each kind whatever becomes of those of others. Where it has several,
the kinds in which they differ go together: what it takes of one tells what it needs of the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from vmopt.rules.inside.layout import Ask, Need
from vmopt.rules.inside.small_program import Landed

Kinds = frozenset[str]


@lru_cache(maxsize=1 << 12)
def separate(asks: frozenset[Ask]) -> tuple[Kinds, ...]:
    """Divide the kinds of parts that these VMs ask for.

    Examples
    --------
    >>> from vmopt.rules.inside.layout import Need
    >>> gpu, node, half = (Need(kind, n, (4,), None) for kind, n in (("gpu", 1), ("node", 1), ("node", 2)))
    >>> [sorted(kinds) for kinds in separate(frozenset([((gpu, node), (gpu, half))]))]
    [['gpu'], ['node']]
    >>> [sorted(kinds) for kinds in separate(frozenset([((gpu,), (node,))]))]
    [['gpu', 'node']]
    """
    found: list[Kinds] = []
    for kinds in (kinds for ask in asks for kinds in _together(ask)):
        touched = [other for other in found if kinds & other]
        found = [other for other in found if not kinds & other] + [kinds.union(*touched)]
    return tuple(sorted(found, key=sorted))


def _together(ask: Ask) -> list[Kinds]:
    kinds = sorted({need.kind for one in ask for need in one})
    differ = frozenset(kind for kind in kinds if len({_of(one, frozenset([kind])) for one in ask}) > 1)
    return [*([differ] if differ else []), *(frozenset([kind]) for kind in kinds if kind not in differ)]


@lru_cache(maxsize=1 << 14)
def of_kinds(ask: Ask, kinds: Kinds) -> Ask:
    """What a VM asks for of some kinds: one alternative where all agree in them.

    Examples
    --------
    >>> from vmopt.rules.inside.layout import Need
    >>> gpu, node, half = (Need(kind, n, (4,), None) for kind, n in (("gpu", 1), ("node", 1), ("node", 2)))
    >>> of_kinds(((gpu, node), (gpu, half)), frozenset(["gpu"])) == ((gpu,),)
    True
    """
    found = tuple(_of(one, kinds) for one in ask)
    return found if len(set(found)) > 1 else found[:1]


def _of(one: tuple[Need, ...], kinds: Kinds) -> tuple[Need, ...]:
    return tuple(need for need in one if need.kind in kinds)


def joined(ask: Ask, shares: Iterable[tuple[Kinds, Landed]]) -> Landed:
    """Where a VM has landed, from where it has landed on each of some kinds of parts.

    Examples
    --------
    >>> from vmopt.rules.inside.layout import Need
    >>> gpu, node, half = (Need(kind, n, (4,), None) for kind, n in (("gpu", 1), ("node", 1), ("node", 2)))
    >>> shares = [(frozenset(["gpu"]), (0, (((0, -1),),))), (frozenset(["node"]), (1, (((2, -1), (3, -1)),)))]
    >>> joined(((gpu, node), (gpu, half)), shares)
    (1, (((0, -1),), ((2, -1), (3, -1))))
    """
    shares = list(shares)
    number = max((number for _, (number, _) in shares), default=0)
    spots = [(kinds, iter(spots)) for kinds, (_, spots) in shares]
    return number, tuple(next(next(of for kinds, of in spots if need.kind in kinds)) for need in ask[number])


def share_of(ask: Ask, landed: Landed, kinds: Kinds) -> Landed:
    """Where a VM has landed on some kinds of parts: what `joined` puts together.

    Examples
    --------
    >>> from vmopt.rules.inside.layout import Need
    >>> gpu, node, half = (Need(kind, n, (4,), None) for kind, n in (("gpu", 1), ("node", 1), ("node", 2)))
    >>> landed = (1, (((0, -1),), ((2, -1), (3, -1))))
    >>> [share_of(((gpu, node), (gpu, half)), landed, frozenset([kind])) for kind in ("gpu", "node")]
    [(0, (((0, -1),),)), (1, (((2, -1), (3, -1)),))]
    """
    number, spots = landed
    mine = tuple(spot for need, spot in zip(ask[number], spots, strict=True) if need.kind in kinds)
    return number if len(of_kinds(ask, kinds)) > 1 else 0, mine
