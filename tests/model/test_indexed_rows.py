"""What describes the same VMs or hosts is brought into one order by its labels, or refused."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import vmopt
from vmopt.errors import InstanceError, NetworkError, PlacementError
from vmopt.goals import Distance
from vmopt.host_index import to_host_index
from vmopt.model import Instance
from vmopt.network import Network, Traffic

INDEXES: dict[str, Callable[[], Any]] = {
    "counted": lambda: pd.RangeIndex(3),
    "integers": lambda: pd.Index([30, 10, 20]),
    "strings": lambda: pd.Index(["web", "db", "mail"]),
    "dates": lambda: pd.to_datetime(["2024-03-01", "2024-01-01", "2024-02-01"]),
    "with a missing date": lambda: pd.to_datetime(["2024-03-01", None, "2024-02-01"]),
    "floats, one missing": lambda: pd.Index([0.5, np.nan, 1.5]),
    "several levels": lambda: pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("b", 1)]),
    "several levels, one missing": lambda: pd.MultiIndex.from_tuples([("a", 1), ("a", np.nan), ("b", 1)]),
}
CELLS = {
    "cpu": [1, 2, 3],
    "least": [1, 1, 2],
    "priority": [10, 20, 30],
    "value": [0.1, 0.2, 0.3],
    "box": [True, False, False],
    "name": ["one", "two", "three"],
    "labels": [{"app": "x"}, {"app": "y"}, {"app": "z"}],
    "arrival": [0.0, 5.0, 9.0],
    "duration": [7.0, 8.0, 9.0],
}
ORDER = [2, 0, 1]
OF_VMS = {
    "reservation": "least",
    "priority": "priority",
    "value": "value",
    "is_container": "box",
    "vm_names": "name",
    "vm_labels": "labels",
}


def frames(index: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make one frame and the same one in another order; each has the same amount for a VM under the same label."""
    frame = pd.DataFrame(CELLS, index=INDEXES[index]())
    return frame, frame.iloc[ORDER]


@pytest.mark.parametrize("index", INDEXES)
def test_columns_of_vms_in_another_order(index: str) -> None:
    """Tests that every column of the VMs is matched by label with the demand, whichever of them is reordered."""
    frame, moved = frames(index)
    for demand, column in ((frame, moved), (moved, frame)):
        demands = demand["cpu"] if index == "integers" else demand[["cpu"]]
        given = {name: column[key] for name, key in OF_VMS.items()}
        cluster = Instance.from_arrays(demands, [[8]], **given)
        plain = Instance.from_arrays(
            demand[["cpu"]].to_numpy(),
            [[8]],
            resources=["cpu"],
            **{n: demand[k].tolist() for n, k in OF_VMS.items()} | {"reservation": demand[["least"]].to_numpy()},
        )
        assert cluster.replace(resources=["cpu"]) == plain


@pytest.mark.parametrize("index", INDEXES)
def test_columns_of_requests_in_another_order(index: str) -> None:
    """Tests that arrivals, durations and what else requests are made of are matched by label."""
    frame, moved = frames(index)
    requests = vmopt.Requests.from_arrays(
        frame["arrival"],
        moved[["cpu"]],
        duration=frame["duration"],
        priority=frame["priority"],
        reservation=frame["least"],
        vm_names=frame["name"],
    )
    assert requests.arrival.tolist() == moved["arrival"].tolist()
    assert requests.duration.tolist() == moved["duration"].tolist()
    assert requests.priority.tolist() == moved["priority"].tolist()
    assert requests.reservation[:, 0].tolist() == moved["least"].tolist()
    assert list(requests.vm_names) == moved["name"].tolist()


@pytest.mark.parametrize("index", INDEXES)
def test_columns_of_hosts_and_of_shares_in_another_order(index: str) -> None:
    """Tests the same for the columns of the hosts, and for the weights and reservations of shares."""
    frame, moved = frames(index)
    cluster = Instance.from_arrays([[1]], moved[["cpu"]], host_names=frame["name"], host_labels=frame["labels"])
    assert cluster.capacity[:, 0].tolist() == moved["cpu"].tolist()
    assert list(cluster.host_names) == moved["name"].tolist()
    assert cluster.host_labels is not None
    assert [dict(row) for row in cluster.host_labels] == moved["labels"].tolist()
    pool = vmopt.share(6, moved["cpu"], weights=frame["priority"], reservation=frame["least"]).pool
    assert pool.weights.tolist() == moved["priority"].tolist()
    assert pool.reservation[:, 0].tolist() == moved["least"].tolist()


@pytest.mark.parametrize(("one", "other"), list(combinations(INDEXES, 2)))
def test_labels_of_other_rows_are_refused(one: str, other: str) -> None:
    """Tests that two different sets of labels are refused, and that only a counted index says nothing."""
    frame, column = frames(one)[0], pd.Series([3, 2, 1], index=INDEXES[other]())
    if one == "counted" and other.startswith(("several levels", "floats")):
        assert Instance.from_arrays(frame[["cpu"]], [[8]], priority=column).priority.tolist() == [3, 2, 1]
        return
    wrong = r"the priority column labels its rows(, and .* is not in both| out of order)"
    with pytest.raises(InstanceError, match=wrong):
        Instance.from_arrays(frame[["cpu"]], [[8]], priority=column)


def test_a_counted_index_says_nothing() -> None:
    """Tests that rows are taken by position beside an index that only counts, or a plain array."""
    frame, _ = frames("integers")
    counted = pd.Series([7, 8, 9])
    assert Instance.from_arrays(frame[["cpu"]], [[8]], priority=counted).priority.tolist() == [7, 8, 9]
    assert Instance.from_arrays(frame[["cpu"]], [[8]], priority=[7, 8, 9]).priority.tolist() == [7, 8, 9]
    names = Instance.from_arrays(frame[["cpu"]], [[8]], vm_names=["c", "a", "b"], priority={"a": 1, "b": 2, "c": 3})
    assert names.priority.tolist() == [3, 1, 2]


def test_labels_out_of_order_beside_amounts_without_labels() -> None:
    """Tests that a column whose labels say that it was reordered is refused where nothing tells the order meant."""
    moved = pd.Series([7, 8, 9]).iloc[ORDER]
    tables = [[[1], [2], [3]], pl.DataFrame({"cpu": [1, 2, 3]}), {"cpu": [1, 2, 3]}, pa.table({"cpu": [1, 2, 3]})]
    for table in tables:
        for column in (moved, moved.set_axis(INDEXES["dates"]()), moved.set_axis([30, 10, 20])):
            with pytest.raises(InstanceError, match="the priority column labels its rows out of order"):
                Instance.from_arrays(table, [[8]], priority=column)
        kept = moved.set_axis([10, 20, 30])
        assert Instance.from_arrays(table, [[8]], priority=kept).priority.tolist() == [9, 7, 8]
    with pytest.raises(InstanceError, match="the weights column labels its rows out of order"):
        vmopt.share(6, [1, 2, 3], weights=moved)
    with pytest.raises(InstanceError, match="the current column labels its rows out of order"):
        Instance.from_arrays([[1], [2], [3]], [[8]], current=pd.Series([0, 0, -1], index=[2, 0, 1]))
    with pytest.raises(NetworkError, match="the rate column labels its rows out of order"):
        Traffic.from_columns(["a", "b", "c"], ["a", "b", "c"], ["b", "c", "a"], moved)
    assert Instance.from_arrays(pd.DataFrame({"cpu": [1, 2, 3]}), [[8]], priority=moved).priority.tolist() == [7, 8, 9]


def test_two_orders_and_amounts_without_labels() -> None:
    """Tests that two columns in different orders are refused where the amounts follow neither."""
    frame = frames("integers")[0].sort_index()
    moved = frame.iloc[ORDER]
    with pytest.raises(InstanceError, match="the same row labels in different orders, and the amounts have none"):
        Instance.from_arrays(frame[["cpu"]].to_numpy(), [[8]], priority=frame["priority"], value=moved["value"])
    with pytest.raises(InstanceError, match=r"(30|25) is not in both"):
        Instance.from_arrays(
            [[1]] * 3, [[8]], priority=frame["priority"], value=pd.Series([1, 2, 3], index=[25, 10, 20])
        )


def test_labels_that_are_there_twice() -> None:
    """Tests that repeated labels are taken in the same order, and refused in another."""
    frame = pd.DataFrame({"cpu": [1, 2, 3], "priority": [1, 2, 3]}, index=[5, 5, 6])
    assert Instance.from_arrays(frame[["cpu"]], [[8]], priority=frame["priority"]).priority.tolist() == [1, 2, 3]
    with pytest.raises(InstanceError, match="has two rows labelled 5"):
        Instance.from_arrays(frame[["cpu"]], [[8]], priority=frame["priority"].iloc[::-1])


def test_frames_whose_columns_are_numbers_keep_their_labels() -> None:
    """Tests that a frame without names of columns is still matched by the labels of its rows."""
    frame = pd.DataFrame([[1, 2], [3, 4], [5, 6]], index=[7, 8, 9])
    cluster = Instance.from_arrays(
        frame.iloc[ORDER], [[8, 8]], reservation=frame, priority=pd.Series([1, 2, 3], [7, 8, 9])
    )
    assert cluster.demand.tolist() == [[5, 6], [1, 2], [3, 4]]
    assert (cluster.elastic, cluster.priority.tolist(), cluster.resources[0]) == (False, [3, 1, 2], "resource-0")


COLUMNS: dict[str, Callable[[list[float], str | None], Any]] = {
    "pandas": lambda entries, name: pd.Series(entries, name=name),
    "pandas, nullable": lambda entries, name: pd.Series(entries, name=name).convert_dtypes(),
    "polars": lambda entries, name: pl.Series(name, entries),
    "an Arrow array": lambda entries, name: pa.array(entries),
    "a chunked Arrow array": lambda entries, name: pa.chunked_array([pa.array(entries)[:1], pa.array(entries)[1:]]),
}


@pytest.mark.parametrize("kind", COLUMNS)
@pytest.mark.parametrize("name", ["cpu", None])
def test_one_column_is_a_table_of_one_resource(kind: str, name: str | None) -> None:
    """Tests that a column of amounts is taken as demand, capacity and reservation, and may name the resource."""
    make = COLUMNS[kind]
    resource = "cpu" if name and "Arrow" not in kind else "resource-0"
    cluster = Instance.from_arrays(make([1.0, 0.5], name), make([8, 2], name), reservation=make([0.5, 0.5], "least"))
    assert (cluster.resources, cluster.scale.tolist()) == ((resource,), [2])
    assert (cluster.demand.tolist(), cluster.capacity.tolist()) == ([[2], [1]], [[16], [4]])
    assert cluster.reserved.tolist() == [[1], [1]]
    assert Instance.from_arrays(make([1, 2], None), {"cpu": [4]}).resources == ("cpu",)
    assert vmopt.Requests.from_arrays([0, 1], make([1, 2], name)).resources == (resource,)
    assert vmopt.share(4, make([1, 2], name)).pool.demand.tolist() == [[1], [2]]
    with pytest.raises(InstanceError, match=r"1 columns, but the resources|has column 'cpu'|lacks column"):
        Instance.from_arrays(make([1, 2], name), [[4, 4]], resources=["cpu", "memory"])
    with pytest.raises(InstanceError, match=r"demand of VM 'vm-1' for .* is"):
        Instance.from_arrays(make([1, None], name), [[4]])  # type: ignore[list-item]


@pytest.mark.parametrize("kind", ["pandas", "polars"])
def test_two_names_of_one_resource_are_refused(kind: str) -> None:
    """Tests that cpu is not taken for memory where both are single columns and the resource is not named."""
    make = COLUMNS[kind]
    with pytest.raises(InstanceError, match="the resource is called 'memory' and 'cpu'"):
        Instance.from_arrays(make([1, 2], "cpu"), make([8], "memory"))
    for demand, capacity in ((make([1, 2], "cpu"), [[8]]), ([[1], [2]], make([8], "cpu"))):
        assert Instance.from_arrays(demand, capacity, resources=["cpu"]).n_vms == 2
        with pytest.raises(InstanceError, match="a column of amounts is called 'cpu', but the resource is gpu"):
            Instance.from_arrays(demand, capacity, resources=["gpu"])


@pytest.mark.parametrize("kind", COLUMNS)
def test_columns_of_every_library_beside_the_amounts(kind: str) -> None:
    """Tests that priorities, values, flags and names may be columns of any library, with entries missing in values."""
    make: Any = COLUMNS[kind]
    cluster = Instance.from_arrays(
        [[1], [2]],
        [[4]],
        priority=make([3, 4], None),
        value=make([None, 5], None),
        is_container=make([True, False], None),
        vm_names=make(["web", "db"], None),
        host_names=make(["h"], None),
    )
    assert (tuple(cluster.vm_names), tuple(cluster.host_names)) == (("web", "db"), ("h",))
    assert cluster.own_value is not None
    assert (cluster.priority.tolist(), np.isnan(cluster.own_value).tolist()) == ([3, 4], [True, False])
    assert cluster.is_container is not None
    assert cluster.is_container.tolist() == [True, False]


def test_prices_are_matched_by_resource() -> None:
    """Tests that a frame of prices is read by the names of its columns, and refused where they are others."""
    cluster = Instance.from_arrays([[4, 1], [5, 2]], [[8, 4]], resources=["cpu", "memory"])
    prices = pd.DataFrame({"memory": [0.0], "cpu": [0.25]})
    assert vmopt.verify_bound(cluster, prices) == vmopt.verify_bound(cluster, [[0.25, 0.0]])
    with pytest.raises(vmopt.PlacementError, match="lacks column 'cpu'"):
        vmopt.verify_bound(cluster, prices.rename(columns={"cpu": "disk"}))


@pytest.mark.parametrize("index", INDEXES)
def test_a_dict_of_series_is_matched_column_by_column(index: str) -> None:
    """Tests that Series of one table may be in different orders, and the table keeps their labels."""
    frame, moved = frames(index)
    taken = Instance.from_arrays(
        {"cpu": moved["cpu"], "least": frame["least"]}, [[9, 9]], priority=frame["priority"], resources=["cpu", "least"]
    )
    found = sorted(zip(*taken.demand.T.tolist(), taken.priority.tolist(), strict=True))
    if index == "counted":  # a frame that counts its rows says nothing, but in another order it does
        assert found == [(1, 1, 10.0), (2, 1, 20.0), (3, 2, 30.0)]
    assert found == sorted(zip(frame["cpu"], frame["least"], frame["priority"], strict=True))


def test_series_of_other_rows_make_no_table() -> None:
    """Tests that columns of one table with other labels, or orders beside a plain column, are refused."""
    frame, moved = frames("integers")
    with pytest.raises(InstanceError, match="10 is not in both"):
        Instance.from_arrays({"cpu": frame["cpu"], "least": frame["least"].rename({10: 99})}, [[9, 9]])
    with pytest.raises(InstanceError, match="out of order"):
        Instance.from_arrays({"cpu": frame["cpu"], "least": moved["least"], "gpu": [0, 0, 1]}, [[9, 9, 9]])


def test_pairs_and_links_are_matched_by_label() -> None:
    """Tests that columns of traffic and of a network in different orders are matched, or refused."""
    cluster = Instance.from_arrays([[1]] * 3, [[9]] * 2, vm_names=["a", "b", "c"], host_names=["h", "g"])
    pairs = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "rate": [1.0, 2.0]}, index=[7, 3])
    straight = Traffic.from_columns(cluster, pairs["source"], pairs["target"], pairs["rate"])
    mixed = Traffic.from_columns(cluster, pairs["source"], pairs["target"], pairs["rate"].sort_index())
    assert mixed.rate.tolist() == straight.rate.tolist() == [1.0, 2.0]
    with pytest.raises(NetworkError, match="not in both"):
        Traffic.from_columns(cluster, pairs["source"], pairs["target"], pairs["rate"].rename({3: 4}))
    links = pd.DataFrame({"bandwidth": [1.0, 2.0], "latency": [3.0, 4.0]}, index=["up", "down"])
    network = Network.from_arrays(
        ["h", "s", "g"], [True, False, True], [[0, 1], [1, 2]], links["bandwidth"], links["latency"]
    )
    assert network.latency.tolist() == [3.0, 4.0]
    with pytest.raises(NetworkError, match="in different orders"):
        Network.from_arrays(
            ["h", "s", "g"], [True, False, True], [[0, 1], [1, 2]], links["bandwidth"], links["latency"].iloc[::-1]
        )


def test_a_placement_may_be_a_series() -> None:
    """Tests that a Series of host names by VM name is read by name."""
    cluster = Instance.from_arrays([[4], [5]], [[8], [8]], vm_names=["web", "db"], host_names=["h", "g"])
    assert to_host_index(cluster, pd.Series({"db": "h", "web": "g"})).tolist() == [1, 0]
    assert to_host_index(cluster, pd.Series({"db": "h", "web": None})).tolist() == [-1, 0]
    assert to_host_index(cluster, pd.Series([1, 0])).tolist() == [1, 0]
    with pytest.raises(PlacementError):
        to_host_index(cluster, pd.Series({"db": "nowhere"}))


def test_what_is_read_by_place_takes_no_labels() -> None:
    """Tests that tables without names of their own refuse labels, of which nobody would know the order."""
    cluster = Instance.from_arrays([[4], [5], [2]], [[8]] * 3)
    goals = [vmopt.FewestHosts(), vmopt.Balance(), vmopt.Utilisation()]
    moved = pd.Index([2, 0, 1])
    for given in (pd.Series([1, 0, 2], index=moved), pd.Series([1, 0, 2], index=INDEXES["dates"]())):
        for read in (
            lambda placement: vmopt.verify(cluster, placement),
            lambda placement: vmopt.solve(cluster, method="greedy-demand", warm_start=placement),
            lambda placement: vmopt.plan(vmopt.solve(cluster, method="greedy-demand"), current=placement),
            lambda placement: vmopt.check_landings(cluster, placement, {}),
            vmopt.FewestHosts,
            lambda slack: vmopt.Objective(levels=goals, slack=slack),
            vmopt.Requests.from_arrays([0, 1, 2], [[1]] * 3).take,
        ):
            with pytest.raises(vmopt.VmoptError, match=r"has labels .* and is read by place"):
                read(given)
    square = pd.DataFrame(1 - np.eye(3), index=moved, columns=moved)
    prices = pd.DataFrame({"resource-0": [0.1]}, index=["host-0"])
    allocation = pd.DataFrame({"cpu": [4, 5, 2]})
    for read in (
        lambda: Distance(square),
        lambda: vmopt.Balance(level=square),
        lambda: vmopt.verify_bound(cluster, prices),
        lambda: vmopt.verify(cluster, [0, 1, 2], allocation=allocation),
    ):
        with pytest.raises(vmopt.VmoptError, match=r"has labels .* and is read by place"):
            read()
    assert vmopt.FewestHosts(pd.Series({"host-1": 2.0, "host-0": 1.0})).cost == (("host-1", 2.0), ("host-0", 1.0))
