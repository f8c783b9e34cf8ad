import logging

import pytest

from opnb.definitions.type_context import TypeCheckContext
from opnb.model.errors import UnknownResourceError


class Run:
    run_id = "r1"
    log = logging.getLogger("opnb.run")
    made_resources = {"limit": 3, "database": "db"}  # noqa: RUF012 - never written


def test_the_context_is_that_of_the_run():
    context = TypeCheckContext(Run, frozenset(["limit"]))

    assert (context.run_id, context.log) == ("r1", Run.log)
    assert context.resources.limit == 3


@pytest.mark.parametrize("run", [Run, None], ids=["run", "none"])
def test_a_resource_that_was_not_declared_is_not_there(run):
    context = TypeCheckContext(run, frozenset(["limit"]))

    with pytest.raises(UnknownResourceError, match="no resource 'database'"):
        _ = context.resources.database


def test_outside_of_a_run_there_is_a_logger_and_no_resource():
    context = TypeCheckContext(None, frozenset(["limit"]))

    assert (context.run_id, context.log.name) == (None, "opnb")
    with pytest.raises(UnknownResourceError):
        _ = context.resources.limit
