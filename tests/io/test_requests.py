"""Tests of requests: from arrays, at random, from the trace, and as files."""

from __future__ import annotations

import numpy as np
import pytest

import vmopt
from tests.io.data import published
from vmopt.errors import FileError, InstanceError, OptionError

COLUMNS = {
    "demand": [[1, 2], [3, 4]],
    "resources": ["cpu", "memory"],
    "duration": [10, np.inf],
    "priority": [1, 2],
    "vm_names": ["a", "b"],
}


class TestColumns:
    """Requests made from columns."""

    @pytest.mark.parametrize(
        ("changed", "problem"),
        [
            ({"arrival": [0]}, "arrival column has shape"),
            ({"arrival": [0, np.inf]}, "arrival of VM 'b' is inf"),
            ({"duration": [1, 0]}, "duration of VM 'b' is 0"),
            ({"duration": [1, np.nan]}, "duration of VM 'b' is nan"),
            ({"demand": [[1, 2], [3, -4]]}, "negative"),
            ({"priority": [1, 0]}, "above 0"),
            ({"vm_names": ["a", "a"]}, "given twice"),
            ({"reservation": [[1, 2, 3], [1, 2, 3]]}, "reservation table has shape"),
            ({"changes": ["soon"]}, "one of changes is 'soon'"),
        ],
    )
    def test_refused(self, changed, problem):
        """Tests that nonsense is refused, and the VM named."""
        given = {"arrival": [0, 1], **COLUMNS, **changed}
        with pytest.raises(InstanceError, match=problem):
            vmopt.Requests.from_arrays(given.pop("arrival"), given.pop("demand"), **given)

    def test_take(self):
        """Tests that some of the VMs can be taken, with the changes that concern them."""
        changes = [vmopt.Change(3, "a", priority=2), vmopt.Change(1, "b", priority=3)]
        requests = vmopt.Requests.from_arrays([0, 1], **COLUMNS, changes=changes).take([1])
        assert tuple(requests.vm_names) == ("b",)
        assert [change.vm for change in requests.changes] == ["b"]

    def test_at_load(self):
        """Tests that arrivals are squeezed, with all that happens, to the load that is asked for."""
        hosts, requests = vmopt.generate_requests(hosts=3, load=0.5, seed=2)
        assert requests.at_load(2.0, hosts).offered_load(hosts) == pytest.approx(2.0)
        event = vmopt.HostEvent(30, "h", "fail")
        squeezed = vmopt.Requests.from_arrays([10, 20], **COLUMNS, host_events=[event]).squeezed(2)
        assert squeezed.host_events[0].time == 20
        with pytest.raises(InstanceError, match="factor"):
            squeezed.squeezed(0)

    @pytest.mark.parametrize(
        ("arrival", "duration", "load", "problem"),
        [
            ([5, 5], [1, 2], 1.0, "all VMs come at once"),
            ([0, 5], None, 1.0, "nothing that the hosts have and that ends"),
            ([0, 5], [1, 2], 0, "load is 0"),
            ([0, 5], [1, 2], "high", "load is 'high'"),
            ([0, 5], [1, 2], float("nan"), "load is nan"),
        ],
    )
    def test_no_pace_gives_the_load(self, arrival, duration, load, problem):
        """Tests that a load that no pace of arrivals gives is refused with its cause."""
        requests = vmopt.Requests.from_arrays(arrival, [[1], [2]], duration=duration, resources=["cpu"])
        with pytest.raises(InstanceError, match=problem):
            requests.at_load(load, [vmopt.Host("h", {"cpu": 4})])

    def test_load_of_what_comes_at_once(self):
        """Tests that the offered load is infinite where something is asked in no time."""
        requests = vmopt.Requests.from_arrays([0, 0], [[1], [2]], duration=[1, 2], resources=["cpu"])
        assert requests.offered_load([vmopt.Host("h", {"cpu": 4})]) == float("inf")

    def test_resources_in_another_order(self):
        """Tests that hosts may name the resources in another order."""
        hosts = vmopt.Instance.from_arrays([[1, 1]], [[70, 8]], resources=["memory", "cpu"])
        instance = vmopt.Requests.from_arrays([0, 1], **COLUMNS).on(hosts)
        assert instance.capacity.tolist() == [[8, 70]]


class TestGenerated:
    """Requests at random."""

    @pytest.mark.parametrize("arrivals", ["poisson", "bursty"])
    @pytest.mark.parametrize("kind", ["flavor", "distinct", "large"])
    def test_load_and_seed(self, arrivals, kind):
        """Tests that load and span are as asked for, and that the seed decides everything."""
        options = {"hosts": 3, "load": 1.2, "span": 9000.0, "mean_duration": 600.0, "arrivals": arrivals, "seed": 4}
        hosts, requests = vmopt.generate_requests(kind, **options)
        assert requests.offered_load(hosts) == pytest.approx(1.2)
        assert (requests.arrival[0], requests.span) == (0, 9000)
        assert (np.diff(requests.arrival) >= 0).all()
        again = vmopt.generate_requests(kind, **options)[1]
        assert (requests.arrival == again.arrival).all()
        assert (requests.demand == again.demand).all()

    def test_bursty_is_burstier(self):
        """Tests that counts in equal pieces of time vary more than those of a Poisson process."""

        def dispersion(arrivals):
            _, requests = vmopt.generate_requests(hosts=10, arrivals=arrivals, seed=1)
            counts = np.histogram(requests.arrival, 100)[0]
            return counts.var() / counts.mean()

        assert dispersion("poisson") < 2 < 10 < dispersion("bursty")

    def test_log_normal(self):
        """Tests that the logarithms of durations have the deviation of the generator."""
        _, requests = vmopt.generate_requests(hosts=20, seed=3)
        assert np.log(requests.duration).std() == pytest.approx(1.0, abs=0.05)

    @pytest.mark.parametrize("bad", [{"arrivals": "late"}, {"load": 0}, {"span": -1}, {"mean_duration": 1e-3}])
    def test_nonsense(self, bad):
        """Tests that options that make no sense are refused."""
        with pytest.raises(OptionError):
            vmopt.generate_requests(**bad)


class TestTrace:
    """The Alibaba trace with its times."""

    def test_published(self):
        """Tests the published list: 8,152 pods on the first nodes, none before the first, all with a duration."""
        folder = "alibaba_gpu_v2023"
        nodes, pods = (
            published(folder, "openb_node_list_all_node.csv"),
            published(folder, "openb_pod_list_default.csv.gz"),
        )
        hosts, requests = vmopt.io.read_alibaba_requests(nodes, pods, hosts=600)
        assert (hosts.n_hosts, requests.n_vms) == (600, 8152)
        assert requests.span == 12_901_761
        assert requests.duration.min() == 1
        assert requests.duration.max() == 12_537_496
        with pytest.raises(FileError, match="no column 'creation_time'"):
            vmopt.io.read_alibaba_requests(nodes, published(folder, "openb_pod_list_multigpu30.csv.gz"))
        with pytest.raises(OptionError, match="from 1 to 1523"):
            vmopt.io.read_alibaba_requests(nodes, pods, hosts=2000)

    def test_gpus_as_parts(self):
        """Tests that pods of the published list keep to GPUs of the models that they accept, at every moment."""
        folder = "alibaba_gpu_v2023"
        nodes, pods = (
            published(folder, "openb_node_list_all_node.csv"),
            published(folder, "openb_pod_list_default.csv.gz"),
        )
        hosts, requests = vmopt.io.read_alibaba_requests(nodes, pods, hosts=1523, gpus="parts")
        models = {
            name: labels.get("gpu_model") for name, labels in zip(hosts.host_names, hosts.host_labels, strict=True)
        }
        some = requests.take(np.argsort(requests.arrival, kind="stable")[6000:6120])
        timeline = vmopt.simulate(hosts, some, policy="fcfs")
        assert timeline.breaches() == ()
        parts = timeline.parts(some.arrival.max())
        assert {landing.kind for landed in parts.values() for landing in landed} == {"gpu"}
        _, at = timeline.snapshot(some.arrival.max())
        asked = {name: spec for name, spec in zip(hosts.vm_names, hosts.vm_labels, strict=True) if "gpu_spec" in spec}
        fenced = [vm for vm in range(some.n_vms) if some.vm_names[vm] in asked and at[vm] >= 0]
        for vm in fenced:
            assert models[at[vm]] in asked[some.vm_names[vm]]["gpu_spec"].split("|")

    def test_the_first_nodes_have_the_first_gpus(self, tmp_path):
        """Tests that of GPUs by themselves, as of amounts, only those of the nodes that are taken are there."""
        nodes, pods = tmp_path / "nodes.csv", tmp_path / "pods.csv"
        nodes.write_text("sn,cpu_milli,memory_mib,gpu,model\nn0,9,9,0,\nn1,9,9,2,T4\nn2,9,9,1,A10\n")
        header = "name,cpu_milli,memory_mib,num_gpu,gpu_milli,qos,gpu_spec,creation_time,deletion_time\n"
        pods.write_text(header + "".join(f"p{n},1,1,1,600,LS,{spec},0,9\n" for n, spec in enumerate(["A10", "", ""])))
        for count, runs in ((1, 0), (2, 2), (3, 3)):
            hosts, requests = vmopt.io.read_alibaba_requests(nodes, pods, hosts=count, gpus="parts")
            assert hosts.n_hosts == count
            timeline = vmopt.simulate(hosts, requests, policy="fcfs")
            assert len(timeline.parts(1)) == runs

    def test_times(self, tmp_path):
        """Tests that a pod without an end stays, and one that ends before it begins is refused with its line."""
        nodes, pods = tmp_path / "nodes.csv", tmp_path / "pods.csv"
        nodes.write_text("sn,cpu_milli,memory_mib,gpu,model\nn1,32000,262144,2,T4\n")
        header = "name,cpu_milli,memory_mib,num_gpu,gpu_milli,qos,creation_time,deletion_time\n"
        pods.write_text(header + "p1,1,1,0,0,LS,5,\np2,1,1,0,0,LS,5,5\n")
        assert vmopt.io.read_alibaba_requests(nodes, pods)[1].duration.tolist() == [np.inf, 1]
        pods.write_text(header + "p1,1,1,0,0,LS,5,4\n")
        with pytest.raises(FileError, match="line 2, column 'deletion_time': it is before"):
            vmopt.io.read_alibaba_requests(nodes, pods)


class TestFiles:
    """Requests as JSON."""

    def test_round_trip(self, tmp_path):
        """Tests that hosts and requests come back as they were."""
        hosts = [vmopt.Host("h1", {"cpu": 8.5, "memory": 64}), vmopt.Host("h2", {"cpu": 4, "memory": 8})]
        requests = vmopt.Requests.from_arrays(
            [0, 1.25],
            **COLUMNS,
            reservation=[[0.5, 2], [3, 4]],
            changes=[vmopt.Change(3, "a", demand={"cpu": 2})],
            host_events=[vmopt.HostEvent(4, "h1", "drain")],
            objective=vmopt.Objective("demand", {"cpu": 2}),
        )
        path = tmp_path / "requests.json"
        vmopt.io.write_requests(hosts, requests, path)
        cluster, read = vmopt.io.read_requests(path)
        assert cluster == requests.on(cluster) == requests.on(hosts).replace(host_labels=None)
        assert (read.arrival == requests.arrival).all()
        assert (read.duration == requests.duration).all()
        assert (read.changes, read.host_events) == (requests.changes, requests.host_events)

    @pytest.mark.parametrize(
        ("before", "after", "problem"),
        [
            ('"arrival"', '"arival"', "key 'arrival' is missing"),
            ('"priority":[1.0,2.0]', '"priority":[1.0,"x"]', r"vms\[1\]: priority"),
            ('"cpu":[1,3]', '"cpu":[1]', "same length"),
            ('"version"', '"surplus":1,"version"', "'surplus' is unknown"),
            ("[10.0,null]", '[10.0,"long"]', "null for until the end"),
        ],
    )
    def test_damaged(self, tmp_path, before, after, problem):
        """Tests that what is wrong in a file is named."""
        path = tmp_path / "requests.json"
        vmopt.io.write_requests(
            [vmopt.Host("h", {"cpu": 1, "memory": 1})], vmopt.Requests.from_arrays([0, 1], **COLUMNS), path
        )
        text = path.read_text()
        compact = text.replace(": ", ":").replace(", ", ",")
        assert before in compact
        path.write_text(compact.replace(before, after, 1))
        with pytest.raises(FileError, match=problem):
            vmopt.io.read_requests(path)
