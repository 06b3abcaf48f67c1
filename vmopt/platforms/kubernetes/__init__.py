"""Kubernetes: nodes are hosts, pods are VMs; amounts, affinities, taints, spreads and volumes become rules."""

from vmopt.platforms.kubernetes.reader import from_documents, read_kubernetes

__all__ = ["from_documents", "read_kubernetes"]
