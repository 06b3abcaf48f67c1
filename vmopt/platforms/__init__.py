"""Dumps of platforms become instances."""

from vmopt.platforms.imported import Feature, Imported
from vmopt.platforms.kubernetes import read_kubernetes
from vmopt.platforms.openstack import read_openstack
from vmopt.platforms.proxmox import read_proxmox

READERS = {"kubernetes": read_kubernetes, "openstack": read_openstack, "proxmox": read_proxmox}
"""Reader of each platform, by its name."""

__all__ = ["READERS", "Feature", "Imported", "read_kubernetes", "read_openstack", "read_proxmox"]
