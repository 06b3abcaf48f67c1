"""Volumes: what they say about the nodes of the pods that mount them."""

from __future__ import annotations

from vmopt.platforms.kubernetes.documents import Objects
from vmopt.platforms.kubernetes.fields import Object, objects, text, texts
from vmopt.platforms.kubernetes.pods import Pod
from vmopt.platforms.tally import FeatureTally

ZONES = (
    "topology.kubernetes.io/zone",
    "topology.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region",
)


class Volumes:
    """Claims of pods, and what their volumes demand of nodes."""

    def __init__(self, given: Objects, tally: FeatureTally) -> None:
        self._claims = given.by_kind["PersistentVolumeClaim"]
        self._volumes = {text(one, "metadata", "name"): one for one in given.of("PersistentVolume")}
        self._tally = tally

    def demands(self, pod: Pod) -> list[list[Object]]:
        """Return terms of node selectors, one of each of which a node has to meet."""
        demands = []
        for mounted in objects(pod.given, "spec", "volumes"):
            name = text(mounted, "persistentVolumeClaim", "claimName")
            if not name:
                continue
            claim = self._claims.get((pod.namespace, name))
            volume = None if claim is None else self._volumes.get(text(claim, "spec", "volumeName"))
            if volume is None:
                unbound = claim is not None and not text(claim, "spec", "volumeName")
                how = "it is bound where the pod runs" if unbound else "give claims and volumes (pvc, pv) as well"
                self._tally.add("claims", "modelled" if unbound else "left out", "claims of pods", how)
                continue
            self._tally.add("claims", "modelled", "claims of pods", "the node affinity and zone of their volumes")
            demands += _of_volume(volume)
        return demands


def _of_volume(volume: Object) -> list[list[Object]]:
    terms = objects(volume, "spec", "nodeAffinity", "required", "nodeSelectorTerms")
    labels = texts(volume, "metadata", "labels")
    zones = [{"key": key, "operator": "In", "values": labels[key].split("__")} for key in ZONES if labels.get(key)]
    return [*([terms] if terms else []), *([[{"matchExpressions": zones}]] if zones and not terms else [])]
