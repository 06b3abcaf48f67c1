"""Tests of `vmopt import`."""

from __future__ import annotations

import pytest

from vmopt import io

KMKP = "#items\n2\n#knapsacks\n1\n#constraints\n2\n#profits\n5 7\n#weights\n1 2\n3 4\n#capacities\n9 9\n"
VBP = "2\n10 20\n2\n3 4 2\n5 5 1\n"
MKNAP = "2\n2 1 7\n5 7\n1 2\n2\n3 2 0\n5 6 7\n1 2 3\n4 5 6\n9 9\n"
ROADEF = "1 0 100 1 0 0 50 40 0 1 0 0 2 0 30 5 0 20 5 0 1 1 1\n"
OFFERED = '"cpuPower": 24, "memory": 96, "networkBandwidth": 16, "cost": 4800'
ASKED = '"requiredCpuPower": 3, "requiredMemory": 2, "requiredNetworkBandwidth": 1'
BTRPLACE = """{"constraints": [], "model": {"mapping": {"readyVMs": [], "offlineNodes": [],
"onlineNodes": {"0": {"runningVMs": [1, 2], "sleepingVMs": []}}}, "views": [{"id": "shareableResource", "rcId": "cpu",
"defConsumption": 1, "defCapacity": 4, "vms": {}, "nodes": {}}]}}"""
CLOUD = f'{{"computerList": [{{"id": 0, {OFFERED}}}, {{"id": 1, {OFFERED}}}], "processList": [{{"id": 0, {ASKED}}}]}}'


@pytest.mark.parametrize(
    ("name", "content", "arguments", "n_vms", "n_hosts"),
    [
        ("kmkp", KMKP, [], 2, 1),
        ("vbp", VBP, ["--hosts", "4"], 3, 4),
        ("or-library", MKNAP, [], 2, 1),
        ("or-library", MKNAP, ["--problem", "2"], 3, 1),
        ("roadef", ROADEF, [], 2, 1),
        ("cloud-balancing", CLOUD, [], 1, 2),
        ("btrplace", BTRPLACE, [], 2, 1),
    ],
)
def test_formats(run, tmp_path, name, content, arguments, n_vms, n_hosts):
    """Tests that a file in each format becomes an instance of the right size."""
    (tmp_path / "given.txt").write_text(content)
    ran = run("import", name, tmp_path / "given.txt", *arguments, "-o", tmp_path / "x.json", "-q")
    assert ran == (0, "", "")
    instance = io.read(tmp_path / "x.json")
    assert (instance.n_vms, instance.n_hosts) == (n_vms, n_hosts)


def test_roadef_with_an_assignment(run, tmp_path):
    """Tests that with an assignment the instance knows what runs now, and what it costs."""
    (tmp_path / "model.txt").write_text(ROADEF)
    (tmp_path / "assignment.txt").write_text("0 0")
    arguments = ["import", "roadef", tmp_path / "model.txt", "-o", tmp_path / "x.json", "-q"]
    assert run(*arguments, "--assignment", tmp_path / "assignment.txt").code == 0
    instance = io.read(tmp_path / "x.json")
    assert instance.current.tolist() == [0, 0]
    assert instance.objective.goal_levels


def test_or_library_optimum(run, tmp_path):
    """Tests that a published optimum is told, and an unknown one is not made up."""
    (tmp_path / "given.txt").write_text(MKNAP)
    arguments = ["import", "or-library", tmp_path / "given.txt", "-o", tmp_path / "x.json"]
    assert "published optimum is 7" in run(*arguments).err
    assert "published" not in run(*arguments, "--problem", 2).err


@pytest.mark.parametrize("problem", ["0", "3", "-1"])
def test_or_library_no_such_problem(run, tmp_path, problem):
    """Tests that a problem that the file does not hold is refused with the ones it does."""
    (tmp_path / "given.txt").write_text(MKNAP)
    ran = run("import", "or-library", tmp_path / "given.txt", "-o", tmp_path / "x.json", "--problem", problem)
    assert ran.code == 2
    assert "problems 1 to 2" in ran.err
    assert not (tmp_path / "x.json").exists()


@pytest.mark.parametrize(
    "name", ["csv", "huawei", "cloud-balancing", "btrplace", "kmkp", "roadef", "vbp", "or-library"]
)
def test_unreadable(run, tmp_path, name):
    """Tests that a file in none of the formats is refused by name, and no output is left."""
    path = tmp_path / "given.txt"
    path.write_text("these are not the hosts you are looking for")
    extra = {"csv": [path], "huawei": [path], "vbp": ["--hosts", 2]}.get(name, [])
    ran = run("import", name, path, *extra, "-o", tmp_path / "x.json")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("vmopt: error: ")
    assert "given.txt" in ran.err
    assert list(tmp_path.iterdir()) == [path]


def test_csv(run, tmp_path):
    """Tests that two tables become an instance."""
    (tmp_path / "hosts.csv").write_text("name,cpu,memory\nh1,8,32\n")
    (tmp_path / "vms.csv").write_text("name,cpu,memory,priority\nweb,4,16,5\nmail,2,2,3\n")
    ran = run("import", "csv", tmp_path / "hosts.csv", tmp_path / "vms.csv", "-o", tmp_path / "x.json")
    assert ran.code == 0
    instance = io.read(tmp_path / "x.json")
    assert list(instance.vm_names) == ["web", "mail"]
    assert instance.demand.tolist() == [[4, 16], [2, 2]]
    assert instance.priority.tolist() == [5, 3]


def test_alibaba(run, tmp_path):
    """Tests that a trace of nodes and pods becomes an instance."""
    (tmp_path / "nodes.csv").write_text("sn,cpu_milli,memory_mib,gpu,model\nn1,64000,262144,2,P100\n")
    (tmp_path / "pods.csv").write_text("name,cpu_milli,memory_mib,num_gpu,gpu_milli,qos\np1,12000,16384,1,1000,LS\n")
    ran = run("import", "alibaba-gpu", tmp_path / "nodes.csv", tmp_path / "pods.csv", "-o", tmp_path / "x.json", "-q")
    assert ran == (0, "", "")
    assert io.read(tmp_path / "x.json").n_vms == 1
    parts = ["-o", tmp_path / "parts.json", "-q", "--gpus", "parts"]
    assert run("import", "alibaba-gpu", tmp_path / "nodes.csv", tmp_path / "pods.csv", *parts).code == 0
    assert [rule.name for rule in io.read(tmp_path / "parts.json").rules] == ["inside"]


def test_huawei(run, tmp_path):
    """Tests that lists of servers and of requests become an instance."""
    (tmp_path / "pm.csv").write_text("CPU1,RAM1,CPU2,RAM2\n16,32,32,64\n")
    (tmp_path / "vm.csv").write_text("flavor_vcpus,flavor_ram,numa,strategy,group,domain\n8,16,1,,,\n")
    ran = run("import", "huawei", tmp_path / "pm.csv", tmp_path / "vm.csv", "-o", tmp_path / "x.json", "-q")
    assert ran == (0, "", "")
    assert io.read(tmp_path / "x.json").capacity.tolist() == [[48, 96]]


def test_rules_are_kept_or_left_out(run, tmp_path):
    """Tests that rules come along unless they are not wanted, and hold over racks where a topology is given."""
    (tmp_path / "pm.csv").write_text("CPU1,RAM1,CPU2,RAM2\n16,32,32,64\n")
    (tmp_path / "vm.csv").write_text("flavor_vcpus,flavor_ram,numa,strategy,group,domain\n8,16,1,affinity,1,\n")
    (tmp_path / "racks.csv").write_text("host_id,rack_id\na,7\n")
    (tmp_path / "model.txt").write_text(ROADEF)
    huawei = "import", "huawei", tmp_path / "pm.csv", tmp_path / "vm.csv", "-o", tmp_path / "x.json", "-q"
    roadef = "import", "roadef", tmp_path / "model.txt", "-o", tmp_path / "x.json", "-q"
    for arguments, expected in [
        (huawei, ["Gather(groups=Groups(1 of 1), within='host')"]),
        ((*huawei, "--topology", tmp_path / "racks.csv"), ["Gather(groups=Groups(1 of 1), within='rack')"]),
        ((*huawei, "--no-rules"), []),
        (roadef, ["Spread(groups=Groups(2 of 2), over='host', most=1)"]),
        ((*roadef, "--no-rules"), []),
    ]:
        assert run(*arguments) == (0, "", "")
        assert [str(rule) for rule in io.read(tmp_path / "x.json").rules] == expected
