"""What a second Python runs: everything where Pythons differ, and something of all the rest."""

from tests.portability import DIFFERS, ROOT, parted


def test_every_place_is_there():
    assert all((ROOT / place).exists() for place in DIFFERS)


def test_no_function_is_left_out_whole(request):
    run, left = parted(request.session.items)
    functions = {item.nodeid.split("[")[0] for item in run}
    assert functions == {item.nodeid.split("[")[0] for item in request.session.items}
    assert not [item for item in left if item.nodeid.startswith(DIFFERS)]
