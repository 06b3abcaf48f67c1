"""The public names of vmopt.network, for type checkers; two of them live above it."""

from vmopt.indicators.flow import concurrent_flow as concurrent_flow
from vmopt.methods.locality.localise import localise as localise
from vmopt.network.builders import fat_tree as fat_tree
from vmopt.network.builders import from_networkx as from_networkx
from vmopt.network.builders import leaf_spine as leaf_spine
from vmopt.network.builders import star as star
from vmopt.network.generate import generate_traffic as generate_traffic
from vmopt.network.latency import Latency as Latency
from vmopt.network.network import Network as Network
from vmopt.network.traffic import Traffic as Traffic
