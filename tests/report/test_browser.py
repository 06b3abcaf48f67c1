"""The page in a real browser: nothing overflows, nothing is asked for, keys and search work, axe finds nothing."""

from __future__ import annotations

import pytest

import vmopt
from tests.explore.test_server import running
from tests.report.browsing import chromium, faults_of, needs_browser
from tests.report.clusters import HOSTILE
from vmopt import report

pytestmark = needs_browser
READY = "document.documentElement.dataset.ready"


@pytest.fixture(scope="module")
def browser():
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def files(rich, hostile, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    many = vmopt.generate("flavor", hosts=500, load=1.1, seed=5)
    pages = {"rich": rich, "hostile": hostile, "many": vmopt.solve(many, method="greedy-demand", threads=1)}
    for name, solution in pages.items():
        report.write(solution, folder / f"{name}.html")
    return folder


@pytest.fixture
def visit(browser, files):
    """Open a page; whatever it complains of, and whatever it asks for, fails the test."""
    seen, contexts = [], []

    def visit(name, width=1280, scheme="light", tables=("#vm-table",)):
        context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: seen.append(message.text))
        page.on("pageerror", lambda error: seen.append(str(error)))
        page.on(
            "request", lambda request: seen.append(request.url) if request.url[:5] not in ("file:", "data:") else None
        )
        page.goto((files / f"{name}.html").as_uri())
        page.wait_for_function(READY)
        for table in tables:
            page.locator(table).scroll_into_view_if_needed()
            page.wait_for_selector(f"{table} .tabulator-row")
        return page

    yield visit
    for context in contexts:
        context.close()
    assert seen == []


@pytest.mark.parametrize(("name", "width"), [("hostile", 1280), ("hostile", 400), ("many", 400)])
def test_nothing_overflows(visit, name, width):
    assert visit(name, width).evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize(("name", "width", "scheme"), [("rich", 1280, "light"), ("rich", 400, "dark")])
def test_axe_finds_nothing_and_nothing_overflows(visit, name, width, scheme):
    page = visit(name, width, scheme, ("#host-table", "#vm-table"))
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert faults_of(page) == []


def test_names_do_nothing(visit, hostile):
    page = visit("hostile")
    assert page.evaluate("window.hit") is None
    assert page.locator("img").count() == 0
    cells = page.locator("#vm-table .tabulator-row .tabulator-cell[tabulator-field='0']").all_inner_texts()
    assert cells[:2] == HOSTILE[:2]
    assert page.locator("#stack h3").inner_text() in HOSTILE[:2]


def test_search_finds_what_python_finds(visit, rich):
    page = visit("rich")
    for words in ("vm-1", "no room", "app-3 host"):
        page.fill("#vm-search", words)
        n = sum(all(word in text for word in words.split()) for text in texts_of(rich))
        page.wait_for_function("n => document.getElementById('vm-count').value.startsWith(`${n} of 90`)", arg=n)
    page.fill("#vm-search", "")
    page.select_option("#vm-show", "left")
    left = f"{90 - rich.n_placed} of 90 VMs"
    page.wait_for_function("said => document.getElementById('vm-count').value === said", arg=left)
    page.fill("#vm-search", "there is no such")
    page.wait_for_selector("text=No VMs match.")


def texts_of(solution):
    """What a VM is found by: its name, host, label, and why it does not run."""
    why = {one.example: one.reason for one in vmopt.explain(solution).classes}
    instance = solution.instance
    of = instance.vm_classes.of.tolist()
    by_class = {of[instance.vm_names.index_of[name]]: reason for name, reason in why.items()}
    for vm, host in enumerate(solution.host_index.tolist()):
        where = instance.host_names[host] if host >= 0 else by_class[of[vm]]
        yield f"{instance.vm_names[vm]}\n{where}\n{instance.vm_labels[vm]['app']}"


def test_columns_sort_both_ways(visit, rich):
    page = visit("rich")
    title = page.locator("#vm-table .tabulator-col[tabulator-field='0']")
    first = page.locator("#vm-table .tabulator-row .tabulator-cell[tabulator-field='0']").first
    title.click()
    page.wait_for_selector("#vm-table .tabulator-col[tabulator-field='0'][aria-sort='ascending']")
    assert first.inner_text() == "vm-0"
    title.locator("button").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#vm-table .tabulator-col[tabulator-field='0'][aria-sort='descending']")
    page.wait_for_function("document.querySelector('#vm-table .tabulator-row .tabulator-cell').innerText === 'vm-89'")


def test_keys_go_through_the_hosts(visit, rich):
    page = visit("rich", tables=())
    heat = page.locator("#heat")
    heat.focus()
    fullness = rich.host_utilisation.max(axis=1)
    fullest = sorted(range(12), key=lambda host: (-fullness[host], host))
    for key, host in [
        ("Home", fullest[0]),
        ("ArrowRight", fullest[1]),
        ("End", fullest[-1]),
        ("ArrowLeft", fullest[-2]),
    ]:
        page.keyboard.press(key)
        name = rich.instance.host_names[host]
        assert page.locator("#stack h3").inner_text() == name
        assert heat.get_attribute("aria-valuetext").startswith(
            f"{name}: cpu {100 * rich.host_utilisation[host, 0]:.1f} %"
        )
    page.fill("#heat-find", "host-7")
    assert page.locator("#stack h3").inner_text() == "host-7"
    n = int((rich.host_index == 7).sum())
    assert page.locator("#stack .legend li").count() == n


def test_hosts_are_ordered_label_by_label(visit, rich):
    page = visit("rich", tables=())
    page.select_option("#heat-order", label="by rack")
    fullness = rich.host_utilisation.max(axis=1)
    page.locator("#heat").focus()
    for host in sorted(range(12), key=lambda host: (host % 3, -fullness[host], host)):
        told = page.get_attribute("#heat", "aria-valuetext")
        assert told.startswith(f"host-{host}: ")
        assert told.endswith(f"; rack rack-{host % 3}")
        page.keyboard.press("ArrowRight")


def test_a_mouse_shows_the_stack(visit, rich):
    page = visit("rich", tables=())
    page.select_option("#heat-order", "name")
    page.hover("#heat", position={"x": 5, "y": 5})
    assert page.locator("#heat-tip").inner_text().startswith("host-0: cpu")


def test_large_tables_stay_small(visit, files):
    """Whatever the number of VMs, a page of the table is drawn, and the last one holds the last VM."""
    page = visit("many")
    total = vmopt.generate("flavor", hosts=500, load=1.1, seed=5).n_vms
    assert page.locator("#vm-count").inner_text() == f"{total:,} VMs"
    assert page.locator("#vm-table .tabulator-row").count() <= 50
    page.click("#vm-table-pages [data-page=last]")
    page.wait_for_selector(f"#vm-table .tabulator-cell:text-is('vm-{total - 1}')")
    assert page.evaluate("document.querySelectorAll('*').length") < 10_000


def test_moves_are_tried_by_hand(browser, rich):
    """Pick a VM in the stack of a host, move it to a full one, read what that breaks, and undo it."""
    full = int(rich.loads[:, 0].argmax())
    with running(rich) as server:
        page = browser.new_page(viewport={"width": 400, "height": 800}, reduced_motion="reduce")
        seen = []
        page.on("console", lambda message: seen.append(message.text))
        page.on("request", lambda request: seen.append(request.url) if not request.url.startswith(server.url) else None)
        page.goto(server.url)
        page.wait_for_function(READY)
        page.fill("#heat-find", f"host-{(full + 1) % 12}")
        page.locator(".pick").first.click()
        vm = page.input_value("[name=vm]")
        assert rich.placement[vm] == f"host-{(full + 1) % 12}"
        page.fill("[name=host]", f"host-{full}")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=This is not allowed")
        assert f"host 'host-{full}' has" in page.inner_text("#try")
        page.wait_for_function(READY)
        assert faults_of(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == 400
        page.click("text=Undo the last step")
        page.wait_for_selector("text=Nothing is broken")
        page.close()
    assert [said for said in seen if not said.startswith("data:")] == []


def test_it_prints(visit, files):
    page = visit("rich", scheme="dark", tables=())
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.pdf()[:5] == b"%PDF-"


def test_nothing_is_cleared_on_paper(visit):
    """Tests that cells are drawn without clearing: in a PDF that takes away the page below the canvas."""
    page = visit("many")
    page.evaluate(
        """() => {
            const pen = CanvasRenderingContext2D.prototype, cleared = pen.clearRect, filled = pen.fill;
            window.drawn = {cleared: 0, filled: 0};
            pen.clearRect = function (...given) { window.drawn.cleared++; cleared.apply(this, given); };
            pen.fill = function (...given) { window.drawn.filled++; filled.apply(this, given); };
            dispatchEvent(new Event("beforeprint"));
        }"""
    )
    drawn = page.evaluate("window.drawn")
    assert drawn["filled"] >= 500
    assert drawn["cleared"] == 0


def test_amounts_of_bytes_are_short(browser, tmp_path):
    cluster = vmopt.Instance.from_arrays([[1_319_108_608]], [[61_495_099_392]], resources=["memory"])
    report.write(vmopt.solve(cluster), tmp_path / "bytes.html")
    page = browser.new_page()
    page.goto((tmp_path / "bytes.html").as_uri())
    page.wait_for_function(READY)
    assert "1.319 G of 61.5 G" in page.locator("#verdict").inner_text()
    assert "1.319 G of 61.5 G" in page.locator("#stack").inner_text()
    page.close()
