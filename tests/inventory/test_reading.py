"""Inventories as people keep them are understood, exactly, or asked back about."""

from __future__ import annotations

import io
import zipfile
from fractions import Fraction

import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pyarrow import parquet

from vmopt.errors import FileError, OptionError
from vmopt.inventory import read_inventory, understood

HOSTS = {"Host": ["h1", "h2"], "CPUs": [8, 4], "RAM (GiB)": [32, 16], "Rack": ["a", "b"]}
VMS = {"VM": ["web", "db"], "vCPU": ["500m", "2.5 cores"], "memory": ["4Gi", "512MiB"], "owner": ["x", ""]}


def amounts(table, scale):
    return [[Fraction(int(one), int(of)) for one, of in zip(row, scale, strict=True)] for row in table]


def check(cluster):
    assert cluster.resources == ("cpu", "memory")
    assert amounts(cluster.capacity, cluster.scale) == [[8, 32], [4, 16]]
    assert amounts(cluster.demand, cluster.scale) == [[Fraction(1, 2), 4], [Fraction(5, 2), Fraction(1, 2)]]
    assert (list(cluster.host_names), list(cluster.vm_names)) == (["h1", "h2"], ["web", "db"])
    assert [dict(row) for row in cluster.host_labels] == [{"Rack": "a"}, {"Rack": "b"}]
    assert [dict(row) for row in cluster.vm_labels] == [{"owner": "x"}, {}]


def as_text(table, separator=",", mark="."):
    rows = [list(table), *zip(*table.values(), strict=True)]
    return "\n".join(separator.join(str(cell).replace(".", mark) for cell in row) for row in rows) + "\n"


@pytest.mark.parametrize(("separator", "mark"), [(",", "."), (";", ","), ("\t", ","), ("|", ".")])
def test_text_with_any_separator_and_mark(tmp_path, separator, mark):
    (tmp_path / "h").write_text(as_text(HOSTS, separator, mark))
    (tmp_path / "v").write_text(as_text(VMS, separator, mark))
    check(read_inventory(tmp_path / "h", tmp_path / "v"))


@pytest.mark.parametrize("make", [dict, pd.DataFrame, pl.DataFrame, pa.table])
def test_frames(make):
    check(read_inventory(make(HOSTS), make(VMS)))


def test_the_index_of_pandas_holds_names():
    check(read_inventory(pd.DataFrame(HOSTS).set_index("Host"), pd.DataFrame(VMS).set_index("VM")))


def test_parquet_and_excel(tmp_path):
    parquet.write_table(pa.table(HOSTS), tmp_path / "h.parquet")
    pd.DataFrame(VMS).to_excel(tmp_path / "v.xlsx", index=False)
    check(read_inventory(tmp_path / "h.parquet", tmp_path / "v.xlsx"))


def test_gb_and_gib_stay_apart():
    cluster = read_inventory({"memory": ["1 GB", "1 GiB"]}, {"memory": ["1000000 kB"]})
    least = Fraction(int(cluster.demand[0, 0]), int(cluster.capacity[1, 0]))
    assert least == Fraction(10**9, 2**30)
    assert cluster.demand[0, 0] == cluster.capacity[0, 0]


def test_overcommit_and_reserve():
    cluster = read_inventory(HOSTS, VMS, overcommit={"cpu": "4"}, reserve={"memory": "10%", "cpu": 1})
    assert amounts(cluster.capacity, cluster.scale) == [[28, Fraction(288, 10)], [12, Fraction(144, 10)]]


def test_where_vms_run_now():
    cluster = read_inventory(HOSTS, VMS | {"Host": ["h2", None], "Priority": [3, 1]})
    assert cluster.current.tolist() == [1, -1]
    assert cluster.priority.tolist() == [3, 1]


def test_mapping_and_labels():
    hosts = {"Box": ["h1"], "Threads": [8], "Cores": [4], "Tier": [1]}
    vms = {"Box": ["v1"], "vcpus": [2], "Tier": [1]}
    cluster = read_inventory(hosts, vms, columns={"hosts.cpu": "threads"}, labels=["Tier", "Cores"])
    assert (cluster.resources, cluster.capacity.tolist()) == (("cpu",), [[8]])
    assert dict(cluster.vm_labels[0]) == {"Tier": "1"}


def test_what_was_understood_is_told():
    told = understood(HOSTS, VMS).told
    assert told[0] == "hosts: names in 'Host'; cpu in 'CPUs' (cores); memory in 'RAM (GiB)' (GiB); labels Rack"


@pytest.mark.parametrize(
    ("hosts", "vms", "message"),
    [
        (VMS, HOSTS, "looks like the table of VMs"),
        ({"A": ["x", "y"], "B": ["p", "q"], "cpu": [1, 2]}, VMS, "which column holds the names: 'A' or 'B'"),
        (HOSTS | {"Cores": [1, 1]}, VMS, "which column holds cpu: 'CPUs' or 'Cores'"),
        (HOSTS, VMS | {"gpu": [0, 1]}, "no column says what hosts have of gpu"),
        (HOSTS, VMS | {"memory": [4, 1]}, "the number has no unit, and others of memory are in GiB"),
        (HOSTS, VMS | {"memory": ["4Gi", "lots"]}, "row 1, column 'memory': 'lots' is no amount of memory"),
        (HOSTS, VMS | {"memory": ["4Gi", "4 Gb"]}, "the unit 'Gb' is unknown"),
        (HOSTS, VMS | {"memory": ["4Gi", ""]}, "the cell is empty"),
        (HOSTS, VMS | {"memory": ["128m", "1Gi"]}, "thousandths of a byte"),
        (HOSTS, VMS | {"vCPU": [1, 2], "memory": ["1,024 MiB", "1Gi"]}, "say the decimal mark"),
        (HOSTS, VMS | {"memory": ["2,5Gi", "1.5Gi"]}, "the decimal mark is a point in"),
        (HOSTS, VMS | {"VM": ["web", "web"]}, "'web' is there already, in row 0"),
        (HOSTS, VMS | {"vCPU": ["1", "16 GiB"]}, "row 1, column 'vCPU': cpu is in GiB here, and in .* elsewhere"),
        (HOSTS, VMS | {"vCPU": ["1 GHz", "1"]}, "use one kind of unit"),
        (HOSTS, VMS | {"vCPU": ["1e999999999", "1"]}, "the unit 'e999999999' is unknown"),
        (HOSTS, VMS | {"vCPU": ["1e99", "1"]}, "'1e99' is no amount of cpu"),
        (HOSTS, VMS | {"vCPU": ["-1", "1"]}, "'-1' is below 0"),
        ({"a": ["x"]}, {"b": ["y"]}, "share no column of amounts"),
    ],
)
def test_what_cannot_be_known_is_asked_back(hosts, vms, message):
    with pytest.raises(FileError, match=message):
        read_inventory(hosts, vms)


def test_as_many_large_vms_as_small_hosts_are_the_wrong_way_round():
    hosts = {"Name": ["web", "db"], "CPU": [2, 8], "Memory": ["4GiB", "32 GiB"]}
    vms = {"Name": ["h1", "h2"], "CPU": [16, 16], "Memory": ["64GiB", "64GiB"]}
    with pytest.raises(FileError, match="give the hosts first"):
        read_inventory(hosts, vms)
    assert read_inventory(vms, hosts).n_hosts == 2
    one = {name: cells[:1] for name, cells in hosts.items()}, {name: cells[:1] for name, cells in vms.items()}
    assert read_inventory(*one).n_vms == 1


def test_swapped_sizes_are_noticed():
    with pytest.raises(FileError, match="less than what any VM asks for"):
        read_inventory({"cpu": [1, 2, 1]}, {"cpu": [8, 16]})


@pytest.mark.parametrize("given", [{"cpu": "many"}, {"cpu": 0}, {"disk": 2}, {"cpu": float("inf")}])
def test_overcommit_that_makes_no_sense(given):
    with pytest.raises(OptionError):
        read_inventory(HOSTS, VMS, overcommit=given)


def test_a_stated_label_may_hold_names_of_vms():
    hosts = HOSTS | {"Rack": ["web", "db"]}
    assert dict(read_inventory(hosts, VMS, labels=["Rack"]).host_labels[0]) == {"Rack": "web"}


def test_json_is_no_table(tmp_path):
    (tmp_path / "v.json").write_text('{"kind": "List", "items": []}')
    with pytest.raises(FileError, match="is JSON: an inventory is a table"):
        read_inventory(HOSTS, tmp_path / "v.json")


def test_small_files_of_parquet_that_stand_for_endless_tables_are_refused(tmp_path, monkeypatch):
    """Tests that rows are counted before they are read, and texts as they are read."""
    many = pa.table({"name": pa.array(["v"] * 3_000).dictionary_encode(), "cpu": pa.nulls(3_000, pa.int64())})
    long = pa.table({"name": pa.array(["v" * 9_000] * 9_000).dictionary_encode()})
    for table, name in ((many, "many"), (long, "long")):
        parquet.write_table(table, tmp_path / f"{name}.parquet", compression="zstd")
    monkeypatch.setattr("vmopt.io.parquet.MOST_CELLS", 1)
    monkeypatch.setattr("vmopt.io.parquet.CELLS_PER_BYTE", 1)
    with pytest.raises(FileError, match=r"^\S*many.parquet unpacks to 6,000 cells"):
        read_inventory(HOSTS, tmp_path / "many.parquet")
    monkeypatch.setattr("vmopt.io.parquet.CELLS_PER_BYTE", 100)
    monkeypatch.setattr("vmopt.io.parquet.MOST_BYTES", 40_000_000)
    with pytest.raises(FileError, match="unpacks to more than 40,000,000 bytes"):
        read_inventory(HOSTS, tmp_path / "long.parquet")


def with_sheet(path, change):
    """An Excel file whose sheet is changed as XML."""
    made, book = io.BytesIO(), openpyxl.Workbook()
    for row in (["name", "cpu"], ["v1", 2]):
        book.active.append(row)
    book.save(made)
    with zipfile.ZipFile(made) as parts, zipfile.ZipFile(path, "w") as changed:
        for part in parts.namelist():
            text = parts.read(part)
            changed.writestr(part, change(text) if part.endswith("sheet1.xml") else text)


def test_more_rows_than_a_sheet_has_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("vmopt.inventory.frames.MOST_ROWS", 50)
    with_sheet(tmp_path / "long.xlsx", lambda text: text.replace(b"</sheetData>", b"<row/>" * 49 + b"</sheetData>"))
    with pytest.raises(FileError, match="has more than 5,000,000 cells or 50 rows"):
        read_inventory(HOSTS, tmp_path / "long.xlsx")


def test_sheets_that_claim_all_cells_or_are_no_xml(tmp_path):
    """Tests that the size that a sheet claims is not filled up, and one that refers to itself gives one line."""
    wide, broken = tmp_path / "wide.xlsx", tmp_path / "broken.xlsx"
    with_sheet(wide, lambda text: text.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"'))
    assert read_inventory(HOSTS, wide).n_vms == 1
    with_sheet(broken, lambda text: text.replace(b"<v>2</v>", b"<v>&k;</v>"))
    with pytest.raises(FileError, match=r"cannot read .*broken\.xlsx as Excel: undefined entity"):
        read_inventory(HOSTS, broken)


def test_a_sheet_of_millions_of_cells_is_refused_as_it_is_packed(tmp_path):
    """Tests rows of cells that are blank, behind a sheet that would be read."""
    small, large = tmp_path / "small.xlsx", tmp_path / "large.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["name", "cpu"])
    book.active.append(["h1", 4])
    book.save(small)
    cells = b'<row r="3">' + b'<c r="C3"/>' * 100_000 + b"</row>"
    with zipfile.ZipFile(small) as given, zipfile.ZipFile(large, "w", zipfile.ZIP_DEFLATED) as made:
        for name in given.namelist():
            before, end, rest = given.read(name).partition(b"</sheetData>")
            made.writestr(name, before + cells * 51 + end + rest if end else before)
    assert read_inventory(small, small).n_hosts == 1
    with pytest.raises(FileError, match="more than 5,000,000 cells"):
        read_inventory(large, small)


def test_what_limits_nothing_and_who_runs_nowhere_is_said():
    """Tests notes on a resource that no VM asks for, and on a column of hosts of which no cell is one."""
    hosts = {"Host": ["h1", "h2"], "CPUs": [8, 8], "Disk (TB)": [4, 4]}
    vms = {"VM": ["a", "b"], "vCPU": [1, 2], "Provisioned": ["9", "10"], "Node": ["x1", ""]}
    notes = understood(hosts, vms).told
    assert any("disk in 'Disk (TB)' limits nothing, for no column of" in note for note in notes)
    assert any(
        "no cell of 'Node' is one of the hosts: a label, and no VM is taken to run now" in note for note in notes
    )
    vms |= {"Disk (GB)": [10, 20], "Node": ["h1", ""]}
    notes = understood(hosts, vms).told
    assert not any("limits nothing" in note or "no cell of" in note for note in notes)


def test_racks_that_are_called_as_vms_are():
    """Tests that labels of hosts may be names of VMs where headers tell the tables apart, and are asked about else."""
    hosts = {"Host Name": ["h1", "h2"], "CPUs": [16, 16], "Rack": ["a", "b"]}
    vms = {"VM": ["a", "b"], "vCPU": [1, 2], "Host": ["h1", None]}
    assert read_inventory(hosts, vms).current.tolist() == [0, -1]
    unlike = {"Name": ["a", "b"], "vCPU": [1, 2]}
    with pytest.raises(FileError, match=r"its column 'Rack' names rows of .*say that 'Rack' is a label: labels="):
        read_inventory(hosts, unlike)
    assert read_inventory(hosts, unlike, labels=["Rack"]).n_hosts == 2
