"""The cell contract, in a shell: a cell stays a cell, and has a record beside it."""

import sys

import pytest

import opnb
from opnb import CellError, Failure, MetadataValue, OpDefinition, TypeCheckDidNotPass
from opnb.execution.fingerprint import fingerprint_of
from opnb.model.entry import OutputSource, StepInputData

SETUP = "from opnb import *"


def types(session, op):
    return session.log.events(op=op)["event_type"].tolist()


def last(session, op):
    return session.log.last_run(op)


def test_names_land_in_the_notebook(run, ns):
    run("%%op clean\ntidy = [1]\ndef helper(): return tidy")

    assert ns["tidy"] == [1]
    assert ns["helper"]() == [1]


def test_a_function_of_the_cell_sees_later_changes(run, ns):
    run("%%op first\nrate = 1\ndef price(): return rate")
    run("rate = 2")

    assert ns["price"]() == 2


def test_names_land_in_the_notebook_when_the_body_fails_half_way(run, ns):
    ran = run("%%op half\nbefore = 1\n1 / 0\nafter = 2")

    assert isinstance(ran.error, ZeroDivisionError)
    assert ns["before"] == 1
    assert "after" not in ns


def test_names_land_in_the_notebook_when_a_body_that_yields_fails(run, ns):
    run(SETUP)
    run("%%op half\nbefore = 1\nyield ExpectationResult(True)\nlater = 2\n1 / 0")

    assert (ns["before"], ns["later"]) == (1, 2)


@pytest.mark.parametrize("ending", ["", "\nyield ExpectationResult(True)"])
def test_the_last_value_is_shown_and_kept_in_out(run, ns, shell, ending):
    run(SETUP)

    ran = run(f"%%op answer{ending}\n6 * 7")

    assert ran.value == 42
    assert ns["_"] == 42
    assert 42 in ns["_oh"].values()


@pytest.mark.parametrize("body", ["6 * 7;", "6 * 7;  # quiet", "x = 42", "None"])
def test_nothing_is_shown_where_a_cell_shows_nothing(run, body):
    ran = run(f"%%op answer\n{body}")

    assert (ran.value, ran.stdout) == (None, "")


def test_prints_and_displays_come_in_their_order_and_the_card_last(run):
    ran = run("%%op talk\nprint('a')\ndisplay('b')\nprint('c')\n'd'")

    assert ran.stdout.splitlines()[:2] == ["a", "c"]
    assert [o.data["text/plain"] for o in ran.displays] == ["'b'"]
    assert [o.data["text/plain"] for o in ran.cards] == [
        "✓ talk: done\n  out result str"
    ]


@pytest.mark.parametrize(
    ("interactivity", "shown"),
    [
        ("all", ["1", "2", "3"]),
        ("last", ["3"]),
        ("none", []),
        ("last_expr_or_assign", ["3"]),
    ],
)
def test_the_shells_interactivity_holds(run, shell, monkeypatch, interactivity, shown):
    monkeypatch.setattr(shell, "ast_node_interactivity", interactivity)

    plain, as_op = run("1\n2\nx = 3\nx"), run("%%op many\n1\n2\nx = 3\nx")

    def values(ran):
        return [line.partition(": ")[2] for line in ran.stdout.split("\n") if line]

    assert values(as_op) == values(plain) == shown


SYNTAX_OF_IPYTHON = {
    "shell": ("!echo hi", "hi"),
    "shell in an assignment": ("out = !echo hi\nprint(out)", "['hi']"),
    "line magic": ("%who_ls str", "[]"),
    "cell magic": ("%%capture caught\nprint('hi')", ""),
    "automagic": ("who_ls str", "[]"),
}


@pytest.mark.parametrize(
    ("body", "expected"), SYNTAX_OF_IPYTHON.values(), ids=SYNTAX_OF_IPYTHON.keys()
)
def test_syntax_of_ipython_works(run, body, expected):
    ran = run(f"%%op magic\n{body}")

    assert ran.error is None
    assert expected in ran.stdout.replace("\r", "")


def test_help_works_in_a_body(run):
    ran = run("%%op helps\nlen?")

    assert ran.error is None
    assert "number of items" in ran.stdout + str(ran.displays)


def test_a_user_transformer_of_the_tree_is_applied_once(run, ns, shell, monkeypatch):
    import ast

    class Double(ast.NodeTransformer):
        def visit_Constant(self, node):
            if not isinstance(node.value, int):
                return node
            return ast.copy_location(ast.Constant(node.value * 2), node)

    monkeypatch.setattr(shell, "ast_transformers", [Double()])
    run("%%op doubled\nx = 21")

    assert ns["x"] == 42


@pytest.mark.parametrize("outer", ["%%time", "%%capture caught"])
def test_another_magic_may_stand_on_top(run, ns, session, outer):
    ran = run(f"{outer}\n%%op below\nkept = 1")

    assert ran.error is None
    assert ns["kept"] == 1
    assert last(session, "below").status.value == "SUCCESS"


def test_a_file_of_cells_may_be_run(run, ns, tmp_path):
    (tmp_path / "cells.ipy").write_text(
        "x = 1\nget_ipython().run_cell('%%op a\\ny = 2')"
    )

    run(f"%run {tmp_path / 'cells.ipy'}")

    assert (ns["x"], ns["y"]) == (1, 2)


def test_source_of_functions_is_found(run, ns):
    import inspect

    run("%%op sources\n\ndef f(a):\n    return a\n\nclass A:\n    def m(self): pass")

    assert inspect.getsource(ns["f"]) == "def f(a):\n    return a\n"
    assert inspect.getsource(ns["A"].m) == "    def m(self): pass\n"


def test_an_op_is_a_function_of_its_inputs(run, ns, session):
    run("import math\nRATE = 2\ndef twice(n): return n * RATE")
    run("%%op load\norders = [1, 4]")
    run("%%op clean\ntidy = [twice(math.sqrt(n)) for n in orders]")

    assert session.ops["clean"](orders=[9, 16]) == [6, 8]
    assert ns["tidy"] == [2, 4]
    assert ns["orders"] == [1, 4]


def test_several_outputs_of_a_call_are_a_tuple(run, session):
    run("%%op pair\na = 1\nb = 2")

    assert session.ops["pair"]() == (1, 2)


def test_a_recorded_run_of_a_cells_op_leaves_the_notebook_alone(run, ns, session):
    run("%%op load\norders = [1]")
    run("%%op clean\ntidy = orders * 2")

    result = session.execute_op(session.ops["clean"], {"orders": [5]})

    assert result.output_value("tidy") == [5, 5]
    assert ns["tidy"] == [1, 1]


def test_what_an_earlier_op_put_out_is_an_input_with_lineage(run, session):
    run("plain = 1")
    run("%%op load\norders = [1]")
    run("%%op clean\ntidy = orders, plain")

    assert list(session.ops["clean"].ins) == ["orders"]
    data = last(session, "clean").inputs["orders"]
    assert (data.source.op_name, data.source.output_name) == ("load", "orders")


@pytest.mark.parametrize(
    ("between", "change", "told"),
    [
        ("orders = [2]", "rebound", "orders list 1 from load, rebound since"),
        ("orders.append(2)", "changed in place", "from load, changed in place since"),
        ("orders = [1]", None, "orders list 1 from load\n"),
        ("", None, "orders list 1 from load\n"),
    ],
)
def test_an_input_tells_what_was_done_to_it_since_it_came_out(
    run, session, between, change, told
):
    run("%%op load\norders = [1]")
    loaded = last(session, "load").run_id
    run(between)
    ran = run("%%op clean\ntidy = orders")

    source = last(session, "clean").inputs["orders"].source
    assert source == OutputSource("load", "orders", loaded, change)
    assert told in ran.cards[0].data["text/plain"]


def test_inference_may_be_switched_off(run, session):
    run("%%op load\norders = [1]")
    run("%%op clean --no-infer\ntidy = orders")

    assert session.ops["clean"].ins == {}


@pytest.mark.parametrize(
    "given", ["orders", "raw=load", "raw=load.orders", "raw=orders"]
)
def test_an_input_may_be_named_by_hand(run, ns, session, given):
    run("%%op load\norders = [1]")
    name = given.partition("=")[0]

    run(f"%%op clean --in {given}\ntidy = {name} * 2")

    assert ns["tidy"] == [1, 1]
    assert list(session.ops["clean"].ins) == [name]
    assert last(session, "clean").inputs[name].source.op_name == "load"


def test_the_result_of_an_op_may_be_an_input(run, ns):
    run("%%op load\n[1, 2]")
    run("%%op clean --in rows=load\ntidy = rows * 2")

    assert ns["tidy"] == [1, 2, 1, 2]


@pytest.mark.parametrize(
    ("cell", "outputs"),
    [
        ("make\na = b = 1\nc, *d = 1, 2", {"a": 1, "b": 1, "c": 1, "d": [2]}),
        ("make\na = 1\n2", {"a": 1}),
        ("make\n2", {"result": 2}),
        ("make\nprint()", {}),
        ("make\n_a = 1\nimport os\ndef f(): 0\nfor i in [1]: pass", {}),
        ("make --out a\na = 1\nb = 2", {"a": 1}),
        ("make --out a --out b\na, b = 1, 2", {"a": 1, "b": 2}),
        ("make\nif False: a = 1", {}),
        ("make\nreturn 5", {"result": 5}),
        ("make\nyield Output(5)", {"result": 5}),
        ("make\nyield Output(5, 'a')\nb = 1", {"a": 5}),
        ("make\nyield ExpectationResult(True)\nb = 1", {"b": 1}),
        ("make\nyield ExpectationResult(True)\n7", {"result": 7}),
    ],
)
def test_the_outputs_of_a_cell(run, session, cell, outputs):
    run(SETUP)

    run(f"%%op {cell}")

    assert last(session, "make").outputs.keys() == outputs.keys()
    for name, value in outputs.items():
        assert session.produced[f"make.{name}"].seen.is_value(value) or value == (
            session.results.get("make", run(name).value)
        )


def test_a_named_output_is_bound_in_the_notebook(run, ns):
    run(SETUP)

    run("%%op make\nyield Output(5, 'total', metadata={'unit': 'EUR'})")

    assert ns["total"] == 5


def test_a_branch_that_did_not_run_puts_nothing_out(run, session):
    run("extra = 'of an earlier cell'")
    run("%%op maybe\nif False:\n    extra = 1")

    assert last(session, "maybe").outputs == {}


@pytest.mark.parametrize(
    "body",
    [
        "if True:\n    n = 5\nelse:\n    n = 6",
        "try:\n    n = 5\nexcept ValueError:\n    n = 6",
        "if True:\n    n = 5",
        "for _ in [0]:\n    n = 5",
    ],
)
def test_a_cell_puts_out_the_same_when_it_runs_again(run, session, body):
    run(f"%%op again\n{body}")
    run(f"%%op again\n{body}")

    assert list(last(session, "again").outputs) == ["n"]


def test_the_name_is_bound_to_the_op(run, ns, session):
    run("%%op clean\nx = 1")

    assert ns["clean"] is session.ops["clean"]
    assert isinstance(ns["clean"], OpDefinition)


@pytest.mark.parametrize(
    "setup", ["clean = 'mine'", "def clean(): pass"], ids=["value", "function"]
)
def test_a_value_of_that_name_stays(run, ns, session, setup):
    run(setup)
    mine = ns["clean"]

    run("%%op clean\nx = 1")

    assert ns["clean"] is mine
    assert "clean" in session.ops


def test_a_body_may_bind_the_name_itself(run, ns):
    run("%%op clean\nclean = [1]")

    assert ns["clean"] == [1]


def test_a_builtin_of_that_name_stays(run, ns):
    run("%%op filter\nx = 1")

    assert "filter" not in ns
    assert run("list(filter(None, [0, 1]))").value == [1]


def test_running_a_cell_again_redefines_the_op_and_goes_on_with_its_history(
    run, session
):
    run("%%op clean\nx = 1")
    run("%%op clean\nx = 2")

    starts = session.log.runs()
    versions = {session.log.summary(run_id).code_version for run_id in starts["run_id"]}
    assert len(starts) == len(versions) == 2


def test_a_lone_function_is_an_op_that_runs_with_the_notebooks_names(run, ns, session):
    run("orders = [1, 2]")

    ran = run("%%op\ndef count(orders, step=2): return len(orders) * step")

    assert ran.cards[0].data["text/plain"].startswith("✓ count: done")
    assert session.results["count"] == 4
    assert ns["count"]([1], step=3) == 3


def test_the_decorator_may_say_more(run, session):
    run(SETUP)
    run("%%op\n@op(name='sized', out=Out(int), tags={'team': 'a'})\ndef f(): return 3")

    assert session.ops["sized"].tags == {"team": "a"}
    assert session.results["sized"] == 3


def test_the_output_of_a_function_may_be_named(run, ns):
    run("%%op --out total\ndef add():\n    return 3")

    assert ns["total"] == 3


def test_a_function_may_be_registered_only(run, session):
    ran = run("%%op --no-run\ndef later(missing):\n    return 1 / 0")

    assert ran.error is None
    assert "later" in session.ops
    assert len(session.log.frame) == 0


def test_a_missing_input_of_a_function_is_told(run):
    run("orders = 1")

    ran = run("%%op\ndef count(ordres):\n    return 1")

    assert isinstance(ran.error, CellError)
    assert "Did you mean 'orders'?" in str(ran.error)


def test_options_reach_the_run(run, ns, session):
    run("limits = {'rows': 3}")
    run(
        "%%op nightly --config limits --partition 2026-01-01 --tag team=a owner=b\n"
        "tags = dict(context.run_tags)\n"
        "seen = context.op_config['rows'], context.partition_key, tags"
    )

    tags = {"team": "a", "owner": "b", "dagster/partition": "2026-01-01"}
    assert ns["seen"] == (3, "2026-01-01", tags)


def test_config_may_be_json(run, ns):
    run("""%%op c --config '{"rows": [1, 2]}'\nrows = context.op_config["rows"]""")

    assert ns["rows"] == [1, 2]


def test_config_given_in_the_cell_is_the_default_elsewhere(run, session):
    run("""%%op c --config '{"rows": 1}'\nrows = context.op_config["rows"]""")

    again = session.execute_op(session.ops["c"])
    other = session.execute_op(session.ops["c"], config={"rows": 9})

    assert (again.outputs, other.outputs) == ({"rows": 1}, {"rows": 9})


@pytest.mark.parametrize("retries", [0, 2])
def test_when_retries_are_used_up_the_cell_raises_the_users_own_exception(
    run, session, retries
):
    ran = run(
        f"%%op clean --retries {retries}\n"
        "if True:\n    raise LookupError(context.retry_number)"
    )
    told = session.log.entries(last(session, "clean").run_id)[-2].step_failure_data

    assert isinstance(ran.error, LookupError)
    assert ran.error.args == (retries,)
    assert told.error.message == f"Exceeded max_retries of {retries}"
    assert types(session, "clean").count("STEP_RESTARTED") == retries


def test_a_failure_of_a_cell_that_is_used_up_is_the_users_own(run):
    run(SETUP)
    ran = run("%%op clean --retries 1\nraise Failure('no rows', {'rows': 0})")

    assert isinstance(ran.error, Failure)
    assert ran.error.metadata["rows"].value == 0


def test_a_request_of_a_cell_that_is_used_up_is_told_as_such(run):
    run(SETUP)
    ran = run("%%op clean\nraise RetryRequested(0) from KeyError('k')")

    assert isinstance(ran.error, opnb.MaxRetriesExceededError)
    assert isinstance(ran.error.__cause__, KeyError)


def test_a_retry_starts_with_the_inputs_as_they_were(run, ns, session):
    run("%%op load\norders = [1, 2, 3]")
    run(
        "%%op clean --retries 2 --delay 0.001 --backoff exponential --jitter full\n"
        "orders = orders[1:]\n"
        "if context.retry_number < 2: raise ValueError('flaky')"
    )

    assert ns["orders"] == [2, 3]
    assert last(session, "clean").attempts == 3


def input_fingerprints(session, op):
    entries = session.log.entries(last(session, op).run_id)
    told = [entry.event_specific_data for entry in entries]
    return [each.fingerprint for each in told if isinstance(each, StepInputData)]


def test_a_retry_tells_what_the_attempt_before_made_of_an_input(run, session):
    run("%%op load\norders = [1, 2, 3]")
    run(
        "%%op clean --retries 1\n"
        "orders.append(4)\n"
        "if context.retry_number < 1: raise ValueError('flaky')"
    )

    assert input_fingerprints(session, "clean") == [
        fingerprint_of([1, 2, 3]),
        fingerprint_of([1, 2, 3, 4]),
    ]


def test_an_input_is_looked_at_once_before_the_code_runs(run, session, monkeypatch):
    looked_at = []

    def look(value):
        looked_at.append(value)
        return fingerprint_of(value)

    run("%%op load\norders = [1, 2, 3]")
    monkeypatch.setattr("opnb.notebook.cell.fingerprint_of", look)
    run("%%op clean\ntidy = sum(orders)")

    assert looked_at == [[1, 2, 3], 6]
    assert input_fingerprints(session, "clean") == [fingerprint_of([1, 2, 3])]


# Values

KEEPING = {
    "assigned": "kept = Thing()",
    "logs": "kept = Thing()\ncontext.log.info('made')",
    "yields": "kept = Thing()\nyield ExpectationResult(True)",
    "yields it": "yield Output(Thing(), 'kept')",
    "overwrites": "kept = Thing()\nold = weakref.ref(kept)\nkept = Thing()\n"
    "assert old() is None",
}


@pytest.mark.parametrize("body", KEEPING.values(), ids=KEEPING.keys())
def test_what_the_notebook_deletes_is_gone_at_once(run, ns, body):
    run(f"{SETUP}\nimport gc, weakref\nclass Thing: pass\ngc.disable()")
    run(f"%%op make\n{body}")
    run("%%op use\nname = type(kept).__name__")

    gone = run("gone = weakref.ref(kept)\ndel kept\ngc.enable()\ngone() is None")

    assert gone.value is True


def test_the_context_is_there_and_gone_afterwards(run, ns, session):
    run("%%op logs\ncontext.log.info('hello')\nn = [*context.track([1, 2])]")

    assert "context" not in ns
    assert types(session, "logs").count("LOG_MESSAGE") == 2


def test_the_users_own_context_is_as_it_was(run, ns):
    run("context = 'a text'")
    run("%%op logs\ncontext.log.info('hello')\n1 / 0")

    assert ns["context"] == "a text"


def test_the_users_own_context_may_be_read(run, ns):
    run("context = 'a text'")
    run("%%op reads\nsaid = context.upper()")

    assert ns["said"] == "A TEXT"


def test_a_body_may_bind_the_context_itself(run, ns):
    run("%%op binds\ncontext = 5")

    assert ns["context"] == 5


def test_the_users_own_exception_is_raised_and_recorded(run, session):
    ran = run("%%op fails\nraise LookupError('gone')")

    assert type(ran.error) is LookupError
    assert types(session, "fails")[-1] == "STEP_FAILURE"
    assert last(session, "fails").status.value == "FAILURE"


def test_a_traceback_shows_the_users_frames_alone(run):
    run("def deep(n):\n    return n / 0")

    ran = run("%%op fails\n\nx = 1\ndeep(x)")

    assert "----> 4 deep(x)" in ran.stdout
    assert "----> 2     return n / 0" in ran.stdout
    assert "opnb/" not in ran.stdout
    assert ran.stdout.count("\n") < 30


def test_below_the_traceback_stand_attempts_inputs_and_a_hint(run):
    run("%%op load\norders = [1]")

    ran = run("%%op clean --retries 1\norders\ntidy = ordres")

    assert "Op 'clean' failed in attempt 2; its inputs: orders (list 1)." in ran.stdout
    assert "Hint: Did you mean 'orders'?" in ran.stdout


def test_the_debugger_finds_the_users_frame(run):
    run("%%op fails\nlocal = 1\n1 / 0")

    traceback = sys.last_traceback
    while traceback.tb_next:
        traceback = traceback.tb_next
    assert traceback.tb_frame.f_globals["local"] == 1
    assert traceback.tb_lineno == 3


def test_causes_are_shown(run):
    ran = run(
        "%%op fails\ntry:\n    1 / 0\nexcept ZeroDivisionError as e:\n"
        "    raise ValueError('no') from e"
    )

    assert "direct cause" in ran.stdout
    assert isinstance(ran.error.__cause__, ZeroDivisionError)


def test_tb_and_xmode_work_on(run):
    run("%%op fails\n1 / 0")

    assert "ZeroDivisionError" in run("%tb").stdout
    run("%xmode Minimal")
    assert "---->" not in run("%%op fails\n1 / 0").stdout
    run("%xmode Context")


def test_a_failure_keeps_its_metadata(run, session):
    run(SETUP)

    ran = run("%%op fails\nraise Failure('bad', metadata={'rows': 3})")

    assert isinstance(ran.error, Failure)
    kept = last(session, "fails").failure.user_failure_data.metadata
    assert kept == {"rows": MetadataValue.int(3)}


def test_a_value_of_the_wrong_type_fails_the_cell(run):
    run(SETUP)

    ran = run("%%op\n@op(out=Out(int))\ndef f(): return 'x'")

    assert isinstance(ran.error, TypeCheckDidNotPass)


def test_an_interrupt_is_a_canceled_run_and_goes_on_up(run, ns, session):
    run(SETUP)

    ran = run("%%op stops\nyield AssetObservation('a')\nx = 1\nraise KeyboardInterrupt")

    assert isinstance(ran.error, KeyboardInterrupt)
    assert last(session, "stops").status.value == "CANCELED"
    assert "ASSET_OBSERVATION" in types(session, "stops")
    assert ns["x"] == 1


WRONG = {
    "unknown option": ("x --patrition p", "Did you mean '--partition'?"),
    "no name": ("--tag a=b", "`%%op clean` names it"),
    "unclosed quote": ('x --in "a', "Close the quotation mark."),
    "unknown input": ("x --in ordres", "Did you mean 'orders'?"),
    "unknown op": ("x --in a=laod", "Did you mean 'load'?"),
    "unknown output": ("x --in a=load.ordres", "Did you mean 'orders'?"),
    "half an input": ("x --in a=", "Write --in name=value."),
    "delay alone": ("x --delay 3", "Add --retries 3."),
    "no number": ("x --retries many", "invalid int value: 'many'"),
    "bad config": ("x --config {", "neither a name of the notebook nor JSON"),
    "config of a kind": ("x --config orders", "It is a dict"),
    "bad name": ("a-b", "Call it 'a_b'."),
    "bad backoff": ("x --retries 1 --backoff square", "invalid choice: 'square'"),
    "negative retries": ("x --retries -1", "--retries"),
}


@pytest.mark.parametrize(("line", "hint"), WRONG.values(), ids=WRONG.keys())
def test_wrong_usage_is_told_and_nothing_runs(run, ns, session, line, hint):
    run("%%op load\norders = [1]")
    known, entries, before = set(session.ops), len(session.log.frame), set(ns)

    ran = run(f"%%op {line}\nran = 1")

    assert isinstance(ran.error, opnb.OpnbError)
    assert hint in ran.stdout
    assert "----> " not in ran.stdout
    assert (set(session.ops), len(session.log.frame)) == (known, entries)
    assert "ran" not in ns
    assert {name for name in set(ns) - before if not name.startswith("_")} == set()


@pytest.mark.parametrize("body", ["", "\n", "\n   \n"])
def test_an_empty_cell_is_told(run, body):
    ran = run(f"%%op nothing{body}")

    assert isinstance(ran.error, CellError)


@pytest.mark.parametrize(
    "body", ["x = = 1", "x = 1\nbreak", "def f(:", "yield 1\nbreak", "'open"]
)
def test_a_syntax_error_looks_as_in_a_plain_cell(run, session, body):
    ran = run(f"%%op wrong\n{body}")

    assert isinstance(ran.error, SyntaxError)
    assert "Traceback" not in ran.stdout
    assert f"line {body.count(chr(10)) + 2}" in ran.stdout
    assert len(session.log.frame) == 0


def test_a_syntax_error_of_code_that_runs_shows_the_users_frames(run):
    ran = run("%%op wrong\neval('1 +')")

    assert "eval('1 +')" in ran.stdout
    assert "opnb/" not in ran.stdout


def test_an_unknown_magic_in_a_body_fails_the_cell(run, session):
    ran = run("%%op wrong\n%unheard_of")

    assert "UsageError: Line magic function `%unheard_of` not found." in ran.stdout
    assert last(session, "wrong").status.value == "FAILURE"


def test_a_log_that_cannot_be_opened_is_told_before_anything_runs(
    run, ns, session, tmp_path
):
    (tmp_path / "file").write_text("text")
    session._address, session._log = tmp_path / "file" / "events.db", None

    ran = run("%%op clean\nx = 1")

    assert isinstance(ran.error, opnb.LogUnavailableError)
    assert "%op log" in ran.stdout
    assert "x" not in ns


def test_a_foreign_file_is_left_as_it_is(run, session, tmp_path):
    foreign = tmp_path / "notes.txt"
    foreign.write_text("not a log " * 20)
    session._address, session._log = foreign, None

    ran = run("%%op clean\nx = 1")

    assert isinstance(ran.error, opnb.ForeignLogError)
    assert foreign.read_text() == "not a log " * 20
