"""Cards flip to stale in their own cells, in both themes."""

import pytest

CELLS = (
    "%load_ext opnb\nimport opnb",
    "%%op load\norders = [1, 2, 3]",
    "%%op clean\ntidy = [n for n in orders if n > 1]",
    "%%op report\ntotal = sum(tidy)\nyield opnb.ExpectationResult(total > 3, 'enough')",
    "%op",
    "%op plan --stale",
)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_upstream_run_flips_the_cards_below(lab, pictures, theme):
    lab.open_cells(*CELLS)
    lab.wear(theme, 1400)
    lab.run_all()
    before = lab.ask("texts")
    assert not any("stale" in text for text in before[:3])

    lab.page.evaluate(
        """() => {
      const panel = window.jupyterapp.shell.currentWidget;
      panel.content.activeCellIndex = 1;
      panel.content.activeCell.model.sharedModel.setSource(
        '%%op load\\norders = [1, 2, 3, 4]');
    }"""
    )
    lab.command("notebook:run-cell")
    lab.wait_for("/stale: orders changed/.test(text)")
    lab.settle()

    load, clean, report, *_ = lab.ask("texts")
    assert load.startswith("✓ done load")
    assert "↻ stale: orders changed" in clean
    assert "↻ stale: clean is stale" in report
    assert lab.ask("faults") == []
    lab.keep_picture(pictures / f"stale-{theme}-1400.png")
