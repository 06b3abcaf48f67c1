"""Rows by their index: what describes the same VMs, or the same hosts, is brought into one order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from vmopt import checks
from vmopt.arrays import IntArray
from vmopt.errors import InstanceError
from vmopt.model.index_labels import IndexLabels, labels_of
from vmopt.model.named_table import NamedTable, plain_column
from vmopt.model.names import Names


class IndexedRows:
    """The rows of the VMs, or of the hosts: their names, and the order that labels are brought into.

    Examples
    --------
    >>> rows = IndexedRows.of([[4], [8]], ["web", "db"], "VM", "demand")
    >>> rows.column({"db": 1, "web": 3}, "priority")
    [3, 1]
    """

    def __init__(self, names: Names, known: list[IndexLabels]) -> None:
        self.names = names
        self._known = known

    @classmethod
    def of(cls, table: Any, names: Any, what: str, column: str) -> IndexedRows:
        """Read who is in the rows of a table from `names`, or else from its own labels where these are strings.

        Raises
        ------
        InstanceError
            If the names are no names, or are labelled in another way than the table.
        """
        count = len(table)
        own = labels_of(table, f"the {column} table", placed=True)
        rows = cls(Names.counted(what.lower(), count), [] if own is None else [own])
        labels_of_names = labels_of(names, f"the {what} names")
        if names is None:
            names = own.entries if own is not None and own.are_names else None
        elif labels_of_names is not None and not (labels_of_names.are_counted and own is not None and own.are_names):
            names = rows.in_order(names, labels_of_names)
        elif own is not None and own.are_names:
            rows._known.clear()
        rows.names = rows.names if names is None else Names.given(_listed(names), count, what)
        rows._known.append(IndexLabels(f"the {what} names", rows.names, placed=True))
        return rows

    def column(self, given: Any, what: str) -> Any:
        """Return a table or a column with its rows in order: by label where it has labels, by position else.

        Raises
        ------
        InstanceError
            If its labels are not those of the other tables and columns.
        """
        shape = "table" if isinstance(given, NamedTable) else "column"
        return self.in_order(given, labels_of(given, f"the {what} {shape}"))

    def in_order(self, given: Any, labels: IndexLabels | None) -> Any:
        """Return a table or column with these labels, its rows in order."""
        order = None if labels is None else self._order(labels)
        if isinstance(given, NamedTable):
            return given if order is None else given.taken(order)
        if isinstance(given, Mapping):
            entries = list(given.values())
            return entries if order is None else [entries[k] for k in order.tolist()]
        given = plain_column(given)
        return given if order is None else given[order]

    def _order(self, labels: IndexLabels) -> IntArray | None:
        """Where to find each row, None where they are in order."""
        try:
            return self._found(labels)
        except TypeError:  # what cannot be hashed
            raise InstanceError(f"{labels.of} has row labels that cannot be compared: reset its index.") from None

    def _found(self, labels: IndexLabels) -> IntArray | None:
        for known in self._known:
            if known.are_names == labels.are_names and _equal(known.entries, labels.entries):
                return None
        for known in self._known:
            order = known.order_in(labels)
            if order is not None:
                return order if known.placed else _refuse_order(labels, known)
        for known in self._known:
            if labels.differ_from(known):
                _refuse_labels(labels, known)
        if not labels.placed and not labels.are_in_order:
            raise InstanceError(
                f"{labels.of} labels its rows out of order, {checks.shown(list(labels.entries))}, and the amounts have "
                "no such labels: label them too (a DataFrame with this index), or give plain arrays in one order."
            )
        self._known.append(labels)
        return None


def aligned(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Bring columns that describe the same things into the order of the first that is labelled.

    Raises
    ------
    InstanceError
        If their labels are not the same, or are in different orders beside columns that have none.

    Examples
    --------
    >>> aligned({"cpu": {"web": 4, "db": 8}, "memory": {"db": 32, "web": 16}})
    {'cpu': [4, 8], 'memory': [16, 32]}
    """
    labels = {name: labels_of(column, f"the {name} column") for name, column in columns.items()}
    placed = all(label is not None for label in labels.values())
    rows = IndexedRows(Names.counted("row", 0), [])
    return {
        name: rows.in_order(column, None if label is None else replace(label, placed=placed))
        for (name, column), label in zip(columns.items(), labels.values(), strict=True)
    }


def _listed(names: Any) -> Any:
    return names.to_pylist() if hasattr(names, "to_pylist") else names


def _equal(one: Sequence[Any], other: Sequence[Any]) -> bool:
    return one is other or (len(one) == len(other) and all(a == b for a, b in zip(one, other, strict=True)))


def _refuse_order(labels: IndexLabels, known: IndexLabels) -> IntArray:
    raise InstanceError(
        f"{labels.of} and {known.of} have the same row labels in different orders, and the amounts have none: "
        "label them too (a DataFrame with this index), or give plain arrays in one order."
    )


def _refuse_labels(labels: IndexLabels, known: IndexLabels) -> None:
    for one in (labels, known):
        if len(one.position) < len(one.entries):
            twice = next(entry for k, entry in enumerate(one.entries) if one.position[entry] != k)
            raise InstanceError(
                f"{one.of} has two rows labelled {twice!r}, and {labels.of} is labelled otherwise than {known.of}: "
                "rows are matched by label; label each once, or give plain arrays."
            )
    here, there = set(labels.entries), set(known.entries)
    odd = next(entry for entry in (*known.entries, *labels.entries) if entry not in here or entry not in there)
    raise InstanceError(
        f"{labels.of} labels its rows, and {odd!r} is not in both it and {known.of}: rows are matched by label; "
        "label them alike, or give a plain array."
    )
