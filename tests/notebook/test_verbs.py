"""`%op inputs` and `%op diff` on a line."""

import gc

import pytest


@pytest.fixture(autouse=True)
def _setup(run):
    run("import pandas as pd\nfrom opnb import *")
    run("%%op load\norders = pd.DataFrame({'id': [1, 2]})\nlimit = 5")


def test_the_inputs_of_a_failed_run_come_back(run, ns):
    run("%%op clean\norders = orders.head(limit)\n1 / 0")
    run("del orders")
    gc.collect()

    found = run("%op inputs clean").value

    assert found["orders"].equals(__import__("pandas").DataFrame({"id": [1, 2]}))
    assert list(found) == ["orders", "limit"]
    assert found._repr_mimebundle_()[0]["text/plain"].splitlines()[2:4] == [
        "  orders  DataFrame 2 × 1  load.orders",
        "  limit   int              load.limit",
    ]


def test_it_shows_itself_as_a_table_in_every_form(run, shell):
    run("%%op clean\nn = len(orders)\n1 / 0")
    found = run("%op inputs clean").value

    shown = shell.display_formatter.format(found)[0]

    assert shown["text/plain"].startswith("1 input of clean")
    assert set(shown) >= {"text/html", "text/markdown"}


def test_an_interrupted_run_is_a_failed_one(run):
    run("%%op clean\nn = len(orders)\nraise KeyboardInterrupt")

    assert list(run("%op inputs clean").value) == ["orders"]


def test_what_is_forgotten_is_no_longer_held(run):
    run("%%op clean\nn = len(orders)\n1 / 0")
    assert run("%op inputs clean --forget").error is None

    assert str(run("%op inputs clean").error).startswith(
        "This kernel has no inputs of op 'clean'."
    )


def test_a_run_that_goes_well_lets_go(run, ns):
    run("%%op clean\nn = len(orders)")
    run("del orders")
    gc.collect()

    assert "orders" not in run("%op inputs clean").value


def test_the_last_two_runs_are_compared(run, session):
    run("%%op clean\ntidy = orders.head(1)\nyield ExpectationResult(True, 'full')")
    run("%%op clean\ntidy = orders.head(2)\nyield ExpectationResult(False, 'full')")

    ran = run("%op diff clean")

    diff = ran.value
    assert diff.checks[["name", "before", "after"]].values.tolist() == [
        ["full", "passed", "failed"]
    ]
    assert "+tidy = orders.head(2)" in diff.code


def test_runs_may_be_chosen(run, session):
    for rows in (1, 2, 3):
        run(f"%%op clean\ntidy = orders.head({rows})")
    first, second, _ = session.log.runs(op="clean")["run_id"]

    diff = run(f"%op diff clean --run {first[:13]} {second[:13]}").value

    assert diff.run_ids == (first, second)


def test_the_duration_is_told_where_it_is_asked_for(run):
    for _ in range(2):
        run("%%op clean\ntidy = orders.head(1)")

    texts = [
        run(f"%op diff clean{option}").value._repr_mimebundle_()[0]["text/plain"]
        for option in ("", " --duration")
    ]

    assert "took" not in texts[0]
    assert "took" in texts[1]


WRONG = {
    "inputs": "`%op inputs` needs the name of an op.",
    "inputs lod": "There is no op 'lod' in this session.\nHint: Did you mean 'load'?",
    "inputs never": "This kernel has no inputs of op 'never'.\nHint: It has them after",
    "inputs load --run x": "`%op inputs` has no option --run.\nHint: There is '--forg",
    "diff": "`%op diff` needs the name of an op.",
    "diff lod": "The log has no run of an op 'lod'.\nHint: Did you mean 'load'?",
    "diff load": "Op 'load' has run once: there is nothing to compare.\nHint: Run",
    "diff load --run zz": "The log has no run 'zz'.\nHint: ",
    "diff load --forget": "`%op diff` has no option --forget.",
    "diff load clean": "`%op diff` does not know what 'clean' is.",
}


@pytest.mark.parametrize(("line", "message"), WRONG.items(), ids=WRONG)
def test_wrong_usage_is_an_error_with_a_hint(run, line, message):
    run("%%op never --no-run\nx = 1")

    assert str(run(f"%op {line}").error).startswith(message)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("checks --bad", "`%op checks` has no option --bad.\nHint: There is '--"),
        ("checks --lable x", "has no option --lable.\nHint: Did you mean '--label'?"),
        ("graph --bad", "`%op graph` has no option --bad.\nHint: `%op?` is"),
        ("run --nope", "has no option --nope.\nHint: There is '--stale', '--all'."),
        ("plan -1+report", "`%op plan` has no option -1+report."),
        ("plan --all --stale", "--all and --stale say two things."),
    ],
)
def test_an_option_that_there_is_not_is_told_with_those_of_the_verb(run, line, said):
    assert said in run(f"%op {line}").stdout
