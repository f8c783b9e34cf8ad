import inspect
import logging
import uuid

import pytest
from factories import executed

from opnb.definitions.op import op
from opnb.execution.loggers import get_logger, level_of
from opnb.model.entry import EventType
from opnb.model.errors import CheckError


def _lines(log):
    """Run an op that logs; return the level and text of each line in the event log."""

    @op
    def clean(context):
        log(context.log)

    run = executed(clean)
    if run.error is not None:
        raise run.error
    return [
        (entry.level, entry.message)
        for entry in run.entries
        if entry.event_type is EventType.LOG_MESSAGE
    ]


@pytest.fixture(name="logger")
def _logger():
    """A logger that no other test knows."""
    return get_logger(uuid.uuid4().hex)


def test_lines_of_every_level_are_kept():
    def log(logger):
        for level in ("debug", "info", "warning", "error", "critical", "fatal"):
            getattr(logger, level)(level)
        logger.log(5, "by number")

    assert _lines(log) == [
        (10, "debug"),
        (20, "info"),
        (30, "warning"),
        (40, "error"),
        (50, "critical"),
        (50, "fatal"),
        (5, "by number"),
    ]


@pytest.mark.parametrize(
    ("level", "number"),
    [("info", 20), ("WARN", 30), ("Warning", 30), ("FATAL", 50), (15, 15)],
)
def test_a_level_may_be_given_by_name(level, number):
    assert level_of(level) == number
    assert _lines(lambda logger: logger.log(level, "said")) == [(number, "said")]


@pytest.mark.parametrize("level", ["loud", "notset", None, 2.5])
def test_what_is_no_level_is_refused(level):
    with pytest.raises(CheckError, match=r"\nHint: "):
        _lines(lambda logger: logger.log(level, "said"))


def test_an_exception_is_kept_with_its_line():
    @op
    def clean(context):
        try:
            int("odd")
        except ValueError:
            context.log.exception("seen")

    run = executed(clean)

    assert run.data(EventType.LOG_MESSAGE)[0].error.cls_name == "ValueError"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("%s rows", 3), "3 rows"),
        (("%s of %s", 3), "%s of %s (3,)"),
        (("%d rows", "many"), "%d rows ('many',)"),
        (({"rows": 3},), "{'rows': 3}"),
    ],
    ids=["fits", "too-few", "wrong", "no-text"],
)
def test_a_line_that_cannot_be_put_together_is_kept_as_it_is(arguments, message):
    assert _lines(lambda logger: logger.info(*arguments)) == [(20, message)]


def test_the_logger_takes_filters_and_handlers():
    class Handler(logging.Handler):
        def emit(self, record):
            seen.append((record.getMessage(), record.lineno))

    seen = []

    def log(logger):
        logger.addHandler(Handler())
        logger.addFilter(lambda record: "secret" not in record.getMessage())
        logger.info("secret")
        logger.log("INFO", "plain")

    line = inspect.getsourcelines(log)[1] + 4
    assert _lines(log) == [(20, "plain")]
    assert seen == [("plain", line)]


def test_a_logger_by_name_writes_into_the_op_that_runs(logger, caplog):
    assert _lines(lambda _: logger.debug("from afar")) == [(10, "from afar")]
    assert [record.name for record in caplog.records] == [logger.name]


def test_a_logger_by_name_writes_into_the_op_that_awaits(logger):
    @op
    async def clean():
        logger.info("from afar")

    assert "LOG_MESSAGE" in executed(clean).types


def test_outside_of_any_run_a_logger_by_name_is_as_any_other(logger, caplog):
    _lines(lambda _: None)
    logger.warning("by itself")

    assert [record.message for record in caplog.records] == ["by itself"]


def test_what_is_in_the_event_log_is_not_printed_as_well(logger, capfd, monkeypatch):
    # As in a script in which nobody has set up logging.
    monkeypatch.setattr(logging.getLogger(), "handlers", [])

    assert _lines(lambda _: logger.warning("kept")) == [(30, "kept")]
    logger.warning("printed")

    assert capfd.readouterr() == ("", "printed\n")


def test_a_logger_by_name_is_made_once():
    assert get_logger("sales") is get_logger("sales")
    assert len(get_logger("sales").filters) == 1
    assert (get_logger().name, get_logger("sales").name) == (
        "opnb.user",
        "opnb.user.sales",
    )
    with pytest.raises(CheckError):
        get_logger(3)
