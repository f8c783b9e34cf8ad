"""The judge of the suite finds what is wrong with a card, and nothing else."""

import pytest

FAULTY = {
    "not displayed": ('<p style="display:none">a</p>', "a text is not visible: a"),
    "overflow": ('<p style="width:3000px">a</p>', "a card overflows by"),
    "moved out": (
        '<p style="position:relative;left:-40px">a</p>',
        "stands out by",
    ),
    "faint": ('<p style="color:#aaa">a</p>', "is too faint"),
    "faint by opacity": ('<p style="opacity:.4">a</p>', "is too faint"),
    "leaning on a gap": (
        '<div style="display:flex;gap:9px"><b>one</b><b>two</b></div>',
        "reads",
    ),
    "no picture": ('<img src="data:image/png;base64,xx" alt="a">', "a picture does"),
}
CALM = """
<div><b style="background-color:#1a7f37;color:#fff">✓ done</b> <b>clean</b></div>
<div style="overflow:auto"><p style="width:3000px">wide</p></div>
<details><summary>Log</summary><pre>one</pre></details>
<span style="opacity:0.7">muted</span>
"""


@pytest.fixture(scope="module", name="empty")
def _empty(one_lab, usual_errors):
    """An open notebook with nothing in it."""
    one_lab.open_cells("")
    yield one_lab
    one_lab.stop_kernels()


def faults_of(lab, html):
    """Put a card where outputs stand; return what the judge says of it."""
    lab.page.evaluate(
        """html => {
          const cell = document.querySelector('.jp-Notebook .jp-Cell');
          cell.querySelector('.of-the-judge')?.remove();
          cell.insertAdjacentHTML('beforeend',
            '<div class="jp-OutputArea-output of-the-judge">'
            + '<div class="opnb" style="padding:4px">' + html + '</div></div>');
        }""",
        html,
    )
    lab.settle()
    return lab.ask("faults")


@pytest.mark.parametrize(("html", "fault"), FAULTY.values(), ids=FAULTY)
def test_a_fault_is_found(empty, html, fault):
    empty.wear("light", 1400)

    found = faults_of(empty, html)

    assert any(fault in each for each in found), found


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_card_without_fault_has_none(empty, theme):
    empty.wear(theme, 700)

    assert faults_of(empty, CALM) == []
