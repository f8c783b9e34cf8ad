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
    assert "`opnb.explore(op='clean')`" in error.hint


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
