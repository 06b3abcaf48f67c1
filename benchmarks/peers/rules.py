"""Rules for peers: plain numbers that any program can read, of the rules that a peer can state."""

from __future__ import annotations

from typing import Any

import vmopt
from benchmarks.peers.registry import Peer
from vmopt.errors import OptionError
from vmopt.rules import Spread, Whole
from vmopt.rules.catalogue import require_known
from vmopt.rules.limits import per_group


def described_rules(instance: vmopt.Instance, peer: Peer) -> list[dict[str, Any]]:
    """Describe the rules of an instance.

    ``groups`` and ``domains`` are numbers of VMs and hosts, -1 for none. Of a group, ``spread`` allows `most` in a
    domain, ``whole`` runs at least `least` or none; a VM that is in a group of ``fence`` runs in a domain only.

    Raises
    ------
    OptionError
        If the peer has no words for one of them.

    Examples
    --------
    >>> from benchmarks.peers import PEERS
    >>> cluster = vmopt.Instance.from_arrays([[1], [1]], [[4]], rules=[vmopt.Spread(["vm-0", "vm-1"])])
    >>> described_rules(cluster, PEERS["peer:cp-sat"])
    [{'rule': 'spread', 'groups': [0, 0], 'domains': [0], 'most': [1]}]
    """
    for rule in map(require_known, instance.rules):
        if rule.name not in peer.rules:
            others = f", or with {', '.join(peer.rules)} only" if peer.rules else ""
            raise OptionError(f"{peer.name} cannot state {rule.name}: run it on instances without rules{others}.")
    return [_described(here) for here in instance.rules_in_force]


def _described(here: Any) -> dict[str, Any]:
    rule, groups = here.rule, here.group
    said = {"rule": rule.name, "groups": groups.of.tolist(), "domains": here.domain.of.tolist()}
    if isinstance(rule, Spread):
        said["most"] = per_group(rule.most, groups, "most").tolist()
    if isinstance(rule, Whole):
        said["least"] = rule.wanted(here).tolist()
    return said
