"""Placements that keep talkative VMs close: what `localise` and the trade of objective against latency are made of."""
