"""Inside the host: parts (NUMA nodes, GPUs and their slices), and the pieces of VMs that land on them."""

from vmopt.rules.inside.in_force import InsideInForce, inside_of
from vmopt.rules.inside.in_place import TakenInPlace
from vmopt.rules.inside.landings import Landing, check_landings, landings, misplaced, told
from vmopt.rules.inside.rule import Inside

__all__ = [
    "Inside",
    "InsideInForce",
    "Landing",
    "TakenInPlace",
    "check_landings",
    "inside_of",
    "landings",
    "misplaced",
    "told",
]
