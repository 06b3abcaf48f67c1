"""Claims of devices (``ResourceClaim``): what pods take of the devices of a node, by class and selection.

Devices that a request may be given are counted on each node as a resource; of requests that may be given more devices,
those of narrower ones count as well, so that where selections lie within each other, or apart, the counts are exact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from vmopt.platforms.kubernetes.account import DEVICES
from vmopt.platforms.kubernetes.bars import Step
from vmopt.platforms.kubernetes.cel import CelError
from vmopt.platforms.kubernetes.claims import Claim, alike_in, where_claimed
from vmopt.platforms.kubernetes.devices import Request, chosen, devices_of, request_of
from vmopt.platforms.kubernetes.documents import Objects, naming
from vmopt.platforms.kubernetes.fields import Object, key_of, mapping, objects, text
from vmopt.platforms.kubernetes.nodes import Node
from vmopt.platforms.kubernetes.pods import Pod
from vmopt.platforms.kubernetes.volumes import Demand, on_nodes
from vmopt.platforms.tally import FeatureTally

EXTENDED = "deviceclass.resource.kubernetes.io/"
"""What extended resources begin with that stand for a class, before its name."""
SHOWN = 60
NOT_COUNTED = "their devices are not counted"


class DeviceClaims:
    """Claims of all pods: devices become resources of nodes, of which pods take theirs."""

    def __init__(self, given: Objects, nodes: list[Node], pods: list[Pod], tally: FeatureTally) -> None:
        self._given, self._tally = given, tally
        self._classes = {text(one, "metadata", "name"): one for one in given.of("DeviceClass")}
        self._extends = dict(_extended(self._classes))
        self._claims, self._templates = given.by_kind["ResourceClaim"], given.by_kind["ResourceClaimTemplate"]
        self._devices = devices_of(given)
        self._at = {device.key: n for n, device in enumerate(self._devices)}
        self._chosen: dict[Request, frozenset[int] | None] = {}
        self._beyond: dict[Request, tuple[str, str]] = {}
        self._blocked: dict[str, list[Demand]] = {}
        self._count(nodes, sorted(pods, key=lambda pod: pod.found.host is None))

    def demands(self, pod: Pod) -> list[Demand]:
        """What claims of a pod that waits demand of its node."""
        return self._blocked.get(pod.name, [])

    def _count(self, nodes: list[Node], pods: list[Pod]) -> None:
        held, wanted = set[tuple[str, ...]](), dict[str, list[Claim]]()
        for pod in pods:
            own = list(self._of_pod(pod))
            wanted[pod.name] = [claim for claim in own if claim.key not in held]
            several = len(own) - len(wanted[pod.name])
            how = "their devices count once, for the first that runs"
            self._tally.add("claims of several pods", "approximated", "pods", how, bool(several))
            held |= {claim.key for claim in own}
            if pod.found.host is None:
                self._blocked.setdefault(pod.name, []).extend(where_claimed(own))
        taken = frozenset(self._at[key] for claim in self._all() for key in claim.taken if key in self._at)
        for pod in pods if self._at else ():
            if pod.found.host is None:
                self._blocked[pod.name] += self._alike(wanted[pod.name], taken)
        offered = {kind for node in nodes for kind, n in node.found.capacity.items() if n}
        asked = {pod.name: self._asked(wanted[pod.name]) + self._extended(pod, offered) for pod in pods}
        groups = list(dict.fromkeys(group for counts in asked.values() for group in counts))
        names = self._named(groups)
        reserved = self._reserved(held)
        for group in groups:
            left = Counter(self._devices[n].node for n in group - reserved)
            for node in nodes:
                node.found.capacity[names[group]] = left[node.name]
        for pod in pods:
            self._take(pod, wanted[pod.name], asked[pod.name], names)
        self._overlapping(groups)

    def _take(
        self, pod: Pod, claims: list[Claim], asked: Counter[frozenset[int]], names: dict[frozenset[int], str]
    ) -> None:
        """Those that have devices take these, of all groups that they are in; others what they ask for."""
        has = [self._at[key] for claim in claims for key in claim.taken if key in self._at]
        for group, name in names.items():
            n = (
                sum(device in group for device in has)
                if has
                else sum(n for one, n in asked.items() if _within(one, group))
            )
            if n:
                pod.found.demand[name] = pod.found.demand.get(name, 0) + n
        if asked or has:
            how = f"devices of nodes, by class and selection ({DEVICES}CLASS); who runs keeps to such as it has"
            self._tally.add("resource claims", "modelled", "pods", how)

    def _reserved(self, held: set[tuple[str, ...]]) -> frozenset[int]:
        """Devices of claims whose pods are not known."""
        others = (claim for claim in self._all() if claim.key not in held)
        return frozenset(self._at[key] for claim in others for key in claim.taken if key in self._at)

    def _all(self) -> Iterator[Claim]:
        return (Claim(key, one) for key, one in self._claims.items())

    def _alike(self, claims: list[Claim], taken: frozenset[int]) -> Iterator[Demand]:
        """Yield that a node has enough devices free, as things are, that have the same of an attribute."""
        for claim in claims:
            for attribute, requests in alike_in(claim):
                asked = sum((self._exactly(one, set()) for one in requests), Counter[frozenset[int]]())
                free = frozenset[int]().union(*asked) - taken
                found = Counter((self._devices[n].node, self._devices[n].told(attribute)) for n in free)
                fit = sorted({node for (node, value), n in found.items() if value and n >= asked.total()})
                if asked:
                    yield Demand("short of devices that are alike", [on_nodes(fit)])

    def _of_pod(self, pod: Pod) -> Iterator[Claim]:
        """Claims of a pod that are in the data; of those that are not, say so."""
        told = objects(pod.given, "spec", "resourceClaims")
        statuses = objects(pod.given, "status", "resourceClaimStatuses") if told else []
        made = {text(one, "name"): text(one, "resourceClaimName") for one in statuses}
        special = text(pod.given, "status", "extendedResourceClaimStatus", "resourceClaimName")
        if (pod.namespace, special) in self._claims:
            yield Claim((pod.namespace, special), self._claims[pod.namespace, special])
        for one in told:
            name = text(one, "resourceClaimName") or made.get(text(one, "name"), "")
            template = text(one, "resourceClaimTemplateName")
            if not self._given.of("ResourceSlice"):
                how = "give resourceslices, deviceclasses, resourceclaims and resourceclaimtemplates as well"
                self._tally.add("resource claims", "left out", "claims of pods", how)
            elif (pod.namespace, name) in self._claims:
                yield Claim((pod.namespace, name), self._claims[pod.namespace, name])
            elif not name and (pod.namespace, template) in self._templates:
                whole = mapping(self._templates[pod.namespace, template], "spec")
                yield Claim((pod.name, text(one, "name")), whole)
            else:
                self._missing(pod, name or template)

    def _missing(self, pod: Pod, name: str) -> None:
        known = bool(self._claims or self._templates)
        if known and pod.found.host is None:
            why = f"as its resource claim {name} is not there"
            self._blocked.setdefault(pod.name, []).append(Demand(why, [], Step.BEFORE))
        how = "they wait for them (Fence)" if known else "give resourceclaims and resourceclaimtemplates as well"
        self._tally.add("resource claims that are not there", "modelled" if known else "left out", "pods", how)

    def _asked(self, claims: list[Claim]) -> Counter[frozenset[int]]:
        """How many of which devices the claims of a pod ask for."""
        found = Counter[frozenset[int]]()
        beyond = set[tuple[str, str]]()
        for claim in claims:
            with naming("resource claim", "/".join(claim.key)):
                for one in claim.requests:
                    found += self._request(one, beyond)
            alike = objects(claim.given, "spec", "devices", "constraints")
            how = "on nodes that have enough that are alike today (Fence); that they are to differ is not looked at"
            self._tally.add("constraints of claims", "approximated", "claims of pods", how, bool(alike))
        for name, how in sorted(beyond):
            self._tally.add(name, "left out", "pods", how)
        return found

    def _extended(self, pod: Pod, offered: set[str]) -> Counter[frozenset[int]]:
        """Devices that a pod asks for as an extended resource, which no node offers and a class stands for."""
        found = Counter[frozenset[int]]()
        for kind in sorted(pod.found.demand.keys() & self._extends.keys() - offered):
            request = Request(self._extends[kind], (), key_of([]), 1)
            group = self._group(request, [])
            if group is not None:
                found[group] += pod.found.demand.pop(kind)
        return found

    def _request(self, given: Object, beyond: set[tuple[str, str]]) -> Counter[frozenset[int]]:
        """What a request asks for; of alternatives the first that any node has, and else the last."""
        options = objects(given, "firstAvailable")
        if not options:
            return self._exactly(mapping(given, "exactly") or given, beyond)
        how = "the first of which any node has the devices is taken, whoever else has some"
        self._tally.add("requests with alternatives", "approximated", "requests", how)
        asked, unread = Counter[frozenset[int]](), set[tuple[str, str]]()
        for one in options:
            unread.clear()
            asked = self._exactly(one, unread)
            if asked and all(n <= self._most(group) for group, n in asked.items()):
                break
        beyond |= unread
        return asked

    def _most(self, group: frozenset[int]) -> int:
        """How many devices of a group the node has that has most of them."""
        return max(Counter(self._devices[n].node for n in group).values(), default=0)

    def _exactly(self, given: Object, beyond: set[tuple[str, str]]) -> Counter[frozenset[int]]:
        """What one alternative asks for."""
        if given.get("adminAccess") is True:
            return Counter()
        request = request_of(given)
        group = self._group(request, objects(given, "tolerations"))
        if group is None:
            beyond.add(self._beyond[request])
            return Counter()
        if text(given, "allocationMode") != "All":
            return Counter({group: request.count})
        numbers = set(Counter(self._devices[n].node for n in group).values())
        if len(numbers) > 1:
            beyond.add(("requests for all devices", "nodes have unlike numbers of them: they are not counted"))
            return Counter()
        return Counter({group: max(numbers, default=1)})

    def _group(self, request: Request, tolerations: list[Object]) -> frozenset[int] | None:
        """The devices that a request may be given; None where that cannot be told of single nodes."""
        if request not in self._chosen:
            of_class = self._classes.get(request.of_class)
            self._chosen[request] = None
            try:
                group = chosen(request, of_class or {}, self._devices, tolerations)
            except CelError as error:
                self._beyond[request] = (f"selector {request.name[:SHOWN]}", f"{error}: {NOT_COUNTED}")
            else:
                if any(self._devices[n].parted for n in group):
                    self._beyond[request] = ("devices in parts, or for several claims", NOT_COUNTED)
                elif any(not self._devices[n].node for n in group):
                    self._beyond[request] = ("devices that several nodes reach", NOT_COUNTED)
                else:
                    self._chosen[request] = group if of_class is not None else frozenset()
        return self._chosen[request]

    def _named(self, groups: list[frozenset[int]]) -> dict[frozenset[int], str]:
        """Names of groups, by the first request for each."""
        names, known = dict[frozenset[int], str](), set(groups)
        for request, group in self._chosen.items():
            if group is not None and group in known and group not in names:
                name = f"{DEVICES}{request.name}"
                names[group] = name if name not in names.values() else f"{name} #{len(names)}"
        return names

    def _overlapping(self, groups: list[frozenset[int]]) -> None:
        crossing = sum(bool(a & b) and not (a <= b or b <= a) for n, a in enumerate(groups) for b in groups[n + 1 :])
        how = "each is counted by itself: whether both can be had is not looked at"
        self._tally.add("selections of devices that overlap", "approximated", "pairs", how, crossing)


def _extended(classes: dict[str, Object]) -> Iterator[tuple[str, str]]:
    """Extended resources that stand for devices of classes: one that each class names, and one of its own name."""
    for name, one in classes.items():
        yield f"{EXTENDED}{name}", name
        if text(one, "spec", "extendedResourceName"):
            yield text(one, "spec", "extendedResourceName"), name


def _within(one: frozenset[int], other: frozenset[int]) -> bool:
    """Whether a request for some devices counts among those for others; one for none counts by itself."""
    return one <= other and (bool(one) or not other)
