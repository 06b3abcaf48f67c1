"""Dumps of platforms become instances."""

from vmopt.platforms.imported import Feature, Imported
from vmopt.platforms.openstack import read_openstack
from vmopt.platforms.proxmox import read_proxmox

READERS = {"openstack": read_openstack, "proxmox": read_proxmox}
"""Reader of each platform, by its name."""

__all__ = ["READERS", "Feature", "Imported", "read_openstack", "read_proxmox"]
