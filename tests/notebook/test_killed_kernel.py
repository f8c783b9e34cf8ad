"""A kernel that dies in the middle of an op loses nothing that came back."""

import re

import psutil
import pytest

from opnb import EventLog

pytestmark = pytest.mark.kernel

SETUP = "%load_ext opnb\nfrom opnb import *\nimport opnb"
ENDLESS = """%%op grow
n = 0
while True:
    n += 1
    yield AssetMaterialization('orders', metadata={'rows': n})
    print(f'<{n}>', flush=True)
"""


@pytest.fixture(scope="module", name="killed")
def _killed(start_kernel, tmp_path_factory):
    """Return the log of a killed kernel, and the last number that it printed."""
    path = tmp_path_factory.mktemp("log") / "events.db"
    kernel = start_kernel(path, SETUP)
    request = kernel.send(ENDLESS)
    reply = kernel.wait_for(request, until="<200>")
    process = psutil.Process(kernel.manager.provisioner.pid)
    process.kill()
    process.wait(timeout=10)  # the signal is sent before the process is gone
    return path, max(map(int, re.findall(r"<(\d+)>", str(reply.outputs))))


def test_every_event_that_came_back_is_in_the_log(killed):
    path, printed = killed

    history = EventLog(path).asset("orders").frame["rows"].tolist()

    assert history == list(range(1, len(history) + 1))
    assert len(history) >= printed >= 200


def test_the_run_is_interrupted(killed):
    log = EventLog(killed[0])

    assert log.runs()["status"].tolist() == ["INTERRUPTED"]
    assert log.last_run("grow").status.value == "INTERRUPTED"


def test_the_history_goes_on_after_a_restart(killed, start_kernel):
    kernel = start_kernel(killed[0], SETUP)

    shown = kernel.run("%op asset orders").outputs[0][1]
    kernel.run("%%op grow\nyield AssetMaterialization('orders', metadata={'rows': 5})")

    assert "orders" in shown
    assert "rows" in shown
    assert kernel.run("opnb.log.runs()['status'].tolist()").outputs == [
        ("execute_result", "['INTERRUPTED', 'SUCCESS']")
    ]
