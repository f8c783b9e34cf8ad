"""Cards are told anew in their own cells when their ops go stale, where one watches."""

import pytest

pytestmark = pytest.mark.kernel

SETUP = """\
%load_ext opnb
import opnb
limit = 1
"""
LOAD = "%%op load\norders = [{}]"
CLEAN = "%%op clean\ntidy = orders * limit"
REPORT = "%%op report\ntotal = sum(tidy)"


@pytest.fixture(name="kernel")
def _kernel(start_kernel):
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTEST_CURRENT_TEST")
        yield start_kernel("memory:", SETUP)


@pytest.fixture(name="page")
def _page(kernel):
    """What stands in the outputs of a notebook, by the ids they can be filled by."""
    outputs = {}

    def run(cell, *, allow_stdin=True):
        request = kernel.client.execute(cell, allow_stdin=allow_stdin)
        sent = []
        while True:
            message = kernel.client.get_iopub_msg(timeout=30)
            content = message["content"]
            if message["parent_header"].get("msg_id") != request:
                continue
            if content.get("execution_state") == "idle":
                return sent
            if message["msg_type"] in ("display_data", "update_display_data"):
                display_id = content["transient"].get("display_id")
                outputs[display_id] = content["data"]
                sent.append((message["msg_type"], display_id))

    run.outputs = outputs
    run(LOAD.format(1))
    run.clean = run(CLEAN)[-1][1]
    run.report = run(REPORT)[-1][1]
    return run


def first_line(page, display_id):
    return page.outputs[display_id]["text/plain"].splitlines()[0]


def test_cards_of_what_is_downstream_flip_in_their_own_cells_and_back(page):
    page(LOAD.format(2))

    assert first_line(page, page.clean) == "✓ clean: done, ↻ stale: orders changed"
    assert first_line(page, page.report) == "✓ report: done, ↻ stale: clean is stale"
    assert "↻ stale: orders changed" in page.outputs[page.clean]["text/html"]
    assert "↻ stale: orders changed" in page.outputs[page.clean]["text/markdown"]

    page(LOAD.format(1))

    assert first_line(page, page.clean) == "✓ clean: done"
    assert first_line(page, page.report) == "✓ report: done"


def test_a_plain_cell_flips_them_too_and_a_new_run_has_a_card_of_its_own(page):
    page("limit = 2")
    assert first_line(page, page.clean) == "✓ clean: done, ↻ stale: limit changed"

    again = page(CLEAN)[0][1]

    assert again != page.clean
    assert first_line(page, again) == "✓ clean: done"
    assert first_line(page, page.report) == "✓ report: done, ↻ stale: tidy changed"


def test_the_card_of_a_run_before_says_so_where_it_still_stands(page):
    page(LOAD.format(2))

    page("%op run clean")

    told = first_line(page, page.clean)
    assert told == "✓ clean: done, ↻ stale: it ran again since"


def test_only_what_changed_is_told_anew(page):
    page(LOAD.format(2))

    assert page("unrelated = 1") == []
    assert page(LOAD.format(3))[1:] == []


def test_a_card_that_stays_stale_for_another_reason_says_so(page):
    page("limit = 2")
    page(LOAD.format(2))

    assert first_line(page, page.clean).endswith("stale: orders changed, limit changed")


def test_where_nobody_watches_no_card_can_be_told_anew(kernel):
    for cell in (LOAD.format(1), CLEAN, LOAD.format(2)):
        request = kernel.client.execute(cell, allow_stdin=False)
        while True:
            message = kernel.client.get_iopub_msg(timeout=30)
            if message["parent_header"].get("msg_id") != request:
                continue
            content = message["content"]
            if content.get("execution_state") == "idle":
                break
            assert message["msg_type"] != "update_display_data"
            assert "display_id" not in content.get("transient", {})
            assert "stale" not in str(content.get("data", ""))
