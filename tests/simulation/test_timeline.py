"""Tests of what a timeline tells: averages, waits, tables, files, pictures, comparisons."""

from __future__ import annotations

import builtins

import numpy as np
import pytest

import vmopt
from tests.simulation.builders import hosts, requests, run
from tests.simulation.referee import Referee
from vmopt.errors import ExtraError, FileError, InstanceError, OptionError
from vmopt.simulation import EventKind, simulate


@pytest.fixture
def timeline():
    """A host of 10, two VMs of 6 for 100 s each: the second one waits for the first."""
    return run([10], [0, 40], [6, 6], [100, 100], priority=[1, 3])


class TestMeasures:
    """Averages and waits, worked out by hand."""

    def test_series(self, timeline):
        """Tests the series of a small case."""
        series = timeline.series
        assert series["time"].tolist() == [0, 40, 100, 200]
        assert series["utilisation"].tolist() == pytest.approx([0.6, 0.6, 0.6, 0])
        assert series["weighted"].tolist() == pytest.approx([0.6, 0.6, 1.8, 0])
        assert series["waiting"].tolist() == [0, 1, 0, 0]
        assert series["running"].tolist() == [1, 1, 1, 0]

    def test_means(self, timeline):
        """Tests averages over the default window and over one of one's own."""
        assert timeline.window == (0, 40)
        assert timeline.mean_weighted() == pytest.approx(0.6)
        assert timeline.mean_weighted((0, 300)) == pytest.approx((60 + 180) / 300)
        with pytest.raises(OptionError, match="is empty"):
            timeline.mean_utilisation((5, 5))

    def test_a_simulation_that_takes_no_time(self):
        """Tests that one VM that comes at 0 and stays counts with what it takes, in every report."""
        timeline = run([8], [0], [4], None)
        assert timeline.plot().get_xlim()[1] > 0
        assert (timeline.mean_utilisation(), timeline.mean_weighted()) == (0.5, 0.5)
        assert "50.00 %" in timeline.summary()
        comparison = vmopt.compare_policies(hosts(8), requests([0], [4], None), policies=["fcfs", "priority"])
        assert "50.00 %" in str(comparison)

    def test_by_priority(self, timeline):
        """Tests waits and slowdowns by priority, highest first."""
        high, low = timeline.by_priority()
        assert (high.priority, high.vms, high.waiting.mean, high.slowdown.p99) == (3, 1, 60, 1.6)
        assert (low.priority, low.waiting.mean, low.slowdown.mean) == (1, 0, 1)

    def test_percentiles(self):
        """Tests the percentiles of many waits against numpy."""
        timeline = run([10], np.zeros(100), np.full(100, 10), np.full(100, 20))
        (row,) = timeline.by_priority()
        waits = np.arange(100) * 20.0
        assert row.waiting == pytest.approx((waits.mean(), *np.percentile(waits, [50, 95, 99])))

    def test_short_ones_are_bounded(self):
        """Tests that a VM of a second that waits for 9 has no slowdown to speak of."""
        timeline = run([10], [0, 1], [10, 10], [10, 1])
        assert timeline.vms["slowdown"].tolist() == [1, 1]


class TestTables:
    """Tables, frames and text."""

    def test_names(self, timeline):
        """Tests that events are told by name."""
        events = timeline.table("events")
        assert events["kind"] == ["arrive", "start", "arrive", "end", "start", "end"]
        assert events["vm"][:3] == ["vm-0", "vm-0", "vm-1"]
        assert events["host"][:3] == [None, "h0", None]
        assert timeline.table("vms")["state"] == ["done", "done"]

    def test_unknown_table(self, timeline):
        """Tests that there is no other table."""
        with pytest.raises(OptionError, match="events, series, vms"):
            timeline.table("nonsense")

    def test_frame(self, timeline):
        """Tests the frame of the VMs, where pandas is."""
        pytest.importorskip("pandas")
        frame = timeline.to_frame("vms")
        assert frame["waited"].tolist() == [0, 60]
        assert len(timeline.to_frame()) == 4

    def test_no_pandas(self, timeline, monkeypatch):
        """Tests that without pandas the error says what to do."""
        load = builtins.__import__

        def refuse(name, *args, **kwargs):
            if name == "pandas":
                raise ModuleNotFoundError(name)
            return load(name, *args, **kwargs)

        monkeypatch.setattr(builtins, "__import__", refuse)
        with pytest.raises(ExtraError, match="table"):
            timeline.to_frame()

    def test_text_and_html(self, timeline):
        """Tests that summary, repr and HTML tell the policy and the waits."""
        assert "2 of 2 VMs done" in timeline.summary()
        assert "fcfs" in repr(timeline)
        assert "60 s" in timeline._repr_html_()


class TestFiles:
    """Timelines and requests as files."""

    @pytest.mark.parametrize("name", ["timeline.jsonl", "timeline.jsonl.gz"])
    def test_round_trip(self, tmp_path, name):
        """Tests that what is read is what was written: changes, events, infinite durations and all."""
        asked = requests(
            [0, 1.5, 2],
            [0.5, 4, 8],
            [10, np.inf, 3],
            priority=[1, 2.5, 1],
            changes=[vmopt.Change(3, "vm-0", demand={"cpu": 0.25}, priority=2)],
            host_events=[vmopt.HostEvent(4, "h1", "fail")],
        )
        written = simulate(hosts(8, 4), asked, policy="priority", until=100)
        vmopt.write_timeline(written, tmp_path / name)
        read = vmopt.read_timeline(tmp_path / name)
        assert (read.events == written.events).all()
        assert (read.series == written.series).all()
        assert read.workload.instance == written.workload.instance
        assert (read.policy, read.seed, read.until) == ("priority", 0, 100)
        assert (read.vms["waited"] == written.vms["waited"]).all()

    def test_damaged(self, timeline, tmp_path):
        """Tests that a damaged line is named."""
        path = tmp_path / "timeline.jsonl"
        vmopt.write_timeline(timeline, path)
        lines = path.read_text().splitlines()
        for line, problem in (('{"kind": "dance"}', "line 3: neither"), ("{", "line 3: not valid JSON")):
            path.write_text("\n".join([*lines[:2], line, *lines[3:]]))
            with pytest.raises(FileError, match=problem):
                vmopt.read_timeline(path)
        path.write_text('{"format": "other", "version": 1}\n')
        with pytest.raises(FileError, match="no timeline"):
            vmopt.read_timeline(path)


class TestComparison:
    """Policies side by side."""

    def test_rows(self):
        """Tests that every policy has a row over the same window, and that the best is found."""
        cluster, asked = vmopt.generate_requests(hosts=2, span=8000, seed=1)
        table = vmopt.compare_policies(cluster, asked, ["fcfs", "priority"])
        assert [row.policy for row in table] == ["fcfs", "priority"]
        assert table.best is max(table.timelines, key=lambda timeline: timeline.mean_weighted())
        assert len(str(table).splitlines()) == 3
        assert "priority" in table._repr_html_()

    def test_others(self, timeline):
        """Tests that timelines of other requests, or none, are refused."""
        with pytest.raises(InstanceError, match="same requests"):
            vmopt.PolicyComparison([timeline, run([10], [0], [1], [1])])
        with pytest.raises(OptionError, match="nothing to compare"):
            vmopt.PolicyComparison([])
        with pytest.raises(OptionError, match="is the string"):
            vmopt.compare_policies(hosts(1), requests([0], [1], [1]), "fcfs")


class TestElastic:
    """Elastic VMs share hosts for good, or anew at every event."""

    arrival, cpu, duration = [0, 10, 20], [10, 10, 4], [100, 100, 30]
    reservation = ((2,), (4,), (4,))

    def test_static(self):
        """Tests that a VM keeps what it got at its start, so that others wait; those that start together share."""
        timeline = run([10], self.arrival, self.cpu, self.duration, reservation=self.reservation)
        assert timeline.started.tolist() == [0, 100, 100]
        assert timeline.series["utilisation"].tolist() == pytest.approx([1, 1, 1, 1, 0.6, 0])

    def test_dynamic(self):
        """Tests that a host is shared anew as VMs come and leave, and always full."""
        timeline = run([10], self.arrival, self.cpu, self.duration, reservation=self.reservation, reallocate=True)
        assert timeline.started.tolist() == [0, 10, 20]
        busy = timeline.series["time"] < 110
        assert timeline.series["utilisation"][busy].tolist() == [1] * int(busy.sum())

    def test_priority_gets_the_rest(self):
        """Tests that beyond reservations the more important VM gets what there is."""
        timeline = run(
            [10], [0, 10], [10, 10], [100, 50], priority=[1, 3], reservation=[[2], [2]], reallocate="utilization"
        )
        at = np.searchsorted(timeline.series["time"], 10)
        assert timeline.series["weighted"][at] == pytest.approx((2 * 1 + 8 * 3) / 10)

    def test_goes_where_it_gets_all(self):
        """Tests that an elastic VM goes to the fullest host where it gets its demand, else where least is claimed."""
        timeline = run([10, 12], [0, 1, 2], [8, 8, 8], [100] * 3, reservation=[[1]] * 3, reallocate=True)
        starts = timeline.events[timeline.events["kind"] == EventKind.START]
        assert starts["host"].tolist() == [0, 1, 1]

    @pytest.mark.parametrize("policy", [info.name for info in vmopt.policies()])
    @pytest.mark.parametrize("reallocate", [None, "proportional", "max-min", "dominant"])
    def test_every_policy(self, policy, reallocate):
        """Tests that every policy places elastic VMs legally, and that nothing is given twice."""
        cluster, asked = vmopt.generate_requests(hosts=2, span=1500, mean_duration=400, seed=6)
        elastic = vmopt.Requests.from_arrays(
            asked.arrival,
            asked.demand,
            duration=asked.duration,
            reservation=asked.demand // 2,
            resources=asked.resources,
        )
        timeline = simulate(cluster, elastic, policy=policy, reallocate=reallocate)
        Referee(timeline).replay()
        assert not np.isnan(timeline.finished).any()
        assert timeline.series["utilisation"].max() <= 1 + 1e-12
        assert (timeline.series["utilisation"][timeline.series["running"] > 0] > 0).all()

    def test_unknown_sharing(self):
        """Tests that an unknown sharing policy is refused."""
        with pytest.raises(OptionError, match="unknown"):
            run([10], [0], [1], [1], reallocate="by-beauty")


class TestPictures:
    """Pictures of timelines."""

    @pytest.mark.parametrize("what", ["weighted", "utilisation", "waiting", "running"])
    def test_lines(self, timeline, what):
        """Tests that there is a line for each timeline, at the height of its averages."""
        figure = pytest.importorskip("matplotlib.figure").Figure
        ax = vmopt.plotting.timeline([timeline, timeline], what, ax=figure().subplots())
        assert len(ax.lines) == 2
        assert ax.lines[0].get_ydata().mean() == pytest.approx(
            {"weighted": 0.6, "utilisation": 0.6, "waiting": 0, "running": 1}[what]
        )

    def test_waits(self, timeline):
        """Tests that there is a bar for each policy and priority."""
        figure = pytest.importorskip("matplotlib.figure").Figure
        ax = vmopt.plotting.waiting([timeline], ax=figure().subplots())
        assert sorted(bar.get_width() for bar in ax.patches) == [0, 60 / 3600]

    def test_nothing(self, timeline):
        """Tests that nothing, and what is not there, cannot be drawn."""
        pytest.importorskip("matplotlib")
        with pytest.raises(OptionError, match="nothing to draw"):
            vmopt.plotting.timeline([])
        with pytest.raises(OptionError, match="use weighted"):
            vmopt.plotting.timeline([timeline], "beauty")
