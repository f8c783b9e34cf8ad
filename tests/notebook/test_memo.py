"""`%%op --memo`: the same outputs without running, and never the wrong ones."""

import gc
import os
import threading
import weakref
from pathlib import Path

import pytest

from opnb.session import Session, use_session


@pytest.fixture(autouse=True)
def _own_home(monkeypatch, tmp_path):
    monkeypatch.delenv("OPNB_MEMO_SIZE", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture(autouse=True, name="session")
def _session(tmp_path):
    session = use_session(Session(tmp_path / ".opnb" / "events.db"))
    yield session
    session.log.close()


@pytest.fixture(autouse=True)
def _setup(run):
    run("import pandas as pd\nfrom opnb import *\nran = []")
    columns = "{'id': [1, 2, 2], 'amount': [1.0, 2.5, None]}"
    run(f"%%op load\norders = pd.DataFrame({columns})")


def runs(run, cell):
    """Run a cell; tell whether its body ran, and what it printed."""
    ran = run(cell)
    assert ran.error is None, ran.error
    return "body" in ran.stdout


CLEAN = "%%op clean --memo\nprint('body')\ntidy = orders.dropna()"


def test_the_body_does_not_run_again_and_its_outputs_are_there(run, ns):
    assert runs(run, CLEAN)
    tidy = ns.pop("tidy")

    assert not runs(run, CLEAN)

    assert ns["tidy"] is not tidy
    assert ns["tidy"].equals(tidy)


def test_without_the_option_the_body_runs(run):
    runs(run, CLEAN)

    assert runs(run, CLEAN.replace(" --memo", ""))


def test_the_run_is_in_the_log_and_says_whose_outputs_it_put_out(run, session):
    runs(run, CLEAN)
    first = session.log.last_run("clean")
    runs(run, CLEAN)
    second = session.log.last_run("clean")

    assert second.run_id != first.run_id
    assert second.step.reused_from == first.run_id
    assert second.outputs["tidy"].value_info == first.outputs["tidy"].value_info
    kinds = session.log.events(run=second.run_id)["event_type"].tolist()
    assert kinds == [
        "RUN_START",
        "STEP_START",
        "STEP_INPUT",
        "STEP_OUTPUT",
        "STEP_SUCCESS",
        "RUN_SUCCESS",
    ]


def test_what_is_reused_twice_is_of_the_run_that_made_it(run, session):
    runs(run, CLEAN)
    first = session.log.last_run("clean").run_id
    runs(run, CLEAN)
    runs(run, CLEAN)

    assert session.log.last_run("clean").step.reused_from == first


def test_lineage_goes_to_the_run_that_put_it_out_again(run, session):
    runs(run, CLEAN)
    runs(run, CLEAN)
    run("%%op report\ntotal = tidy.amount.sum()")

    source = session.log.last_run("report").inputs["tidy"].source

    assert source.run_id == session.log.last_run("clean").run_id


def test_the_card_shows_what_the_earlier_runs_card_showed(run, session):
    cell = (
        "%%op clean --memo\ntidy = orders.dropna()\n"
        "yield ExpectationResult(False, 'nothing is dropped')\n"
        "yield AssetMaterialization('shop/orders', metadata={'rows': len(tidy)})"
    )
    before = run(cell).cards[0]
    after = run(cell).cards[0]

    first, *rest = after.data["text/plain"].splitlines()
    assert first == "! clean: 1 check failed, reused from an earlier run"
    assert rest == before.data["text/plain"].splitlines()[1:]
    for form in ("text/html", "text/markdown"):
        assert "reused from an earlier run" in after.data[form]
        assert "reused" not in before.data[form]
    run_id = session.log.events(op="clean")["run_id"].iloc[0]
    assert after.metadata["opnb"]["reused_from"] == run_id
    assert run_id not in str(after.data)
    assert len(session.log.events(type="ASSET_MATERIALIZATION")) == 1
    assert session.log.last_run("clean")._repr_mimebundle_()[0] == after.data


def test_a_card_of_a_run_whose_origin_is_gone_says_so_much(run, session):
    runs(run, CLEAN)
    runs(run, CLEAN)
    summary = session.log.last_run("clean")
    summary.step.reused_from = "gone"

    text = summary._repr_mimebundle_()[0]["text/plain"]

    assert text.startswith("✓ clean: done, reused from an earlier run\n  in  orders")


CHANGES = {
    "the code": ("", "dropna()", "dropna().head(1)"),
    "an input": ("orders.loc[0, 'amount'] = 9.0", "", ""),
    "the last row of an input": ("orders.loc[2, 'id'] = 9", "", ""),
    "a dtype of an input": ("orders['id'] = orders['id'].astype('int32')", "", ""),
    "an option": ("", "--memo", "--memo --partition p"),
    "a tag": ("", "--memo", "--memo --tag team=x"),
    "the config": ("", "--memo", "--memo --config '{\"n\": 1}'"),
}


@pytest.mark.parametrize(("first", "old", "new"), CHANGES.values(), ids=CHANGES)
def test_the_body_runs_again_when_this_changes(run, first, old, new):
    runs(run, CLEAN)
    run(first or "pass")

    assert runs(run, CLEAN.replace(old, new) if old else CLEAN)
    assert not runs(run, CLEAN.replace(old, new) if old else CLEAN)


READS = {
    "a constant": ("limit = 1", "limit = 2", "limit"),
    "a number of another type": ("limit = 1", "limit = True", "limit"),
    "a name that is gone": ("limit = 1", "del limit", "limit"),
    "a list changed in place": ("seen = [1]", "seen.append(2)", "list(seen)"),
    "a function": ("def f(): return 1", "def f(): return 2", "f()"),
    "a default": ("def f(n=1): return n", "def f(n=2): return n", "f()"),
    "what a function reads": ("n = 1\ndef f(): return n", "n = 2", "f()"),
    "what a function calls": (
        "def g(): return 1\ndef f(): return g()",
        "def g(): return 2",
        "f()",
    ),
    "a class": (
        "class P:\n    def go(self): return 1",
        "class P:\n    def go(self): return 2",
        "P().go()",
    ),
    "an attribute": (
        "class P: pass\np = P()\np.x = 1",
        "p.x = 2",
        "p.x",
    ),
    "an array": (
        "import numpy as np\na = np.zeros(5)",
        "a[4] = 1",
        "a.sum()",
    ),
    "a name in a query": ("limit = 1", "limit = 2", "len(orders.query('id > @limit'))"),
    "a name in SQL": ("other = 1", "other = 2", "'SELECT * FROM other'"),
    "the order of a dict": ("d = {'a': 1, 'b': 2}", "d = {'b': 2, 'a': 1}", "list(d)"),
    "a module of one's own": (
        "import types\nm = types.ModuleType('m')\nm.LIMIT = 1",
        "m.LIMIT = 2",
        "m.LIMIT",
    ),
}


@pytest.mark.parametrize(("before", "change", "read"), READS.values(), ids=READS)
def test_the_body_runs_again_when_what_it_reads_changes(run, before, change, read):
    cell = f"%%op reads --memo\nprint('body')\nfound = {read}"
    run(before)
    assert runs(run, cell)
    assert not runs(run, cell)

    run(change)

    ran = run(cell)
    assert "body" in ran.stdout


def test_a_file_that_is_named_is_looked_at(run, ns):
    Path("orders.csv").write_text("a\n1\n")
    cell = "%%op read --memo\nprint('body')\ntable = pd.read_csv('orders.csv')"
    runs(run, cell)
    assert not runs(run, cell)
    Path("orders.csv").write_text("a\n1\n2\n")

    assert runs(run, cell)
    assert len(ns["table"]) == 2


def test_a_file_that_the_body_writes_is_as_it_left_it(run):
    cell = "%%op write --memo\nprint('body')\nn = orders.to_csv('tidy.csv')"
    runs(run, cell)
    assert not runs(run, cell)
    os.truncate("tidy.csv", 1)

    assert runs(run, cell)
    assert not runs(run, cell)


def test_a_path_that_the_notebook_holds_names_a_file(run):
    Path("a.txt").write_text("1")
    run("from pathlib import Path\nplace = Path('a.txt')")
    cell = "%%op read --memo\nprint('body')\ntext = place.read_text()"
    runs(run, cell)
    assert not runs(run, cell)
    Path("a.txt").write_text("22")

    assert runs(run, cell)


FORMS = {
    "a body that yields": "yield Output(1, 'n', metadata={'k': 2})\nprint('body')",
    "a body that returns": "print('body')\nreturn 5",
    "a last value": "print('body')\n6 * 7",
    "an await": "import asyncio\nprint('body')\nn = await asyncio.sleep(0, 5)",
    "an await and a yield": (
        "import asyncio\nprint('body')\nn = await asyncio.sleep(0, 5)\n"
        "yield ExpectationResult(True)"
    ),
}


@pytest.mark.parametrize("body", FORMS.values(), ids=FORMS)
def test_all_forms_of_a_body_are_reused(run, session, body):
    cell = f"%%op made --memo\n{body}"
    assert runs(run, cell)
    before = session.log.last_run("made")
    assert not runs(run, cell)

    after = session.log.last_run("made")
    assert after.outputs == before.outputs


FUNCTIONS = {
    "def": "def total(orders):\n    print('body')\n    return len(orders)",
    "async": "async def total(orders):\n    print('body')\n    return len(orders)",
    "generator": "def total(orders):\n    print('body')\n    yield Output(len(orders))",
    "op": (
        "@op(out={'n': Out(), 'm': Out()})\ndef total(orders):\n    print('body')\n"
        "    return len(orders), 2"
    ),
    "context": (
        "def total(context, orders):\n    print('body')\n    context.log.info('x')\n"
        "    context.add_output_metadata({'a': 1})\n    return len(orders)"
    ),
    "dynamic": (
        "@op(out=DynamicOut())\ndef total(orders):\n    print('body')\n"
        "    yield DynamicOutput(1, 'a', metadata={'x': 1})\n"
        "    yield DynamicOutput(2, 'b')"
    ),
    "data version": (
        "def total(orders):\n    print('body')\n"
        "    return Output(1, data_version=DataVersion('v7'))"
    ),
    "nothing": "def total(orders) -> None:\n    print('body')",
}


@pytest.mark.parametrize("code", FUNCTIONS.values(), ids=FUNCTIONS)
def test_all_forms_of_a_function_are_reused(run, session, ns, code):
    run("from opnb import DataVersion, Out")
    cell = f"%%op --memo\n{code}"
    assert runs(run, cell)
    before = session.log.last_run("total")
    assert not runs(run, cell)

    after = session.log.last_run("total")
    assert after.step.reused_from == before.run_id
    assert after.outputs == before.outputs
    assert after.step.dynamic == before.step.dynamic
    assert type(ns["total"]).__name__ == "OpDefinition"


def test_a_function_is_another_when_what_it_reads_changes(run):
    cell = "%%op --memo\ndef total(orders):\n    print('body')\n    return rate"
    run("rate = 1")
    runs(run, cell)
    run("rate = 2")

    assert runs(run, cell)


def test_a_result_is_there_for_later_ops(run, ns, session):
    cell = "%%op answer --memo\nprint('body')\n6 * 7"
    runs(run, cell)
    session.results.clear()
    runs(run, cell)
    run("%%op next --in a=answer.result\nb = a + 1")

    assert ns["b"] == 43


def test_a_failure_is_never_kept(run):
    cell = "%%op fails --memo\nran.append(1)\n1 / 0"
    for _ in range(2):
        assert isinstance(run(cell).error, ZeroDivisionError)

    assert run("%op memo").value.empty


def test_an_op_that_was_retried_is_kept(run, ns):
    cell = (
        "%%op flaky --memo --retries 2\nprint('body')\n"
        "if context.retry_number < 1:\n    raise ValueError\nn = 5"
    )
    runs(run, cell)

    assert not runs(run, cell)
    assert ns["n"] == 5


def test_all_names_that_the_body_binds_are_there(run, ns, shell):
    cell = (
        "%%op made --memo --out tidy\nprint('body')\nimport json.tool as tool\n"
        "from math import pi as pie\n_hidden = 1\nextra = {'a': [tool and 1]}\n"
        "def double(n):\n    return n * rate\nclass Model:\n    size = 3\n"
        "model = Model()\nfor i in range(3):\n    pass\ntidy = [model]\n"
        "gone = 1\ndel gone"
    )
    run("rate = 2")
    runs(run, cell)
    names = "tool pie _hidden extra double Model model i tidy".split()
    for name in names:
        del ns[name]
    ns["gone"] = "an older value"

    assert not runs(run, cell)

    assert [name for name in names if name not in ns] == []
    assert "gone" not in ns
    assert (ns["i"], ns["_hidden"], ns["extra"]) == (2, 1, {"a": [1]})
    assert type(ns["model"]) is ns["Model"]
    assert ns["tidy"][0] is ns["model"]
    run("rate = 10")
    assert ns["double"](2) == 20


def test_the_definitions_of_a_reused_cell_show_their_source(run, ns):
    import inspect

    cell = "%%op made --memo\nn = 1\ndef double(n):\n    return n * 2"
    run(cell)
    run(cell)

    assert inspect.getsource(ns["double"]) == "def double(n):\n    return n * 2\n"


def test_instances_of_the_notebooks_classes_are_of_the_class_as_it_is_now(run, ns):
    cell = "%%op made --memo\nprint('body')\nmodel = make()"
    run("class Model: pass\ndef make(): return Model()")
    runs(run, cell)
    run("class Model: pass\ndef make(): return Model()")  # the same again

    assert not runs(run, cell)
    assert type(ns["model"]) is ns["Model"]


NOT_KEPT = {
    "an input that cannot be told": (
        "import threading\nlock = threading.Lock()",
        "--in lock",
        "n = 1",
        "input 'lock': the content of a lock cannot be told",
    ),
    "a name that cannot be told": (
        "import threading\nlock = threading.Lock()",
        "",
        "n = lock.locked()",
        "'lock': the content of a lock cannot be told",
    ),
    "an output that cannot be told": (
        "",
        "",
        "n = (i for i in [1])",
        "output 'n': the content of a generator cannot be told",
    ),
    "another name that cannot be told": (
        "",
        "--out n",
        "n = 1\nit = (i for i in [1])",
        "the name 'it': the content of a generator cannot be told",
    ),
    "an output that is a lambda": (
        "",
        "",
        "n = lambda: 1",
        "the notebook has no name for '<lambda>' in it",
    ),
    "an input changed in place": (
        "",
        "",
        "orders['more'] = orders.shape[1]\nn = 1",
        "input 'orders' was changed in place",
    ),
    "a name changed in place": (
        "seen = []",
        "",
        "seen.append(1)\nn = 1",
        "'seen' was changed in place",
    ),
    "a shell command": (
        "",
        "",
        "!true\nn = 1",
        "what `!` and `%` lines and get_ipython() do is not seen",
    ),
    "globals": ("", "", "n = len(globals())", "what globals() reads is not seen"),
    "the run's id": (
        "",
        "",
        "n = context.run_id",
        "it reads context.run_id, which each run has its own of",
    ),
    "a context handed on": (
        "def f(context): return 1",
        "",
        "n = f(context)",
        "what 'context' is used for is not seen",
    ),
    "resources": (
        "",
        "",
        "n = hasattr(context.resources, 'x')",
        "what its resources give is not seen",
    ),
    "a function that changes a global": (
        "total = 0\ndef add():\n    global total\n    total += 1",
        "",
        "add()\nn = 1",
        "'add': the function 'add' changes the global 'total'",
    ),
    "a function in it that changes a global": (
        "total = 0",
        "",
        "def add():\n    global total\n    total += 1\nadd()\nn = 1",
        "a function in it changes the global 'total'",
    ),
    "a definition that needs a value": (
        "",
        "",
        "limit = 1\ndef f(n=limit): return n\nn = 1",
        "a definition in it needs 'limit', which it makes",
    ),
    "the log": (
        "import opnb",
        "",
        "n = len(opnb.log.frame)",
        "what opnb.log holds is not seen",
    ),
    "a file whose name is put together": (
        "day = 'monday'",
        "",
        "n = [open(f'{day}.py') for _ in ()]",
        "which file open reads is not seen",
    ),
    "files of a loop": (
        "import pandas as pd",
        "",
        "n = [pd.read_csv(name + '.csv') for name in ()]",
        "which file read_csv reads is not seen",
    ),
    "files that are searched": (
        "import glob",
        "",
        "n = glob.glob('*.csv')",
        "which files glob finds is not seen",
    ),
    "a file in a folder of a folder": (
        "from pathlib import Path\nhere = Path('.')",
        "",
        "n = [(here / 'a' / 'b.txt').read_text() for _ in ()]",
        "which file read_text reads is not seen",
    ),
    "an op that is called": (
        "get_ipython().run_cell('%%op helper\\nx = 1')",
        "",
        "n = helper()",
        "'helper': what the op reads that it calls is not seen",
    ),
}


@pytest.mark.parametrize(
    ("before", "options", "body", "reason"), NOT_KEPT.values(), ids=NOT_KEPT
)
def test_what_is_in_doubt_runs_each_time_and_says_why(
    run, before, options, body, reason
):
    run(before)
    cell = f"%%op doubted --memo {options}\nprint('body')\n{body}"

    for _ in range(2):
        ran = run(cell)
        assert ran.error is None
        assert "body\n" in ran.stdout
        assert f"memo: not kept: {reason}.\n" in ran.stdout
        assert len(ran.cards) == 1


def memo_file():
    return next(Path(".opnb/memo").glob("*.memo"))


HARMS = {
    "cut": lambda path: os.truncate(path, path.stat().st_size - 1),
    "empty": lambda path: os.truncate(path, 0),
    "noise": lambda path: path.write_bytes(b"opnb memo 1\n" + b"x" * 500),
    "open to others": lambda path: path.chmod(0o666),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
}


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
def test_a_file_that_is_not_believed_costs_one_line(run, ns, harm):
    runs(run, CLEAN)
    harm(memo_file())

    ran = run(CLEAN)

    assert ran.error is None
    assert "body" in ran.stdout
    assert len(ns["tidy"]) == 2
    if memo_file().is_file():
        assert ran.stdout.count("memo: run anew: ") == 1
        assert not runs(run, CLEAN)


def test_a_disk_that_takes_nothing_costs_one_line(run):
    Path(".opnb/memo").parent.mkdir(exist_ok=True)
    Path(".opnb/memo").write_text("in the way")

    ran = run(CLEAN)

    assert ran.error is None
    assert ran.stdout == "body\nmemo: not kept: file exists.\n"


@pytest.mark.parametrize("size", ["0", "10"])
def test_the_cap_is_held(run, monkeypatch, size):
    monkeypatch.setenv("OPNB_MEMO_SIZE", size)

    assert runs(run, CLEAN)
    assert runs(run, CLEAN)


def test_a_size_that_is_none_is_an_error_before_anything_runs(run, monkeypatch):
    monkeypatch.setenv("OPNB_MEMO_SIZE", "lots")

    ran = run(CLEAN)

    assert str(ran.error).startswith("OPNB_MEMO_SIZE is no size: 'lots'.\nHint: ")
    assert ran.stdout.count("body") == 0


def test_the_project_may_say_how_much_is_kept(run, session):
    from opnb.notebook.memo import memo_size

    Path("pyproject.toml").write_text('[tool.opnb]\nmemo_size = "5 MB"\n')

    assert memo_size() == 5_000_000


def test_a_log_in_memory_keeps_in_the_users_cache(run, tmp_path):
    use_session(Session("memory:"))
    run("%%op load\norders = pd.DataFrame({'id': [1], 'amount': [1.0]})")
    runs(run, CLEAN)

    assert not runs(run, CLEAN)
    assert list((tmp_path / "cache").rglob("*.memo"))


def test_not_running_keeps_nothing(run):
    run(CLEAN.replace("--memo", "--memo --no-run"))

    assert run("%op memo").value.empty


def test_threads_and_ops_within_do_not_mix(run, ns):
    cell = (
        "%%op outer --memo\nprint('body')\nfrom opnb import execute_op, op\n"
        "@op\ndef inner():\n    return 3\nn = execute_op(inner).output_value()"
    )
    run(cell)
    worker = threading.Thread(target=lambda: ns["ran"].append(1))
    worker.start()
    worker.join()

    assert not runs(run, cell)
    assert ns["n"] == 3


def test_what_is_kept_is_a_table(run):
    runs(run, CLEAN)

    frame = run("%op memo").value

    assert frame["op"].tolist() == ["clean"]
    assert frame["outputs"].tolist() == ["tidy"]
    assert str(frame["kept"].dtype) == "datetime64[us, UTC]"
    text = frame._repr_mimebundle_()[0]["text/plain"].splitlines()
    assert text[0] == "1 memo"
    assert text[2].startswith("  clean  tidy")


def test_nothing_holds_what_the_cell_has_read(run, ns):
    runs(run, CLEAN)
    reference = weakref.ref(ns["orders"])
    runs(run, CLEAN)
    run("del orders")
    gc.collect()

    assert reference() is None


def test_clearing_makes_the_body_run_again(run):
    runs(run, CLEAN)

    assert run("%op memo clear clean").stdout == "memo: 1 removed.\n"
    assert runs(run, CLEAN)
    assert run("%op memo clear").stdout == "memo: 1 removed.\n"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("memo cleer", "`%op memo` does not know what 'cleer' is.\nHint: Did you mean"),
        ("memo clear cleen", "Nothing is kept of an op 'cleen'.\nHint: Did you mean"),
        ("memo --op clean", "`%op memo` has no option --op."),
        ("graph clean load", "`%op graph` does not know what 'load' is."),
    ],
)
def test_wrong_usage_is_an_error_with_a_hint(run, line, message):
    runs(run, CLEAN)

    assert str(run(f"%op {line}").error).startswith(message)


def test_the_manual_tells_of_it(run, shell):
    manual = shell.find_cell_magic("op").__doc__

    assert "--memo" in manual
    assert "does not come again" in " ".join(manual.split())


@pytest.mark.parametrize(
    "body",
    [
        "with open(name) as file:\n    n = file.read()\ndel file",
        "place = 'a.txt'\nn = Path(place).read_text()",
        "n = (Path('.') / 'a.txt').read_text()",
        "with open('a.txt') as file:\n    n = pd.read_csv(file).size\ndel file",
        "n = pd.read_csv(StringIO('x\\n' + '1'))",
        "n = pd.read_csv(filepath_or_buffer=name, header=None)",
        "def read(place):\n    return len(place)\nn = read('a.txt')",
    ],
)
def test_a_file_that_is_named_is_no_doubt(run, tmp_path, monkeypatch, body):
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text("1\n")
    run("from io import StringIO\nfrom pathlib import Path\nimport pandas as pd")
    run("name = 'a.txt'")

    first, again = (run(f"%%op named --memo\n{body}") for _ in range(2))

    assert first.stdout == ""
    assert "reused from an earlier run" in again.cards[0].data["text/plain"]
