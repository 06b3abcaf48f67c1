"""Inventories as people keep them: CSV, Excel, Parquet, data frames, with units and headers of any kind.

`delimited` and `frames` make a `Sheet`; `headers` and `columns` tell what its columns hold, `numerals`, `units` and
`amounts` what its cells mean; `resources` and `rows` put both tables together, and `reading` is the door.
"""

from vmopt.inventory.options import ReadingOptions
from vmopt.inventory.reading import Reading, read_inventory, understood

__all__ = ["Reading", "ReadingOptions", "read_inventory", "understood"]
