"""A card is shown as `display` shows it, with the formatters that a user has."""

import pytest
from IPython.core.formatters import DisplayFormatter, HTMLFormatter
from IPython.display import display, update_display
from IPython.utils.capture import capture_output

from opnb.event_log.summary import RunSummary
from opnb.model.displayable import Displayable
from opnb.notebook.show import show

CELL = "%%op clean\ntidy = [1]"


@pytest.fixture(name="summary")
def _summary(run, shell):
    run(CELL)
    return shell.run_line_magic("op", "last clean")


@pytest.fixture(name="formatter")
def _formatter(shell, monkeypatch):
    """The shell's formatter, a fresh one for each test."""
    formatter = DisplayFormatter(parent=shell)
    monkeypatch.setattr(shell, "display_formatter", formatter)
    return formatter


def shown_by(function, *args, **options):
    """Return the outputs that a call shows: data, metadata, id, whether an update."""
    with capture_output() as shown:
        function(*args, **options)
    return [vars(output) for output in shown.outputs]


@pytest.mark.usefixtures("formatter")
def test_what_is_shown_is_what_display_shows(summary):
    assert shown_by(show, summary) == shown_by(display, summary)
    assert shown_by(show, summary, display_id="a") == shown_by(
        display, summary, display_id="a"
    )
    assert shown_by(show, summary, display_id="a", update=True) == shown_by(
        update_display, summary, display_id="a"
    )


@pytest.mark.usefixtures("formatter")
def test_ipython_asks_none_of_its_formatters(summary, monkeypatch):
    def fail(*_, **__):
        raise AssertionError

    monkeypatch.setattr(DisplayFormatter, "format", fail)

    assert shown_by(show, summary)


@pytest.mark.parametrize("kind", [RunSummary, Displayable, object])
def test_a_form_that_a_user_registered_is_shown(run, formatter, kind):
    formatter.formatters["text/html"].for_type(kind, lambda _: "<b>mine</b>")

    (card,) = run(CELL).cards

    assert card.data["text/html"] == "<b>mine</b>"
    assert card.data["text/plain"].startswith("✓ clean: done")


def test_a_form_that_a_user_registered_by_name_is_shown(run, formatter):
    formatter.formatters["image/svg+xml"].for_type_by_name(
        RunSummary.__module__, "RunSummary", lambda _: "<svg/>"
    )

    (card,) = run(CELL).cards

    assert card.data["image/svg+xml"] == "<svg/>"


def test_a_mimebundle_that_a_user_registered_is_shown(run, formatter):
    formatter.mimebundle_formatter.for_type(
        RunSummary, lambda _: {"text/plain": "mine"}
    )

    (shown,) = run(CELL).displays

    assert shown.data == {"text/plain": "mine"}


def test_a_user_may_show_cards_in_a_way_of_his_own(run, formatter):
    formatter.ipython_display_formatter.for_type(
        RunSummary, lambda it: print(it.run_id)
    )

    done = run(CELL)

    assert len(done.stdout.strip()) == len("e3a0b3aa-21e8-4a39-99bc-9fd1e406a016")
    assert done.cards == done.displays == []


def test_without_mimebundles_the_text_is_that_of_python(run, formatter):
    formatter.mimebundle_formatter.enabled = False

    (shown,) = run(CELL).displays

    assert list(shown.data) == ["text/plain"]


def test_a_formatter_of_the_users_own_is_asked(run, formatter):
    class Mine(HTMLFormatter):
        format_type = "text/mine"

        def __call__(self, _):
            return "mine"

    formatter.register_formatter(Mine(parent=formatter))

    (card,) = run(CELL).cards

    assert card.data["text/mine"] == "mine"


def test_a_display_formatter_of_the_users_own_is_asked(run, shell, monkeypatch):
    class Mine(DisplayFormatter):
        def format(self, obj, include=None, exclude=None):
            data, metadata = super().format(obj, include, exclude)
            return {**data, "text/mine": "mine"}, metadata

    monkeypatch.setattr(shell, "display_formatter", Mine(parent=shell))

    (card,) = run(CELL).cards

    assert card.data["text/mine"] == "mine"
