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
DIRECTIVES = {
    "an option": ("#| no-", ["no-infer", "no-run"]),
    "all options": ("#| ", ["op", "in", "out", "retries"]),
    "an op": ("#| op: lo", ["load"]),
    "an input": ("#| in: a=or", ["orders"]),
    "a config": ("x = 1\n#| config: lim", ["limits"]),
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
    "what may follow a value": ("%op events --since 2d ", ["--op", "--type"]),
    "a second value": ("%op events --type STEP_INPUT STEP_O", ["STEP_OUTPUT"]),
    "a table": ("%op che", ["checks"]),
    "an option of a table": ("%op runs --sta", ["--status"]),
    "a status": ("%op runs --status INT", ["INTERRUPTED"]),
    "a kind": ("%op metadata --kind ti", ["timestamp"]),
    "a level": ("%op tail --level W", ["WARNING"]),
    "an order": ("%op events --order n", ["newest"]),
    "a check": ("%op checks --label ri", ["right"]),
    "an option after a key": ("%op asset raw/orders ", ["--limit", "--partition"]),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [*CELL.values(), *DIRECTIVES.values(), *LINE.values()],
    ids=[f"cell: {name}" for name in CELL]
    + [f"directive: {name}" for name in DIRECTIVES]
    + [f"line: {name}" for name in LINE],
)
def test_the_tab_key_offers(run, shell, text, expected):
    run("from opnb import AssetMaterialization, ExpectationResult\nlimits = {}")
    run(
        "%%op load\norders = [1]\n"
        "context.log_event(AssetMaterialization('raw/orders'))\n"
        "context.log_event(ExpectationResult(True, 'right'))"
    )

    assert set(expected) <= completions(shell, text)


def test_only_options_of_the_verb_are_offered(shell):
    offered = completions(shell, "%op checks --")

    assert "--failing" in offered
    assert not {"--kind", "--status", "--retries"} & offered


def test_a_log_that_cannot_be_read_offers_nothing(shell, tmp_path):
    (tmp_path / "file").write_text("text")
    use_session(Session(tmp_path / "file" / "events.db"))

    assert completions(shell, "%op asset raw") == set()
