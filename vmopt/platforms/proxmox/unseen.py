"""Settings of guests that placements do not look at, or only in part: each is named where it says something."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from vmopt.platforms.fields import NUMBER, Row
from vmopt.platforms.tally import FeatureTally, Outcome


class Unseen(NamedTuple):
    """A setting, what becomes of it, and whether a configuration says anything by it."""

    name: str
    outcome: Outcome
    how: str
    says: Callable[[Row], bool]


def _set(name: str) -> Callable[[Row], bool]:
    return lambda config: config.text(name) not in {None, "0"}


def _shrinks(config: Row) -> bool:
    least, most = config.text("balloon") or "0", config.text("memory") or "512"
    return all(map(NUMBER.fullmatch, (least, most))) and 0 < float(least) < float(most)


def _unused(config: Row) -> bool:
    return any(name.startswith("unused") for name in config.fields)


def _bridged(config: Row) -> bool:
    """Whether a network card is on another bridge than the one that every node has."""
    cards = (str(value) for name, value in config.fields.items() if name[:3] == "net" and name[3:].isdigit())
    return any(part.startswith("bridge=") and part != "bridge=vmbr0" for card in cards for part in card.split(","))


def _unlimited(config: Row) -> bool:
    return "rootfs" in config and not {"cores", "cpulimit"} & config.fields.keys()


UNSEEN = (
    Unseen("balloon", "approximated", "their memory may shrink: they count with all of it", _shrinks),
    Unseen("cpulimit", "approximated", "they count with all of their cpus", _set("cpulimit")),
    Unseen("vcpus", "approximated", "cpus that are not plugged in count as well", _set("vcpus")),
    Unseen("numa", "left out", "nodes are not looked into", _set("numa")),
    Unseen("affinity", "left out", "to which cpus of a node they are pinned is not looked at", _set("affinity")),
    Unseen("hugepages", "left out", "how much memory of a node is in such pages is not told", _set("hugepages")),
    Unseen("unused disks", "left out", "how large they are is not told: they count for nothing", _unused),
    Unseen("bridges", "left out", "which nodes have a bridge beside vmbr0 is not looked at", _bridged),
    Unseen("no limit of cpus", "approximated", "containers without one count with all cpus of their node", _unlimited),
    Unseen("args", "left out", "what they ask of their node by arguments of their own is not known", _set("args")),
)


def tell_unseen(config: Row, tally: FeatureTally) -> None:
    """Count what a configuration says and nobody looks at.

    Examples
    --------
    >>> tally = FeatureTally()
    >>> tell_unseen(Row({"memory": 4096, "balloon": 1024, "numa": 0}, "101.conf"), tally)
    >>> [feature.name for feature in tally.features]
    ['balloon']
    """
    for one in UNSEEN:
        tally.add(one.name, one.outcome, "guests", one.how, one.says(config))
