"""Tests that a Jupyter kernel survives an interrupt during a search, and gives the solution."""

from __future__ import annotations

import time
from queue import Empty

import pytest

jupyter_client = pytest.importorskip("jupyter_client")
pytest.importorskip("ipykernel")

HANG = 120.0
CELL = """
solution = vmopt.solve(cluster, method={method!r}, threads=2, time_limit=3600, gap=0,
                       progress=lambda *_: print("begun", flush=True))
"""
TELL = "print(solution.limit, solution.n_placed > 0, vmopt.verify(cluster, solution))"


def output(client, code: str, on_output=lambda: None) -> str:
    """Run a cell to its end and return what it printed; an error of the cell fails the test."""
    asked, text = client.execute(code), ""
    ends = time.monotonic() + HANG
    while time.monotonic() < ends:
        try:
            message = client.get_iopub_msg(timeout=HANG)
        except Empty:
            break
        if message["parent_header"].get("msg_id") != asked:
            continue
        kind, content = message["msg_type"], message["content"]
        assert kind != "error", content
        if kind == "stream" and content["name"] == "stdout":
            text += content["text"]
            on_output()
        if kind == "status" and content["execution_state"] == "idle":
            return text
    raise AssertionError("the kernel does not answer")


@pytest.mark.filterwarnings("ignore")
def test_a_kernel_survives_an_interrupt() -> None:
    """Tests that an interrupt ends the search with its best placement, more than once, and the kernel lives on."""
    manager, client = jupyter_client.manager.start_new_kernel(startup_timeout=HANG)
    try:
        output(client, "import vmopt; cluster = vmopt.generate('distinct', hosts=20, seed=1)")
        for method in ("neighbourhood", "auto", "exact"):
            pressed = []

            def press(pressed: list[bool] = pressed) -> None:
                if not pressed:
                    pressed.append(True)
                    manager.interrupt_kernel()

            output(client, "from vmopt import solve; start = solve(cluster, method='greedy-demand')")
            output(client, CELL.format(method=method).replace("gap=0,", "gap=0, warm_start=start,"), press)
            assert output(client, TELL) == "interrupted True ()\n"
            assert manager.is_alive()
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
