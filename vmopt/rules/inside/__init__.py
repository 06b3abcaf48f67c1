"""Inside the host: parts (NUMA nodes, GPUs and their slices), and the pieces of VMs that land on them."""

from vmopt.rules.inside.landings import Landing, check_landings, landings
from vmopt.rules.inside.rule import Inside, inside_of

__all__ = ["Inside", "Landing", "check_landings", "inside_of", "landings"]
