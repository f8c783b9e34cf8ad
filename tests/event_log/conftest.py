"""The logs that a test is run on: in memory, in a file, in PostgreSQL."""

import pytest

from opnb.event_log.log import EventLog


@pytest.fixture(name="address", params=["memory:", "events.db", "postgresql:"])
def _address(request):
    """Where the log of a test is: one address for each store."""
    if request.param == "postgresql:":
        return request.getfixturevalue("postgres_address")
    return request.param


@pytest.fixture(name="log")
def _log(address):
    """An empty log in each store."""
    log = EventLog(address)
    yield log
    log.close()
