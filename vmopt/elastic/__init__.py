"""Elastic VMs: what each gets of its host, and what it may not get."""
