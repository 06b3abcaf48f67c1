"""Tables that name their columns are matched by name, whatever made them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import vmopt
from vmopt.errors import InstanceError
from vmopt.model import VM, Host, Instance

RESOURCES = ("cpu", "memory")
COLUMNS = {"memory": [4, 8], "cpu": [0.5, 2.0]}
CAPACITY = {"cpu": [4], "memory": [16]}


class Stream:
    """A table that offers nothing but an Arrow stream."""

    def __init__(self, table: Any) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self._table.__arrow_c_stream__(requested_schema)


class Interchange:
    """A table that offers nothing but the interchange protocol of data frames."""

    def __init__(self, table: Any) -> None:
        self._table = table

    def __dataframe__(self, **options: Any) -> Any:
        return self._table.__dataframe__(**options)


KINDS = {
    "a dict": dict,
    "pandas": pd.DataFrame,
    "pandas, nullable": lambda columns: pd.DataFrame(columns).convert_dtypes(),
    "polars": pl.DataFrame,
    "Arrow": pa.table,
    "a structured array": lambda columns: pd.DataFrame(columns).to_records(index=False),
    "an Arrow stream": lambda columns: Stream(pl.DataFrame(columns)),
    "the interchange protocol": lambda columns: Interchange(pa.table(columns)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_columns_are_matched_by_name(kind: str) -> None:
    """Tests that the order of columns means nothing where they have names, in every table of an instance."""
    make = KINDS[kind]
    cluster = Instance.from_arrays(make(COLUMNS), make(CAPACITY), resources=RESOURCES, reservation=make(COLUMNS))
    assert cluster.vm(0).demand == {"cpu": 0.5, "memory": 4}
    assert cluster.host(0).capacity == {"cpu": 4, "memory": 16}
    requests = vmopt.Requests.from_arrays([0, 1], make(COLUMNS), resources=RESOURCES)
    assert requests.demand.tolist() == [[0.5, 4], [2, 8]]
    shares = vmopt.share({"cpu": 4, "memory": 16}, make(COLUMNS))
    assert shares.pool.demand.tolist() == [[0.5, 4], [2, 8]]


@pytest.mark.parametrize("kind", KINDS)
def test_columns_name_the_resources(kind: str) -> None:
    """Tests that resources need not be named again, and that the capacity decides their order."""
    make = KINDS[kind]
    assert Instance.from_arrays(make(COLUMNS), make(CAPACITY)).resources == ("cpu", "memory")
    assert Instance.from_arrays(make(COLUMNS), [[16, 4]]).resources == ("memory", "cpu")
    assert vmopt.Requests.from_arrays([0, 1], make(COLUMNS)).resources == ("memory", "cpu")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        ({"cpu": [1, 2]}, "lacks column 'memory'"),
        ({**COLUMNS, "gpu": [0, 0]}, "has column 'gpu'"),
        ({"cpu": ["1", "2"], "memory": [1, 2]}, "demand of VM 'vm-0' for 'cpu' is '1'"),
    ],
)
def test_other_columns_are_refused(kind: str, columns: dict[str, Any], problem: str) -> None:
    """Tests that columns that are missing, too many or no numbers are named."""
    with pytest.raises(InstanceError, match=problem):
        Instance.from_arrays(KINDS[kind](columns), [[4, 16]], resources=RESOURCES)


def test_rows_are_matched_by_name() -> None:
    """Tests that a frame with named rows names the VMs, and that Series are put in their order."""
    frame = pd.DataFrame(COLUMNS, index=["web", "db"])
    cluster = Instance.from_arrays(frame, CAPACITY, priority=pd.Series({"db": 2, "web": 7}))
    assert (tuple(cluster.vm_names), cluster.priority.tolist()) == (("web", "db"), [7, 2])
    swapped = Instance.from_arrays(frame, CAPACITY, vm_names=["db", "web"], value={"web": 3, "db": 5})
    assert swapped.demand.tolist() == cluster.demand[::-1].tolist()
    assert swapped.own_value is not None
    assert swapped.own_value.tolist() == [5, 3]
    with pytest.raises(InstanceError, match="'mail' is not in both"):
        Instance.from_arrays(frame, CAPACITY, vm_names=["web", "mail"])


def test_what_is_missing() -> None:
    """Tests that no value is taken as none, and that no amount is refused by name."""
    value = pd.Series([pd.NA, 3], dtype="Int64")
    cluster = Instance.from_arrays([[1], [2]], [[4]], value=value)
    assert cluster.own_value is not None
    assert np.isnan(cluster.own_value).tolist() == [True, False]
    assert Instance.from_rows([Host("h", {"cpu": 1})], [VM("v", {"cpu": 1}, value=pd.NA)]).own_value is None
    for nothing in (pd.NA, None, np.nan):
        with pytest.raises(InstanceError, match="demand of VM 'vm-1' for 'cpu' is"):
            Instance.from_arrays({"cpu": pd.array([1, nothing], dtype="Float64")}, [[4]], resources=["cpu"])
        with pytest.raises(InstanceError, match="priority of VM 'vm-1' is"):
            Instance.from_arrays([[1], [2]], [[4]], priority=[1, nothing])


def test_scalars_of_numpy_are_numbers() -> None:
    """Tests that scalars of numpy are taken wherever a number is."""
    hosts = [Host("h", {"cpu": np.int64(4)})]
    cluster = Instance.from_rows(hosts, [VM("v", {"cpu": np.float32(0.1)}, priority=np.int16(3), value=np.float64(2))])
    assert cluster.vm(0).demand == {"cpu": 0.1}
    solution = vmopt.solve(cluster, time_limit=np.float32(1), gap=np.float64(0), seed=np.int64(1), threads=np.uint8(1))
    assert solution.objective == 2
    requests = vmopt.Requests.from_arrays(
        [0],
        [[1]],
        duration=[5],
        resources=["cpu"],
        changes=[vmopt.Change(np.float32(1), "vm-0", {"cpu": np.int64(2)}, np.int64(2))],
        host_events=[vmopt.HostEvent(np.int64(10), "h", "drain")],
    )
    assert vmopt.simulate(hosts, requests, policy="fcfs", seed=np.int64(1), until=np.int64(20)).finished.tolist() == [5]
