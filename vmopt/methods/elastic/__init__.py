"""Elastic VMs at scale: prices choose their sizes, the methods for fixed sizes place them, and hosts are shared."""
