"""Tables as spreadsheets and colleagues make them: with titles, totals, short names of hosts, and other alphabets."""

from __future__ import annotations

import openpyxl
import polars as pl
import pytest

from vmopt.errors import FileError, OptionError
from vmopt.inventory import ReadingOptions, read_inventory, understood

HOSTS = {"name": ["esx1.corp", "esx2.corp"], "cpu": [16, 16], "memory GiB": [64, 64]}
VMS = {"name": ["web", "db"], "cpu": [2, 1], "memory GiB": [4, 3]}
ROWS = "Name;vCPU;RAM (GiB)\nweb;2;4\ndb;1;3\n"


def read(tmp_path, text, encoding="utf-8"):
    (tmp_path / "vms.csv").write_bytes(text.encode(encoding))
    return understood(HOSTS, tmp_path / "vms.csv")


def check(reading):
    assert list(reading.instance.vm_names) == ["web", "db"]
    assert reading.instance.demand.tolist() == [[2, 4], [1, 3]]


@pytest.mark.parametrize(
    "above", ["VMs of March, 2026\n\n", ";Compute;\n", "VMs;;\nall of them;;\n;;\n", "Report|a|b|c\n"]
)
def test_titles_and_merged_headings_are_skipped(tmp_path, above):
    check(read(tmp_path, above + ROWS))


@pytest.mark.parametrize(
    "below", ["Total;3;7\n", "Summe:;3;7\n", ";3;7\n", "Gesamt;;7\nDurchschnitt;1,5;3,5\n", "TOTAL;3;7,04\n"]
)
def test_rows_that_sum_up_the_others_are_left_out(tmp_path, below):
    found = read(tmp_path, ROWS + below)
    check(found)
    assert any("left out" in line and "sum" in line for line in found.told)


def test_a_last_row_that_is_no_sum_stays_or_is_asked_about(tmp_path):
    found = read(tmp_path, ROWS + "cache;3;7\n")
    assert found.instance.n_vms == 3
    with pytest.raises(FileError, match="line 4 is called 'Total', and is neither the sum nor the mean"):
        read(tmp_path, ROWS + "Total;9;9\n")
    assert read_inventory({"cpu": [1, 2, 3]}, {"cpu": [1, 2, 3]}).n_vms == 3


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings(tmp_path, encoding):
    found = read(tmp_path, "Name;vCPU;Arbeitsspeicher (GiB);Eigentümer\nweb;2;4;Jörg\ndb;1;3;\n", encoding)
    check(found)
    assert dict(found.instance.vm_labels[0]) == {"Eigentümer": "Jörg"}
    assert any("cp1252" in line for line in found.told) is (encoding == "cp1252")


@pytest.mark.parametrize(
    ("header", "amounts"), [("Nom;Processeurs;Mémoire (Gio)", ";2;4"), ("Nombre;Núcleos;Memoria (GiB)", ";2;4")]
)
def test_headers_of_other_languages(tmp_path, header, amounts):
    check(read(tmp_path, f"{header}\nweb{amounts}\ndb;1;3\n"))


def test_hosts_may_be_named_short_and_in_any_case():
    assert read_inventory(HOSTS, VMS | {"Host": ["ESX2", "esx1.corp"]}).current.tolist() == [1, 0]
    assert read_inventory(HOSTS, VMS | {"Host": ["esx2", None]}).current.tolist() == [1, -1]
    with pytest.raises(FileError, match="row 1, column 'Host': 'esx9' is none of the hosts"):
        read_inventory(HOSTS, VMS | {"Host": ["esx2", "esx9"]})
    assert read_inventory(HOSTS, VMS | {"Host": ["esx2", "esx9"]}, labels=["Host"]).current is None
    unclear = HOSTS | {"name": ["a.x", "a.y"]}
    with pytest.raises(FileError, match="'a' is none of the hosts"):
        read_inventory(unclear, VMS | {"Host": ["a.x", "a"]})


def test_columns_that_say_how_many_there_are_of_a_row():
    with pytest.raises(FileError, match="column 'Qty': there are 3 of this row"):
        read_inventory(HOSTS, VMS | {"Qty": [1, 3]})
    assert read_inventory(HOSTS, VMS | {"Qty": [1, 1]}).n_vms == 2
    assert read_inventory(HOSTS, VMS | {"Qty": [1, 3]}, labels=["Qty"]).n_vms == 2


def test_vms_that_are_off_are_told():
    told = understood(HOSTS, VMS | {"Powerstate": ["poweredOn", "poweredOff"]}).told
    assert told[-1].startswith("1 of 2 VMs is off by 'Powerstate'")
    assert not any("off" in line for line in understood(HOSTS, VMS | {"Powerstate": ["on", "on"]}).told)


def test_memory_in_other_units_than_anybody_says():
    hosts, vms = {"name": ["h"], "memory": [64]}, {"name": ["v"], "memory": [4096]}
    with pytest.raises(FileError, match="no number has a unit"):
        read_inventory(hosts, vms)
    assert read_inventory(hosts, vms, units={"memory": "GiB"}).capacity.tolist() == [[64]]


def test_a_table_without_headers(tmp_path):
    with pytest.raises(FileError, match="the first row holds amounts"):
        read(tmp_path, "web;2;4\ndb;1;3\n")


def book_of(path, **sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        for row in rows:
            (book[title] if title in book.sheetnames else book.create_sheet(title)).append(row)
    book.save(path)
    return path


def test_sheets_of_a_workbook(tmp_path):
    hosts = [["Host", "# CPU", "Cores per CPU", "# Cores", "# Memory"], ["esx1", 2, 8, 16, 65536]]
    vms = [["VM", "CPUs", "Memory", "Host"], ["web", 2, 4096, "esx1"]]
    path = book_of(tmp_path / "all.xlsx", vInfo=vms, vHost=hosts)
    cluster = read_inventory(path, path)
    assert (cluster.capacity.tolist(), cluster.demand.tolist()) == ([[16, 65536]], [[2, 4096]])
    other = book_of(tmp_path / "other.xlsx", Tabelle1=vms, Tabelle2=[["Cluster"], *hosts])
    with pytest.raises(FileError, match="the hosts and the VMs are one table"):
        read_inventory(other, other)
    assert read_inventory(other, other, sheets={"hosts": "Tabelle2"}).current.tolist() == [0]
    with pytest.raises(FileError, match="has no sheet 'x': it has Tabelle1, Tabelle2"):
        read_inventory(other, other, sheets={"vms": "x"})
    with pytest.raises(OptionError):
        ReadingOptions(sheets={"guests": "x"})
    with pytest.raises(FileError, match="the VMs are in no Excel file, which has sheets"):
        read_inventory(path, VMS, sheets={"vms": "x"})


def test_lazy_frames_and_old_spreadsheets(tmp_path):
    assert read_inventory(pl.DataFrame(HOSTS).lazy(), pl.DataFrame(VMS)).n_hosts == 2
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600))
    with pytest.raises(FileError, match=r"save it as \.xlsx"):
        read_inventory(tmp_path / "old.xls", VMS)
