"""The directive form: the same op as under `%%op`, or a clear error."""

import pytest

from opnb import CellError, OpnbError
from opnb.notebook.directive import to_magic

SETUP = "from opnb import *\nlimits = {'rows': 10}"

# The same op in both forms: the line of the magic, the directives, the body.
BOTH_FORMS = {
    "a name": ("made", "#| op: made", "x = 1"),
    "a name in quotes": ("made", "#| op: 'made'", "x = 1"),
    "without blanks": ("made --out x", "#|op:made\n#|out:x", "x = 1"),
    "an input": ("made --in orders", "#| op: made\n#| in: orders", "x = 1"),
    "inputs and outputs": (
        "made --in rows=load orders --out x y",
        "#| op: made\n#| in: rows=load, orders\n#| out: x y",
        "x = y = rows",
    ),
    "a list of YAML": ("made --out x y", "#| op: made\n#| out: [x, y]", "x = y = 1"),
    "an option twice": (
        "made --out x --out y",
        "#| op: made\n#| out: x\n#| out: y",
        "x = y = 1",
    ),
    "tags": (
        "made --tag team=shop 'why=a b'",
        "#| op: made\n#| tag: team=shop, why='a b'",
        "x = 1",
    ),
    "a config by name": (
        "made --config limits",
        "#| op: made\n#| config: limits",
        "x = context.op_config['rows']",
    ),
    "a config as JSON": (
        """made --config '{"rows": [1, 2]}'""",
        """#| op: made\n#| config: {"rows": [1, 2]}""",
        "x = context.op_config['rows']",
    ),
    "a config as JSON in quotes": (
        """made --config '{"rows": 3}'""",
        """#| op: made\n#| config: '{"rows": 3}'""",
        "x = context.op_config['rows']",
    ),
    "a partition": (
        "made --partition 2026-01-31",
        "#| op: made\n#| partition: 2026-01-31",
        "x = context.partition_key",
    ),
    "no inference": (
        "made --no-infer",
        "#| op: made\n#| no-infer",
        "x = orders",
    ),
    "a flag that is true": (
        "made --no-infer",
        "#| op: made\n#| no-infer: true",
        "x = orders",
    ),
    "a flag that is false": ("made", "#| op: made\n#| no-run: false", "x = orders"),
    "not run": ("made --no-run", "#| op: made\n#| no-run", "x = 1"),
    "retries": (
        "made --retries 2 --delay 0 --backoff linear --jitter full",
        "#| op: made\n#| retries: 2\n#| delay: 0\n#| backoff: linear\n#| jitter: full",
        "x = context.retry_number\nif x < 2: raise ValueError",
    ),
    "events": ("made", "#| op: made", "yield ExpectationResult(True, 'is fine')"),
    "a return": ("made", "#| op: made", "return 3"),
    "a value": ("made", "#| op: made", "6 * 7"),
    "a failure": ("made", "#| op: made", "x = 1\nraise Failure('bad')"),
    "syntax of IPython": ("made", "#| op: made", "x = !echo hi\n%who_ls str"),
    "a cell magic below": ("made", "#| op: made", "%%capture caught\nprint('hi')"),
    "a def": ("", "#| op", "def made(orders: list) -> int:\n    return len(orders)"),
    "a def with a colon": ("", "#| op:", "def made(orders): return 1"),
    "a decorated def": (
        "--retries 1",
        "#| op\n#| retries: 1",
        "@op(out={'a': Out(), 'b': Out()})\ndef made(orders): return 1, 2",
    ),
    "a comment within the body": ("made", "#| op: made", "# what follows\nx = 1"),
    "another magic on top": ("made", "#| op: made", "%time x = 1"),
}


@pytest.mark.parametrize(
    ("line", "directives", "body"), BOTH_FORMS.values(), ids=BOTH_FORMS.keys()
)
def test_both_forms_are_the_same_op(run, session, line, directives, body):
    run(SETUP)
    run("%%op load\norders = [1, 2]")
    session.use_log("memory:")

    seen = []
    for first in (f"%%op {line}".strip(), directives):
        ran = run(f"{first}\n{body}")
        op = session.ops["made"]
        facts = (list(op.ins), list(op.outs), op.code_version, op.source, dict(op.tags))
        log = session.log.frame[["op", "event_type", "label", "partition"]]
        cards = [card.data["text/plain"].split(", line")[0] for card in ran.cards]
        seen.append((facts, log.to_dict("list"), ran.value, repr(ran.error), cards))
        session.use_log("memory:")

    assert seen[0] == seen[1]


HEADS = {
    "blank lines above": "\n\n#| op: made\nx = 1\n1 / 0",
    "a comment above": "# Make it\n\n#| op: made\nx = 1\n1 / 0",
    "blank lines below": "#| op: made\n#| out: x\n\n\n1 / 0",
    "directives of others": "#| label: fig-one\n#| op: made\nx = 1\n1 / 0",
    "a body that yields": "#| op: made\nyield ExpectationResult(True)\n\n1 / 0",
    "an indented cell": "    #| op: made\n    #| out: x\n    1 / 0",
    "another magic on top": "%%time\n#| op: made\n#| out: x\n\n1 / 0",
}


@pytest.mark.parametrize("cell", HEADS.values(), ids=HEADS.keys())
def test_lines_keep_the_numbers_of_the_cell(run, cell):
    run(SETUP)
    last = len(cell.split("\n"))

    ran = run(cell)

    assert f"line {last}: 1 / 0" in ran.cards[0].data["text/plain"]
    assert f"----> {last} " in ran.stdout.replace("  ", " ")


def test_source_of_functions_is_found(run, ns):
    import inspect

    run("#| op: sources\n#| out: f\n\ndef f(a):\n    return a")

    assert inspect.getsource(ns["f"]) == "def f(a):\n    return a\n"


FOREIGN = {
    "Quarto": "#| label: fig-cars\n#| echo: false\n#| output: asis\n#| eval: true",
    "families of Quarto": "#| fig-cap: 'Cars: all'\n#| tbl-colwidths: [60, 40]",
    "a value of several lines": "#| fig-cap:\n#|   - 'One'\n#|   - 'Two'",
    "a text of several lines": "#| fig-cap: |\n#|   One,\n#|   two: three",
    "tags of a cell": "#| tags: [parameters]",
    "nbdev": "#| export\n#| hide_input",
}


@pytest.mark.parametrize("lines", FOREIGN.values(), ids=FOREIGN.keys())
def test_directives_of_others_pass_beside_ours(run, ns, session, lines):
    ran = run(f"{lines}\n#| op: made\nx = 1")
    again = run(f"#| op: again\n{lines}\n#| out: y\ny = 1")

    assert (ran.error, again.error) == (None, None)
    assert [list(op.outs) for op in session.ops.values()] == [["x"], ["y"]]


NOT_OURS = {
    "no op": "#| label: fig-cars\n#| out: x\nx = 1",
    "another word": "#| ops: made\n#| op-x: made\nx = 1",
    "a comment": "# | op: made\nx = 1",
    "an indented comment": "if True:\n    #| op: made\n    x = 1",
    "a text": "text = '''\n#| op: made\n'''\nx = 1",
    "a text after a magic": "!echo\ntext = '''\n#| op: made\n'''\nx = 1",
    "another cell magic": "%%writefile made.py\n#| op: made\nx = 1",
    "nothing": "",
}


@pytest.mark.parametrize("cell", NOT_OURS.values(), ids=NOT_OURS.keys())
def test_other_cells_are_none_of_our_business(run, session, cell):
    ran = run(cell)

    assert (ran.error, ran.cards, len(session.ops)) == (None, [], 0)


REFUSED = {
    "an unknown name": (
        "#| op: made\n#| retires: 3\nx = 1",
        r"no directive 'retires'\.\nHint: Did you mean 'retries'\?",
    ),
    "tags that are ours": (
        "#| op: made\n#| tags: team=shop\nx = 1",
        r"no directive 'tags'\.\nHint: Did you mean 'tag'\?",
    ),
    "no colon": (
        "#| op: made\n#| retries 3\nx = 1",
        r"'#\| retries 3' lacks its colon\.\nHint: Write `#\| retries: 3`",
    ),
    "no colon after op": ("#| op made\nx = 1", r"Hint: Write `#\| op: made`"),
    "no directive at all": (
        "#| op: made\n#| --retries 3\nx = 1",
        r"'#\| --retries 3' cannot be read\.\nHint: Each is one line",
    ),
    "no value": (
        "#| op: made\n#| retries:\nx = 1",
        r"lacks its value.*\n.*retries: N`",
    ),
    "no choice": ("#| op: made\n#| backoff:\nx = 1", r"Write `#\| backoff: linear`"),
    "a wrong choice": (
        "#| op: made\n#| retries: 1\n#| backoff: cubic\nx = 1",
        r"Argument #\| backoff: invalid choice: 'cubic'",
    ),
    "a value of the wrong kind": (
        "#| op: made\n#| retries: many\nx = 1",
        r"Argument #\| retries: invalid int value: 'many'",
    ),
    "a value where none belongs": (
        "#| op: made\n#| no-run: maybe\nx = 1",
        r"'#\| no-run: maybe' takes no value",
    ),
    "an open quotation mark": ("#| op: made\n#| out: 'x\nx = 1", "Close the quotation"),
    "a value of several lines": ("#| op: made\n#| out:\n#|   - x\nx = 1", "its value"),
    "options after the name": (
        "#| op: made --retries 3\nx = 1",
        r"more than a name\.\nHint: Options stand on lines of their own",
    ),
    "two names": ("#| op: made\n#| op: other\nx = 1", "two names, 'made' and 'other'"),
    "no name": ("#| op\nx = 1", r"no name\.\nHint: `#\| op: clean` names it"),
    "a name that cannot be": ("#| op: ma-de\nx = 1", "ma-de"),
    "below code": (
        "import os\n#| op: made\nx = 1",
        r"'#\| op: made' stands below code\.\nHint: Directives .* split the cell",
    ),
    "an option below code": ("#| op: made\nx = 1\n#| out: x", r"'#\| out: x' stands"),
    "two cells merged": ("#| op: made\nx = 1\n#| op: other\ny = 2", r"'#\| op: other'"),
    "both forms": (
        "%%op made\n#| op: other\nx = 1",
        r"by `%%op` and by '#\| op: other'",
    ),
    "nothing below": ("#| op: made", "nothing below its first line"),
    "an unknown source": (
        "#| op: made\n#| in: a=raw\nx = 1",
        r"#\| in …=raw: there is no op 'raw'",
    ),
    "a delay alone": (
        "#| op: made\n#| delay: 3\nx = 1",
        r"#\| delay, .* say how to retry.*\nHint: Add #\| retries: 3",
    ),
    "a config that is none": (
        "#| op: made\n#| config: nothing\nx = 1",
        r"#\| config 'nothing' is neither.*\nHint: Write #\| config: limits",
    ),
}


@pytest.mark.parametrize(("cell", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_wrong_is_told_before_anything_runs(run, ns, session, cell, message):
    ran = run(cell)

    with pytest.raises(OpnbError, match=message):
        raise ran.error
    assert ran.stdout.strip() == f"{type(ran.error).__name__}: {ran.error}"
    assert not {"x", "y"} & ns.keys()
    assert len(session.ops) == 0


def test_an_error_of_the_users_own_is_left_as_it_is(run):
    ran = run("#| op: made\nfrom opnb import *\nraise CellError('no --such option')")

    assert isinstance(ran.error, CellError)
    assert str(ran.error) == "no --such option"


def test_the_terminal_goes_on_until_a_blank_line(shell):
    check = shell.input_transformer_manager.check_complete

    assert check("#| op: made\n")[0] == "incomplete"
    assert check("#| op: made\nx = 1")[0] == "incomplete"
    assert check("#| op: made\nx = 1\n\n")[0] == "complete"


def test_without_opnb_the_cell_is_a_plain_one(run, ns, shell):
    run("%unload_ext opnb")

    ran = run("#| op: made\n#| retries: 3\nx = 1\nx")
    run("%load_ext opnb")

    assert (ran.value, ran.cards, ns["x"]) == (1, [], 1)


def test_a_cell_without_directives_is_not_touched():
    lines = ["# a comment\n", "x = 1\n"]

    assert to_magic(lines) is lines
