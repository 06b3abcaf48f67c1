"""The room of methods says where to look."""

from __future__ import annotations

import pkgutil
import re

from vmopt.methods import __doc__ as said
from vmopt.methods import __path__ as room


def test_every_module_of_methods_is_named_once() -> None:
    """Tests that no method, and no folder of them, is left for the reader to find."""
    listed = re.findall(r"`(\w+)`", said.partition("Where to look:")[2])
    assert sorted(listed) == sorted(module.name for module in pkgutil.iter_modules(room))
