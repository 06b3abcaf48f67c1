"""What the scheduler says of pods that wait: in their conditions, or in events."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from vmopt.platforms.kubernetes.documents import Objects
from vmopt.platforms.kubernetes.fields import Object, objects, text
from vmopt.platforms.tally import FeatureTally

FAILED = "FailedScheduling"
LOOKED_AT = re.compile(
    r"insufficient |too many pods|taint|unschedulable|affinity|selector|topology spread|free ports|cordon|"
    r"persistent ?volume|volume|storageclass|readwriteoncepod|(memory|disk|pid) pressure|not ready|node ?name|"
    r"scheduling gates|nominated|preemption|resource ?claim|allocate all claims|devices|prefilter|satisfy plugin",
    re.IGNORECASE,
)
"""Reasons that have to do with what is read here."""
HEAD = re.compile(r"^\d+/\d+ nodes are (?:un)?available:\s*")
GATED = re.compile("scheduling gates|gated", re.IGNORECASE)
PREEMPTION = re.compile(r"\s*(?:still not schedulable, )?preemption: ")
LONGEST = 80


class Messages:
    """Messages by namespace and name of the pod.

    Examples
    --------
    >>> event = {"reason": "FailedScheduling", "message": "0/1 nodes are available: 1 Too many pods.",
    ...     "metadata": {"name": "e"}, "involvedObject": {"kind": "Pod", "namespace": "shop", "name": "web"}}
    >>> given = Objects()
    >>> given.add("Event", event)
    >>> Messages(given).of({"metadata": {"namespace": "shop", "name": "web"}})
    '0/1 nodes are available: 1 Too many pods.'
    """

    def __init__(self, given: Objects) -> None:
        self._latest: dict[tuple[str, str], tuple[str, str]] = {}
        for one in given.of("Event"):
            about = "involvedObject" if "involvedObject" in one else "regarding"
            if text(one, "reason") == FAILED and text(one, about, "kind") == "Pod":
                key = (text(one, about, "namespace"), text(one, about, "name"))
                when = text(one, "lastTimestamp") or text(one, "eventTime") or text(one, "firstTimestamp")
                said = (when, text(one, "message") or text(one, "note"))
                self._latest[key] = max(said, self._latest.get(key, said))

    def of(self, pod: Object) -> str:
        """The message about a pod; that of its condition is the latest."""
        for one in objects(pod, "status", "conditions"):
            if text(one, "type") == "PodScheduled" and text(one, "status") == "False" and text(one, "message"):
                return text(one, "message")
        return self._latest.get((text(pod, "metadata", "namespace"), text(pod, "metadata", "name")), ("", ""))[1]


def reasons_in(message: str) -> list[str]:
    """Return the reasons that a message gives, without how many nodes each is for.

    Examples
    --------
    >>> reasons_in("0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable. preemption: 0/3 nodes.")
    ['Insufficient cpu', 'node(s) were unschedulable']
    >>> reasons_in("0/6 nodes are available: 1 Insufficient memory, 5 ...")
    ['Insufficient memory']
    """
    said = HEAD.sub("", PREEMPTION.split(message.strip(), maxsplit=1)[0])
    parts = re.split(r",\s+(?=\d+ )", said.rstrip("."))
    reasons = (re.sub(r"^\d+ ", "", part).strip() for part in parts)
    return [reason for reason in reasons if any(map(str.isalpha, reason))]


def tell_others(messages: Iterable[str], tally: FeatureTally) -> None:
    """Name reasons of the scheduler that have to do with nothing that is read here."""
    for message in messages:
        others = [reason for reason in reasons_in(message) if not LOOKED_AT.search(reason)]
        for reason in dict.fromkeys(others):
            how = "the scheduler refuses them for it, and here they may be placed: it is not looked at"
            tally.add(f"{reason[:LONGEST]!r}", "left out", "waiting pods", how)


def tell_doubts(accounts: Mapping[str, str], messages: Mapping[str, str], tally: FeatureTally) -> None:
    """Count pods that the scheduler refuses, and that some node takes by the data."""
    refused = (name for name, message in messages.items() if message and not GATED.search(message))
    doubted = sum(name in accounts and not accounts[name].startswith("0 of") for name in refused)
    how = "its words are older than the data, or these hold not all: give pods of all namespaces, volumes and claims"
    tally.add("refused by the scheduler, and not here", "approximated", "waiting pods", how, doubted)


__all__ = ["Messages", "reasons_in", "tell_doubts", "tell_others"]
