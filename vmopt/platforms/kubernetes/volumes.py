"""Volumes: what they say about the nodes of the pods that mount them."""

from __future__ import annotations

from typing import NamedTuple

from vmopt.platforms.kubernetes.bars import Step
from vmopt.platforms.kubernetes.documents import Objects
from vmopt.platforms.kubernetes.fields import Object, mapping, objects, text, texts
from vmopt.platforms.kubernetes.free_volumes import FreeVolumes, terms_of
from vmopt.platforms.kubernetes.pods import Pod
from vmopt.platforms.kubernetes.selectors import NAME
from vmopt.platforms.kubernetes.storage import StorageRoom
from vmopt.platforms.tally import FeatureTally

ZONES = (
    "topology.kubernetes.io/zone",
    "topology.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region",
)
MOVED = {
    "awsElasticBlockStore": "ebs.csi.aws.com",
    "gcePersistentDisk": "pd.csi.storage.gke.io",
    "azureDisk": "disk.csi.azure.com",
    "cinder": "cinder.csi.openstack.org",
    "vsphereVolume": "csi.vsphere.vmware.com",
}
"""Volumes that Kubernetes once attached by itself, and the drivers that do now."""
LATE, NOBODY = "WaitForFirstConsumer", "kubernetes.io/no-provisioner"
"""A class whose volumes are made where pods run, and a maker of volumes that makes none."""
CHOSEN = "volume.kubernetes.io/selected-node"
"""Annotation of claims whose volume is being made for a node."""
AT_ONCE = "unbound immediate PersistentVolumeClaims"
"""What the scheduler says of pods that wait for volumes of claims that do not wait for pods."""

NOT_FOUND = 'persistentvolumeclaim "{}" not found'


class Demand(NamedTuple):
    """What a claim demands of the node of a pod: one of some terms of a node selector; where there is none, no node.

    Attributes
    ----------
    why : str
        What is said of nodes that do not meet it, after their number.
    terms : list of dict
    step : Step
    """

    why: str
    terms: list[Object]
    step: Step = Step.VOLUME


REACH = "out of reach of its volumes"


class Volumes:
    """Claims of pods, and what their volumes demand of nodes."""

    def __init__(self, given: Objects, tally: FeatureTally) -> None:
        self._claims = given.by_kind["PersistentVolumeClaim"]
        self._classes = {text(one, "metadata", "name"): one for one in given.of("StorageClass")}
        self._volumes = {text(one, "metadata", "name"): one for one in given.of("PersistentVolume")}
        self._spaces = {namespace for namespace, _ in self._claims}
        self._free = FreeVolumes(given.of("PersistentVolume"))
        self._room = StorageRoom(given)
        self._tally = tally

    def demands(self, pod: Pod) -> list[Demand]:
        """Return what each of its claims demands."""
        return [one for key in _names(pod) for one in self._of_claim(pod, key)]

    def _of_claim(self, pod: Pod, key: tuple[str, str]) -> list[Demand]:
        claim = self._claims.get(key)
        if claim is not None and pod.found.host is None and text(claim, "metadata", "deletionTimestamp"):
            return self._blocked(pod, f"as its claim {key[1]} is being deleted")
        volume = self._volume(claim)
        if volume is not None:
            self._tally.add("claims", "modelled", "claims of pods", "the node affinity and zone of their volumes")
            return [Demand(REACH, terms) for terms in _of_volume(volume)]
        if claim is not None and not text(claim, "spec", "volumeName"):
            return self._unbound(pod, key[1], claim)
        if self._is_gone(pod, key, claim):
            return self._blocked(pod, f"as its claim {key[1]} is {'lost' if claim is not None else 'not there'}")
        if AT_ONCE in pod.message:
            return self._blocked(pod, f"as its claim {key[1]} has no volume yet")
        self._tally.add("claims", "left out", "claims of pods", "give claims and volumes (pvc, pv) as well")
        return []

    def _is_gone(self, pod: Pod, key: tuple[str, str], claim: Object | None) -> bool:
        """Whether a claim, or its volume, is not there, and not only left out of the data."""
        if claim is not None:
            return bool(self._volumes)
        return key[0] in self._spaces or len(self._spaces) > 1 or NOT_FOUND.format(key[1]) in pod.message

    def _unbound(self, pod: Pod, name: str, claim: Object) -> list[Demand]:
        """Terms of one that has no volume yet: where its class may make one, or one is free."""
        of_class = mapping(claim, "spec").get("storageClassName")
        made_by = self._classes.get(str(of_class), {})
        if self._classes and of_class and not made_by:
            return self._blocked(pod, f"as the storage class of its claim {name} is not there")
        at_once = bool(made_by) and text(made_by, "volumeBindingMode") != LATE
        if at_once or of_class == "" or AT_ONCE in pod.message:
            return self._blocked(pod, f"as its claim {name} has no volume yet")
        self._tally.add("claims", "modelled", "claims of pods", "it is bound where the pod runs")
        chosen = texts(claim, "metadata", "annotations").get(CHOSEN)
        if chosen:
            return [Demand("where its volume is not being made", [on_node(chosen)])]
        if text(made_by, "provisioner") == NOBODY:
            return [Demand("without a free volume for its claims", self._free.terms(claim))]
        allowed = [_expressions(one) for one in objects(made_by, "allowedTopologies")]
        free = self._room.terms(claim, made_by)
        how = "only where CSIStorageCapacity tells enough room for it; claims are not added up (Fence)"
        self._tally.add("storage capacity", "modelled", "claims of pods", how, free is not None)
        told = [Demand("where its class makes no volumes", allowed)] if allowed else []
        return [*told, *([] if free is None else [Demand("short of free storage for its claims", free)])]

    def _blocked(self, pod: Pod, why: str) -> list[Demand]:
        """Keep a pod that waits from all nodes; one that runs has what it needs."""
        waits = pod.found.host is None
        how = "a claim is lost or not there, or is to be bound first and has no volume: they wait for it (Fence)"
        self._tally.add("claims that nothing is bound to", "modelled", "claims of waiting pods", how, waits)
        return [Demand(why, [], Step.BEFORE)] if waits else []

    def claims(self, pod: Pod) -> list[tuple[tuple[str, str], Object]]:
        """Return the claims of a pod that are known, each once, by namespace and name."""
        return [(key, self._claims[key]) for key in dict.fromkeys(_names(pod)) if key in self._claims]

    def attached(self, pod: Pod) -> list[tuple[object, str]]:
        """Return the volumes of a pod that a driver attaches, each with that; of claims without one, the claim."""
        found: list[tuple[object, str]] = []
        for key, claim in self.claims(pod):
            volume = self._volume(claim)
            spec = mapping(volume, "spec")
            maker = text(self._classes.get(text(claim, "spec", "storageClassName")), "provisioner")
            handle = text(spec, "csi", "volumeHandle") or text(claim, "spec", "volumeName")
            found.append((handle, _driver(spec)) if volume is not None else (key, maker))
        inline = (one for one in objects(pod.given, "spec", "volumes") if "csi" not in one)
        found += [((pod.name, n), _driver(one)) for n, one in enumerate(inline)]
        return [(which, driver) for which, driver in found if driver]

    def _volume(self, claim: Object | None) -> Object | None:
        return None if claim is None else self._volumes.get(text(claim, "spec", "volumeName"))


def on_node(name: str) -> Object:
    """A term that one node meets."""
    return {"matchFields": [{"key": NAME, "operator": "In", "values": [name]}]}


def on_nodes(names: list[str]) -> Object:
    """A term that some nodes meet."""
    return {"matchFields": [{"key": NAME, "operator": "In", "values": names}]}


def not_on_nodes(names: list[str]) -> Object:
    """A term that all nodes but some meet."""
    return {"matchFields": [{"key": NAME, "operator": "NotIn", "values": names}]}


def _names(pod: Pod) -> list[tuple[str, str]]:
    """The claims that a pod mounts, its own ones that are made with it among them."""
    found = []
    for mounted in objects(pod.given, "spec", "volumes"):
        made = f"{pod.name.partition('/')[2]}-{text(mounted, 'name')}" if "ephemeral" in mounted else ""
        name = text(mounted, "persistentVolumeClaim", "claimName") or made
        found += [(pod.namespace, name)] if name else []
    return found


def _driver(volume: Object) -> str:
    """Who attaches a volume, by the name that its driver has today; empty for what is not attached."""
    return text(volume, "csi", "driver") or next((now for before, now in MOVED.items() if before in volume), "")


def _expressions(topology: Object) -> Object:
    """An allowed topology of a storage class as a term of a node selector."""
    asked = objects(topology, "matchLabelExpressions")
    return {"matchExpressions": [{**one, "operator": "In"} for one in asked]}


def _of_volume(volume: Object) -> list[list[Object]]:
    terms = terms_of(volume)
    labels = texts(volume, "metadata", "labels")
    zones = [{"key": key, "operator": "In", "values": labels[key].split("__")} for key in ZONES if labels.get(key)]
    return [*([terms] if terms else []), *([[{"matchExpressions": zones}]] if zones and not terms else [])]
