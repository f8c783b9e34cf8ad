"""What JupyterLab saves holds the record: JavaScript has changed nothing of it."""

import pandas as pd

import opnb
from opnb.event_log.care.transfer import import_log
from opnb.event_log.log import EventLog

LOAD = "%load_ext opnb\nimport opnb"
WRITE = """%%op write
import time
values = {"10": 1.0, "9": 2**63 - 1, "big": 2**70, "small": -0.0, "far": 1e300}
yield opnb.AssetMaterialization("shop/orders", metadata={"z": 1e20, **values})
yield opnb.AssetObservation("json", metadata={"tree": {"2": 1.0, "1": [2.0, None]}})
for _ in context.track(range(10)):
    time.sleep(0.1)
"""


def test_a_notebook_that_jupyterlab_saved_reads_as_its_log(lab, tmp_path):
    log = EventLog(tmp_path / "events.db")
    name = lab.open_cells(LOAD, f"%op log sqlite:///{tmp_path}/events.db", WRITE)
    lab.run_all()
    lab.command("docmanager:save")

    frame = opnb.read_notebook(lab.folder / name)
    import_log(tmp_path / "new.db", str(lab.folder / name))

    assert len(frame) > 5
    pd.testing.assert_frame_equal(frame[list(log.frame.columns)], log.frame)
    (run_id,) = set(frame["run_id"])
    again = EventLog(tmp_path / "new.db")
    assert repr(again.entries(run_id)) == repr(log.entries(run_id))
