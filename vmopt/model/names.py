"""Names of VMs and hosts: kept if given, else made when asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import repeat
from typing import overload
from weakref import ref

import numpy as np

from vmopt.arrays import IntArray
from vmopt.errors import InstanceError

LONGEST = 10_000
"""Characters of a name: longer ones come of files that are broken."""


class Names(Sequence[str]):
    """A sequence of unique names, either given or counted up from a prefix.

    A million VMs without names of their own cost nothing until somebody reads a name.

    Examples
    --------
    >>> Names.counted("vm", 3)[2]
    'vm-2'
    >>> Names.counted("vm", 3).index_of["vm-1"]
    1
    """

    def __init__(self, given: tuple[str, ...] | None, prefix: str, count: int) -> None:
        self._given = given
        self._prefix = prefix
        self._count = count
        self._last_in: tuple[ref[Names], IntArray] | None = None

    @classmethod
    def counted(cls, prefix: str, count: int) -> Names:
        """Names ``prefix-0`` to ``prefix-(count-1)``, made on demand."""
        return cls(None, prefix, count)

    @classmethod
    def given(cls, names: Sequence[str], count: int, what: str) -> Names:
        """Check that ``names`` are `count` unique non-empty strings and keep them.

        Raises
        ------
        InstanceError
            If one is missing, empty, not a string or given twice; `what` ("VM", "host") is named.
        """
        if isinstance(names, str) or not isinstance(names, Iterable):
            raise InstanceError(f"the {what} names are {names!r}: give a sequence of {count} names.")
        kept = tuple(names)
        if len(kept) != count:
            raise InstanceError(f"{len(kept)} {what} names for {count} {what}s: give one name each, or none at all.")
        for position, name in enumerate(kept):
            if not isinstance(name, str) or not name:
                raise InstanceError(
                    f"{what} at position {position} is named {name!r}: a name is a non-empty string; "
                    f"give it one, or leave all {what} names out."
                )
        if max(map(len, kept), default=0) > LONGEST:
            shown = next(name for name in kept if len(name) > LONGEST)
            raise InstanceError(
                f"{what} name {shown[:40] + '...'!r} has {len(shown):,} characters: give it one of at most {LONGEST:,}."
            )
        if len(set(kept)) < count:
            raise InstanceError(f"{what} name {_first_repeated(kept)!r} is given twice: names must be unique.")
        return cls(kept, what, count)

    @property
    def are_given(self) -> bool:
        """Whether a user chose these names."""
        return self._given is not None

    @cached_property
    def index_of(self) -> dict[str, int]:
        """Name to position; built at the first use."""
        return dict(zip(self, range(len(self)), strict=True))

    def kept(self, positions: IntArray) -> Names:
        """Names of some, each once.

        Examples
        --------
        >>> list(Names.counted("vm", 3).kept(np.array([0, 2])))
        ['vm-0', 'vm-2']
        """
        return Names(tuple(self[position] for position in positions.tolist()), self._prefix, len(positions))

    def positions_in(self, other: Names) -> IntArray:
        """Position of each name among others, -1 where it is not there.

        Examples
        --------
        >>> Names.counted("vm", 3).positions_in(Names.counted("vm", 2)).tolist()
        [0, 1, -1]
        """
        counted_alike = not self.are_given and not other.are_given and self._prefix == other._prefix
        if self is other or counted_alike or (self.are_given and self._given == other._given):
            position = np.arange(len(self))
            return np.where(position < len(other), position, -1)
        if self._given and other._given and self._given == other._given[: len(self)]:  # others came behind these
            return np.arange(len(self))
        if self._last_in is None or self._last_in[0]() is not other:
            found = np.fromiter(map(other.index_of.get, self, repeat(-1)), dtype=np.int64, count=len(self))
            found.setflags(write=False)
            self._last_in = ref(other), found
        return self._last_in[1]

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, position: int) -> str: ...
    @overload
    def __getitem__(self, position: slice) -> tuple[str, ...]: ...
    def __getitem__(self, position: int | slice) -> str | tuple[str, ...]:
        if isinstance(position, slice):
            return tuple(self[i] for i in range(*position.indices(self._count)))
        if self._given is not None:
            return self._given[position]
        if not -self._count <= position < self._count:
            raise IndexError(position)
        return f"{self._prefix}-{position % self._count}"

    def __iter__(self) -> Iterator[str]:
        if self._given is not None:
            return iter(self._given)
        return (f"{self._prefix}-{i}" for i in range(self._count))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Names) or len(self) != len(other):
            return False
        return all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        shown = ", ".join(self[:3])
        return f"Names({shown}{', ...' if self._count > 3 else ''}; {self._count})"


def _first_repeated(names: tuple[str, ...]) -> str:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    raise AssertionError("no name is repeated")
