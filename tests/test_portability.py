"""What a second Python runs: everything where Pythons differ, and something of all the rest that is installed."""

from tests.portability import DIFFERS, LONG, ROOT, TOOLS, parted


def test_every_place_is_there():
    assert all((ROOT / place).exists() for place in (*DIFFERS, *TOOLS))
    for test in LONG:
        path, function = test.split("::")
        assert f"def {function}(" in (ROOT / path).read_text()


def test_no_function_is_left_out_whole(request):
    run, left = parted(request.session.items)
    functions = {item.nodeid.split("[")[0] for item in run}
    installed = [item for item in request.session.items if not item.nodeid.startswith(TOOLS)]
    assert functions == {item.nodeid.split("[")[0] for item in installed} - {*LONG}
    assert not [item for item in left if item.nodeid.startswith(DIFFERS)]
