"""The pytest plugin, as a user's pytest has it: in a process of its own."""

import os
import re
import subprocess
import sys
from collections import Counter
from xml.etree import ElementTree as ET

import pytest
from gate_notebooks import SETUP, save

pytestmark = pytest.mark.kernel

CLEAN = """%%op clean
yield AssetMaterialization('shop/orders', metadata={'rows': n})
yield ExpectationResult(n > 2, 'enough rows', metadata={'rows': n})
yield ExpectationResult(False, 'fresh', severity='warn')
yield ExpectationResult(True, 'ids are unique')"""


@pytest.fixture(name="books")
def _books(tmp_path, monkeypatch):
    """A folder with notebooks: checks that pass and fail, an error, none at all."""
    monkeypatch.setenv("OPNB_LOG", "memory:")
    save(tmp_path / "nb/orders.ipynb", SETUP, "n = 2", CLEAN, tags={1: ["parameters"]})
    save(tmp_path / "nb/raises.ipynb", "1 / 0")
    save(tmp_path / "nb/plain.ipynb", "1 + 1")
    return tmp_path


def run_pytest(*words):
    """Run pytest as one who is strict about warnings; return what each test came to."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-v"]
    done = subprocess.run(
        [*command, "-W", "error", *words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "120"},
    )
    outcomes = dict(
        re.findall(r"^(\S.*?) (PASSED|FAILED|XFAIL) .*%\]$", done.stdout, re.MULTILINE)
    )
    return done, outcomes


ORDERS = {
    "nb/orders.ipynb::shop/orders::enough rows": "FAILED",
    "nb/orders.ipynb::shop/orders::fresh": "PASSED",
    "nb/orders.ipynb::shop/orders::ids are unique": "PASSED",
}


def test_each_check_is_a_test_and_an_error_is_one_and_no_checks_are_one(books):
    done, outcomes = run_pytest("--opnb", "nb", "--junitxml", "j.xml")

    assert outcomes == {
        **ORDERS,
        "nb/plain.ipynb::runs to its end": "PASSED",
        "nb/raises.ipynb::cell 1": "FAILED",
    }, done.stdout
    told = done.stdout
    assert (
        "✗ failed: shop/orders::enough rows\ncell 3, line 3, op clean\nrows 2\n" in told
    )
    assert "! nb/orders.ipynb::shop/orders::fresh\n    cell 3, line 4: fresh" in told
    assert "site-packages" not in told  # nothing of how it is run is shown
    cases = ET.parse("j.xml").getroot().iter("testcase")  # noqa: S314 - pytest's own
    names = Counter(case.get("name") for case in cases)
    assert names["enough rows"] == 1
    assert names.total() == 5


def test_one_check_can_be_asked_for_with_parameters(books):
    asked = "nb/orders.ipynb::shop/orders::enough rows"

    done, outcomes = run_pytest("--opnb", asked, "--opnb-parameter", "n=3")

    assert outcomes == {asked: "PASSED"}, done.stdout


def test_under_xdist_each_notebook_runs_once(books):
    save(books / "nb/raises.ipynb", "open('ran', 'a').write('x')\n1 / 0")

    done, _ = run_pytest("--opnb", "nb", "-n", "2")

    assert "2 failed, 3 passed" in done.stdout, done.stdout
    assert (books / "nb" / "ran").read_text() == "x"


def test_beside_nbval_and_nbmake_each_does_its_own(books):
    book = save(books / "ok.ipynb", SETUP, "%%op a\nyield ExpectationResult(True, 'x')")

    alone, _ = run_pytest("--nbval-lax", str(book))
    together, _ = run_pytest("--nbval-lax", "--nbmake", "--opnb", str(book))

    assert "2 passed" in alone.stdout, alone.stdout
    assert "a::x" not in alone.stdout
    assert "4 passed" in together.stdout, together.stdout


def test_without_its_flag_it_asks_for_nothing(books):
    (books / "test_a.py").write_text(
        "import sys\n"
        "def test_a():\n"
        "    heavy = {'pandas', 'IPython', 'nbclient', 'opnb.gate.gate', 'psutil'}\n"
        "    assert not heavy & sys.modules.keys()\n"
    )

    done, outcomes = run_pytest(
        "-p", "no:nbval", "-p", "no:nbmake", "-p", "no:hypothesis"
    )

    assert outcomes == {"test_a.py::test_a": "PASSED"}, done.stdout


def test_collecting_alone_runs_nothing(books):
    save(books / "nb/raises.ipynb", "open('ran', 'a').write('x')")

    done, _ = run_pytest("--opnb", "nb", "--collect-only", "-q")

    assert done.stdout.count("runs to its end") == 3
    assert not (books / "nb" / "ran").exists()


def test_a_baseline_and_a_severity_are_as_for_the_gate(books):
    (books / "known.json").write_text(
        '{"version": 1, "known": {"nb/orders.ipynb": ["shop/orders::enough rows"]}}'
    )

    done, outcomes = run_pytest(
        "--opnb", "nb/orders.ipynb", "--opnb-fail-on=warn", "--opnb-baseline=known.json"
    )

    assert outcomes == {
        **ORDERS,
        "nb/orders.ipynb::shop/orders::enough rows": "XFAIL",
        "nb/orders.ipynb::shop/orders::fresh": "FAILED",
    }, done.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--opnb-parameter", "n"], "'n' is no parameter"),
        (["--opnb-baseline", "lost.json"], "no baseline"),
    ],
)
def test_wrong_options_are_told_before_anything_runs(books, words, message):
    done, _ = run_pytest("--opnb", "nb", *words)

    assert done.returncode == 4
    assert message in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_a_file_that_is_no_notebook_is_a_test_that_fails(books):
    (books / "bad.ipynb").write_text("{")

    done, outcomes = run_pytest("--opnb", "bad.ipynb")

    assert outcomes == {"bad.ipynb::runs to its end": "FAILED"}, done.stdout
    assert "is no notebook: it is not JSON" in done.stdout


def test_a_notebook_is_run_by_a_test_with_parameters(books, run_notebook):
    result = run_notebook(books / "nb/orders.ipynb", {"n": 5}, fail_on="warn")

    assert result.exit_code == 2
    assert result.check("enough rows").outcome.value == "passed"
    assert result.check("shop/orders::fresh").outcome.value == "failed"
    frame = result.frame
    assert frame["label"].dropna().tolist() == [
        "enough rows",
        "fresh",
        "ids are unique",
    ]
    assert result.cards[0].run_id == frame["run_id"].iloc[0]
    assert not (books / "nb" / ".opnb").exists()  # a test leaves no history


def test_the_log_of_a_test_is_its_own(opnb_log):
    from opnb import current_session, execute_op, op

    @op
    def count():
        return 1

    execute_op(count)

    assert current_session().log is opnb_log
    assert opnb_log.runs()["job"].tolist() == ["count"]
