"""What the tab key offers on the first line of a cell and on a `%op` line."""

import pytest
from IPython.core.completer import provisionalcompleter

from opnb import Session
from opnb.session import use_session


def completions(shell, text):
    with provisionalcompleter():
        return {found.text for found in shell.Completer.completions(text, len(text))}


CELL = {
    "an option": ("%%op clean --par", ["--partition"]),
    "all options": ("%%op clean ", ["--in", "--out", "--retries"]),
    "an op": ("%%op lo", ["load"]),
    "an input": ("%%op clean --in or", ["orders"]),
    "an output of an op": ("%%op clean --in load.", ["load.orders"]),
    "a config": ("%%op clean --config lim", ["limits"]),
}
LINE = {
    "a verb": ("%op as", ["asset"]),
    "an op": ("%op last lo", ["load"]),
    "an asset": ("%op asset raw", ["raw/orders"]),
    "an event type": ("%op events --type STEP_O", ["STEP_OUTPUT"]),
    "an asset to filter by": ("%op events --asset raw", ["raw/orders"]),
    "an op to filter by": ("%op events --op lo", ["load"]),
    "an option": ("%op events --si", ["--since"]),
    "what may follow": ("%op events ", ["--op", "--type"]),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [*CELL.values(), *LINE.values()],
    ids=[f"cell: {name}" for name in CELL] + [f"line: {name}" for name in LINE],
)
def test_the_tab_key_offers(run, shell, text, expected):
    run("from opnb import AssetMaterialization\nlimits = {}")
    run(
        "%%op load\norders = [1]\ncontext.log_event(AssetMaterialization('raw/orders'))"
    )

    assert set(expected) <= completions(shell, text)


def test_a_log_that_cannot_be_read_offers_nothing(shell, tmp_path):
    (tmp_path / "file").write_text("text")
    use_session(Session(tmp_path / "file" / "events.db"))

    assert completions(shell, "%op asset raw") == set()
