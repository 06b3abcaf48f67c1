"""Documents within bounds: whatever a file holds, it is read or refused early."""

from __future__ import annotations

import gzip
import json

import pytest

from vmopt.cli import main
from vmopt.errors import FileError
from vmopt.platforms.documents import read_documents

DUMPS = {
    "truncated": b'{"data": [{"type": "node", "no',
    "no text": b"\xff\xfe\x00\x01\x02",
    "deep": b"[" * 5000 + b"]" * 5000,
    "less deep": b'{"a":' * 500 + b"1" + b"}" * 500,
    "long name": json.dumps([{"type": "node", "node": "x" * 2_000_000, "maxcpu": 1, "maxmem": 1}]).encode(),
    "large number": b'[{"type": "node", "node": "n", "maxcpu": ' + b"9" * 400 + b', "maxmem": 1}]',
    "broken gzip": gzip.compress(b"[1, 2, 3]")[:-6],
    "empty": b"",
}


@pytest.mark.parametrize("platform", ["openstack", "proxmox"])
@pytest.mark.parametrize("kind", DUMPS)
def test_what_is_wrong_is_said_in_one_line(kind, platform, tmp_path, capsys):
    (tmp_path / "dump.json").write_bytes(DUMPS[kind])
    code = main(["import", platform, str(tmp_path / "dump.json"), "-o", str(tmp_path / "out.json")])
    said = capsys.readouterr().err
    assert code == 2
    assert "Traceback" not in said
    assert not (tmp_path / "out.json").exists()


KUBERNETES = {"kind": "List", "items": [{"kind": "Node", "metadata": {"name": "n1"}}]}
PROXMOX = {"data": [{"type": "node", "node": "n1", "id": "node/n1"}]}
OPENSTACK = [{"ID": "1", "Hypervisor Hostname": "h1"}]


@pytest.mark.parametrize(
    ("platform", "document", "told"),
    [
        ("kubernetes", PROXMOX, "looks like a dump of Proxmox: 'vmopt import proxmox"),
        ("kubernetes", OPENSTACK, "looks like a dump of OpenStack: 'vmopt import openstack"),
        ("openstack", KUBERNETES, "looks like a dump of Kubernetes: 'vmopt import kubernetes"),
        ("proxmox", KUBERNETES, "looks like a dump of Kubernetes: 'vmopt import kubernetes"),
        ("openstack", [{"name": "x"}], "no compute host with a capacity"),
    ],
)
def test_a_dump_of_another_platform_is_called_so(platform, document, told, tmp_path, capsys):
    (tmp_path / "dump.json").write_text(json.dumps(document))
    assert main(["import", platform, str(tmp_path / "dump.json"), "-o", str(tmp_path / "out.json")]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("document", [KUBERNETES, PROXMOX, {"servers": []}])
def test_a_dump_that_is_to_be_solved_is_to_be_imported_first(document, tmp_path, capsys):
    (tmp_path / "dump.json").write_text(json.dumps(document))
    assert main(["solve", str(tmp_path / "dump.json")]) == 2
    assert "vmopt import" in capsys.readouterr().err


def test_tables_of_kubectl_are_no_dump(tmp_path):
    (tmp_path / "dump.txt").write_text("NAME   STATUS\nn1     Ready\n")
    with pytest.raises(FileError, match="kubectl -o json"):
        list(read_documents(tmp_path / "dump.txt"))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_windows_writes_marks_before_text(encoding, tmp_path):
    (tmp_path / "dump.json").write_bytes('{"a": "ä"}'.encode(encoding))
    assert [document for _, document in read_documents(tmp_path)] == [{"a": "ä"}]


def test_what_unpacks_to_too_much_is_refused_early(tmp_path):
    with gzip.open(tmp_path / "bomb.json.gz", "wb") as file:
        file.write(b"[" + b"0," * 3_000_000 + b"0]")
    with pytest.raises(FileError, match="more than 1,000,000 bytes"):
        list(read_documents(tmp_path / "bomb.json.gz", most_bytes=1_000_000))


def test_folders_and_packed_files(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "a.json").write_text("[1]")
    (tmp_path / "b" / "c.json.gz").write_bytes(gzip.compress(b"[2]"))
    (tmp_path / "notes.txt").write_text("no JSON")
    assert [document for _, document in read_documents(tmp_path)] == [[1], [2]]
    with pytest.raises(FileError, match="is not there"):
        list(read_documents(tmp_path / "none"))
