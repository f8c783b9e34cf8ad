"""`%op explore`: widgets where a person is, else text."""

import pytest

from opnb.explorer.explorer import Explorer

VIEW = "application/vnd.jupyter.widget-view+json"


def test_the_magic_gives_the_explorer_of_the_sessions_log(run):
    run("%%op clean\nx = 1")
    explorer = run("%op explore").value

    assert isinstance(explorer, Explorer)
    assert repr(explorer) == "Explorer(events 1–5 of 5)"


def test_the_magic_takes_no_word(run):
    error = run("%op explore clean").error

    assert "does not know what 'clean' is" in str(error)
    assert error.hint == "`%op explore --op clean` or `--asset clean`."


def test_the_magic_begins_with_the_filters_of_its_line(run):
    run("%%op clean\nx = 1")
    run("%%op other\ny = 1")

    every, some = (
        run(f"%op explore{filters}").value
        for filters in ("", " --op other --type step_output --since 1h")
    )
    assert repr(every) == "Explorer(events 1–10 of 10)"
    assert repr(some) == "Explorer(events 1–1 of 1)"


def test_the_magic_takes_one_value_for_each_filter(run):
    error = run("%op explore --op clean other").error

    assert str(error).startswith("`%op explore` takes one value for --op, not 2.")
    assert "`%op explore --op clean`" in error.hint
    assert "`%op events --op clean other`" in error.hint


def test_the_magic_says_what_it_does_not_filter_by(run):
    error = run("%op explore --status FAILURE").error

    assert "`%op explore` has no option --status" in str(error)


def test_the_magic_says_which_value_a_filter_cannot_have(run):
    error = run("%op explore --since soon").error

    assert "'soon'" in str(error)


@pytest.mark.kernel
def test_in_a_kernel_that_a_program_drives_the_output_is_the_page_as_text(start_kernel):
    kernel = start_kernel("memory:", "%load_ext opnb", "%%op clean\nx = 1")
    reply = kernel.run("%op explore")

    ((kind, text),) = reply.outputs
    assert (kind, text.splitlines()[0][:21]) == (
        "display_data",
        "Event log: events 1–5",
    )
    assert kernel.run("import sys; 'ipywidgets' in sys.modules").outputs == [
        ("execute_result", "False")
    ]


@pytest.mark.kernel
def test_in_a_kernel_with_a_person_it_is_widgets_until_kept_as_text(start_kernel):
    # Under pytest nobody watches.
    alone = "import os; os.environ.pop('PYTEST_CURRENT_TEST', None);"
    kernel = start_kernel("memory:", alone, "%load_ext opnb", "%%op clean\nx = 1")
    shown = outputs(kernel, "found = %op explore\nfound")
    kept = outputs(kernel, "found.keep_as_text()")

    ((kind, data, display_id),) = shown
    assert (kind, VIEW in data, "text/html" in data) == ("display_data", True, True)
    ((kind, data, again),) = kept
    assert (kind, VIEW in data, "text/html" in data) == (
        "update_display_data",
        False,
        True,
    )
    assert again == display_id


def outputs(kernel, cell):
    """Run a cell as a front-end with a person does; return what it displayed."""
    request = kernel.client.execute(cell, allow_stdin=True)
    found = []
    while True:
        message = kernel.client.get_iopub_msg(timeout=30)
        if message["parent_header"].get("msg_id") != request:
            continue
        content = message["content"]
        if content.get("execution_state") == "idle":
            return found
        if "display_data" in message["msg_type"]:
            display_id = content["transient"]["display_id"]
            found.append((message["msg_type"], content["data"], display_id))
