"""Goals: what a placement is judged by, one level after the other.

An objective is a list of levels, each a goal or a sum of goals with weights; a level is optimised without worsening
those above it, but for a slack of theirs.
"""

from vmopt.goals.balance import Balance
from vmopt.goals.base import BaseGoal
from vmopt.goals.distance import Distance
from vmopt.goals.fewest_hosts import FewestHosts
from vmopt.goals.fewest_moves import FewestMoves
from vmopt.goals.measure import Measure
from vmopt.goals.moves_of_group import MovesOfGroup
from vmopt.goals.penalties import Penalties
from vmopt.goals.text import level_text, parse_level
from vmopt.goals.utilisation import Utilisation

__all__ = [
    "Balance",
    "BaseGoal",
    "Distance",
    "FewestHosts",
    "FewestMoves",
    "Measure",
    "MovesOfGroup",
    "Penalties",
    "Utilisation",
    "level_text",
    "parse_level",
]
