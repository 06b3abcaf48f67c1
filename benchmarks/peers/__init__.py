"""Peers: other programs that solve the same instances, each in an interpreter of its own.

A peer is a script that reads ``job.json`` in the directory it is given and writes ``answer.json`` there. It shares no
code with vmopt, and whatever it says is judged by `vmopt.verify` like any other placement.
"""

from benchmarks.peers.registry import PEERS, PREFIX, Peer

__all__ = ["PEERS", "PREFIX", "Peer"]
