"""Rules: what is demanded of a placement beyond capacity.

A rule speaks of placed VMs only: a VM that runs nowhere breaks none, `MustRun` apart. Two columns carry every rule, the
groups of VMs and the domains of hosts (each host by itself, or all hosts of equal label); n(g,d) is the number of
placed VMs of group g on hosts of domain d.
"""

from vmopt.rules.alone import Alone
from vmopt.rules.apart import Apart
from vmopt.rules.base import BaseRule, InForce
from vmopt.rules.breach import Breach
from vmopt.rules.catalogue import RULES, Parameter, RuleInfo, catalogue, info_of, rule_called
from vmopt.rules.fence import Ban, Empty, Fence
from vmopt.rules.gather import Gather
from vmopt.rules.keep import Keep, Quarantine
from vmopt.rules.most_moves import MostMoves
from vmopt.rules.must_run import MustRun
from vmopt.rules.near import Near
from vmopt.rules.parse import parse_rule
from vmopt.rules.quota import Quota
from vmopt.rules.reach import Reach
from vmopt.rules.resident import Resident
from vmopt.rules.selection import Groups
from vmopt.rules.skew import Skew
from vmopt.rules.spread import Spread
from vmopt.rules.taken import Taken
from vmopt.rules.text import rule_text
from vmopt.rules.transient import Transient
from vmopt.rules.whole import Whole

__all__ = [
    "RULES",
    "Alone",
    "Apart",
    "Ban",
    "BaseRule",
    "Breach",
    "Empty",
    "Fence",
    "Gather",
    "Groups",
    "InForce",
    "Keep",
    "MostMoves",
    "MustRun",
    "Near",
    "Parameter",
    "Quarantine",
    "Quota",
    "Reach",
    "Resident",
    "RuleInfo",
    "Skew",
    "Spread",
    "Taken",
    "Transient",
    "Whole",
    "catalogue",
    "info_of",
    "parse_rule",
    "rule_called",
    "rule_text",
]
