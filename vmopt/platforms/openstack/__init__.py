"""OpenStack: dumps of Nova and Placement become instances."""

from vmopt.platforms.openstack.reader import read_openstack

__all__ = ["read_openstack"]
