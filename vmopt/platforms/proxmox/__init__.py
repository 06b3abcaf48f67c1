"""Proxmox VE: dumps of clusters become instances."""

from vmopt.platforms.proxmox.reader import read_proxmox

__all__ = ["read_proxmox"]
