"""Volumes: what they say about the nodes of the pods that mount them."""

from __future__ import annotations

from vmopt.platforms.kubernetes.documents import Objects
from vmopt.platforms.kubernetes.fields import Object, mapping, objects, text, texts
from vmopt.platforms.kubernetes.pods import Pod
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


class Volumes:
    """Claims of pods, and what their volumes demand of nodes."""

    def __init__(self, given: Objects, tally: FeatureTally) -> None:
        self._claims = given.by_kind["PersistentVolumeClaim"]
        self._classes = {text(one, "metadata", "name"): one for one in given.of("StorageClass")}
        self._volumes = {text(one, "metadata", "name"): one for one in given.of("PersistentVolume")}
        self._tally = tally

    def demands(self, pod: Pod) -> list[list[Object]]:
        """Return terms of node selectors, one of each of which a node has to meet."""
        demands = []
        for key in _names(pod):
            claim = self._claims.get(key)
            volume = self._volume(claim)
            if volume is not None:
                self._tally.add("claims", "modelled", "claims of pods", "the node affinity and zone of their volumes")
                demands += _of_volume(volume)
            elif claim is not None and not text(claim, "spec", "volumeName"):
                demands += self._unbound(claim)
            else:
                self._tally.add("claims", "left out", "claims of pods", "give claims and volumes (pvc, pv) as well")
        return demands

    def _unbound(self, claim: Object) -> list[list[Object]]:
        """Terms of one that has no volume yet: where its class may make one."""
        made_by = self._classes.get(text(claim, "spec", "storageClassName"), {})
        at_once = bool(made_by) and text(made_by, "volumeBindingMode") != "WaitForFirstConsumer"
        how = "they have no volume yet, for which pods wait there and not here"
        self._tally.add("claims that are bound at once", "approximated", "claims of pods", how, at_once)
        self._tally.add("claims", "modelled", "claims of pods", "it is bound where the pod runs", not at_once)
        allowed = [_expressions(one) for one in objects(made_by, "allowedTopologies")]
        return [allowed] if allowed else []

    def claims(self, pod: Pod) -> list[tuple[tuple[str, str], Object]]:
        """Return the claims of a pod that are known, each once, by namespace and name."""
        return [(key, self._claims[key]) for key in dict.fromkeys(_names(pod)) if key in self._claims]

    def drivers(self, pod: Pod) -> list[str]:
        """Return who attaches the volumes of a pod, once for each volume; those of claims without one are not known."""
        found = []
        for _, claim in self.claims(pod):
            volume = self._volume(claim)
            maker = text(self._classes.get(text(claim, "spec", "storageClassName")), "provisioner")
            found.append(_driver(mapping(volume, "spec")) if volume is not None else maker)
        inline = (one for one in objects(pod.given, "spec", "volumes") if "csi" not in one)
        return [driver for driver in [*found, *map(_driver, inline)] if driver]

    def _volume(self, claim: Object | None) -> Object | None:
        return None if claim is None else self._volumes.get(text(claim, "spec", "volumeName"))


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
    terms = objects(volume, "spec", "nodeAffinity", "required", "nodeSelectorTerms")
    labels = texts(volume, "metadata", "labels")
    zones = [{"key": key, "operator": "In", "values": labels[key].split("__")} for key in ZONES if labels.get(key)]
    return [*([terms] if terms else []), *([[{"matchExpressions": zones}]] if zones and not terms else [])]
