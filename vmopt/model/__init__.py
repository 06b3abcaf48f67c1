"""What a user describes: hosts, VMs, and what counts."""

from vmopt.model.host import Host
from vmopt.model.instance import Instance
from vmopt.model.objective import Objective
from vmopt.model.vm import VM

__all__ = ["VM", "Host", "Instance", "Objective"]
