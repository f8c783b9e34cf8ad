"""The directive form in a real JupyterLab: its card, its errors."""

CLEAN = """\
#| op: clean
#| out: tidy
#| label: a-key-of-quarto
rows = [1, 2, 2]
tidy = sorted(set(rows))
yield ExpectationResult(len(tidy) == 3, "nothing is lost")
tidy"""
FAILS = "#| op: fails\n#| in: tidy\n\nfirst = tidy[0]\nfirst / 0"
WRONG = "#| op: wrong\n#| retires: 3\nx = 1"


def outputs(lab):
    """Return the text of what each cell shows."""
    return lab.page.evaluate(
        "() => [...document.querySelectorAll('.jp-CodeCell .jp-Cell-outputArea')]"
        ".map(area => area.innerText)"
    )


def test_directives_run_as_ops_and_tell_what_is_wrong(lab, pictures):
    setup = "%load_ext opnb\nfrom opnb import ExpectationResult"
    shown = []
    for number, cell in enumerate((CLEAN, FAILS, WRONG)):
        lab.open_cells(setup, CLEAN, cell)
        lab.run_all()
        shown.append(outputs(lab)[-1])
        lab.keep_picture(pictures / f"directive-{number}.png")

    assert "[1, 2]" in shown[0]
    assert "nothing is lost" in shown[0]
    assert lab.ask("faults") == []
    assert "----> 5 first / 0" in shown[1]
    assert "from clean" in shown[1]
    assert shown[2].strip() == (
        "CellError: An op has no directive 'retires'.\n"
        "Hint: Did you mean 'retries'? `%%op?` is the manual."
    )
