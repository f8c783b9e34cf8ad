import subprocess
import sys
import warnings

import numpy as np
import pytest
from factories import entry
from matplotlib.figure import Figure

from opnb.model.errors import CheckError, OpnbError
from opnb.model.events import AssetMaterialization

PNG = b"\x89PNG\r\n"


@pytest.fixture(name="history")
def _history(log):
    """Make a history, given the metadata of each event, and its partition, if any."""

    def history(*events):
        made = [AssetMaterialization("orders", None, *event) for event in events]
        log.append(
            [entry(event, timestamp=86400.0 * day) for day, event in enumerate(made)]
        )
        return log.asset("orders")

    return history


def line(figure):
    (axes,) = figure.axes
    (drawn,) = axes.lines
    return axes, drawn


def test_numbers_are_drawn_over_time(history):
    figure = history(({"rows": 980},), ({},), ({"rows": 1000.5},)).plot("rows")
    axes, drawn = line(figure)

    assert isinstance(figure, Figure)
    assert list(drawn.get_ydata()) == [980, 1000.5]
    assert list(drawn.get_xdata().astype("datetime64[D]").astype(str)) == [
        "1970-01-01",
        "1970-01-03",
    ]
    assert (axes.get_ylabel(), axes.get_xlabel()) == ("rows", "UTC")
    assert axes.get_title(loc="left") == "orders"


def test_partitions_are_drawn_in_natural_order_by_their_last_event(history):
    figure = history(
        ({"rows": 1}, "p10"), ({"rows": 2}, "p2"), ({"rows": 3}, "p10"), ({"rows": 4},)
    ).plot("rows", by="partition")
    axes, drawn = line(figure)

    assert [text.get_text() for text in axes.get_xticklabels()] == ["p2", "p10"]
    assert list(drawn.get_ydata()) == [2, 3]
    assert axes.get_xlabel() == "partition"


def test_of_many_partitions_some_have_their_names(history):
    events = [({"rows": n}, f"day {n}") for n in range(100)]
    axes, drawn = line(history(*events).plot("rows", by="partition"))

    assert len(drawn.get_ydata()) == 100
    assert len(axes.get_xticklabels()) <= 13


def test_one_event_is_enough(history):
    figure = history(({"rows": 5}, "p"))

    for by in ("time", "partition"):
        data, _ = figure.plot("rows", by=by)._repr_png_()
        assert data.startswith(PNG)


def test_the_figure_shows_itself_sharply_and_alike_each_time(history):
    figures = [history(({"rows": 5},), ({"rows": 6},)).plot("rows")]
    figures.append(figures[0])
    (data, size), (again, _) = [figure._repr_png_() for figure in figures]

    assert data == again
    assert size == {"width": 700, "height": 260}


def test_pyplot_knows_nothing_of_it(log):
    code = (
        "import sys\nfrom opnb import AssetMaterialization, EventLog\n"
        "from factories import entry\n"
        "log = EventLog('memory:')\n"
        "log.append([entry(AssetMaterialization('orders', None, {'rows': 1}))])\n"
        "history = log.asset('orders')\n"
        "print('matplotlib' in sys.modules)\n"
        "history.plot('rows')._repr_png_()\n"
        "print('matplotlib' in sys.modules, 'matplotlib.pyplot' in sys.modules)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(filter(None, sys.path))},
    )

    assert told.stdout.split() == ["False", "True", "False"]


def test_the_duration_of_the_steps_is_a_column_like_any_other(history):
    with pytest.raises(CheckError, match="'duration' of 'orders' has no number"):
        history(({"rows": 1},)).plot("duration")


@pytest.mark.parametrize("text", ["a$b$", "$\\frac$", "_x_", "\\"], ids=str)
def test_texts_are_no_mathematics(history, text):
    figure = history(({text: 1}, text), ({text: 2}, "b")).plot(text, by="partition")

    assert figure._repr_png_()[0].startswith(PNG)


def test_what_is_not_finite_is_left_out(history):
    figure = history(({"x": 1.0},), ({"x": np.nan},), ({"x": np.inf},)).plot("x")

    assert list(line(figure)[1].get_ydata()) == [1.0]


@pytest.mark.parametrize(
    ("label", "by", "message"),
    [
        ("row", "time", "no label 'row'.*'rows'"),
        ("note", "time", "'note' is no number.*object.*'rows'"),
        ("flag", "time", "'flag' is no number.*bool"),
        ("id", "time", "'id' is no number"),
        (3, "time", "'label' must be str"),
        ("rows", "day", "no by 'day'"),
        ("rows", "partition", "'orders' has no event of a partition"),
        ("hole", "time", "'hole' of 'orders' has no number"),
    ],
    ids="unknown text bool id type by partition empty".split(),
)
def test_what_cannot_be_drawn_is_told(history, label, by, message):
    metadata = {"rows": 1, "note": "a", "flag": True, "hole": float("nan")}
    drawn = history((metadata,))

    with pytest.raises(CheckError, match=f"(?s){message}"):
        drawn.plot(label, by=by)


def test_without_matplotlib_it_says_what_to_install(history, monkeypatch):
    monkeypatch.delitem(
        sys.modules, "opnb.event_log.reading.history_figure", raising=False
    )
    monkeypatch.setitem(sys.modules, "matplotlib.axes", None)
    import opnb.event_log.reading as folder

    monkeypatch.delattr(folder, "history_figure", raising=False)

    with pytest.raises(OpnbError, match=r"(?s)needs matplotlib.*opnb\[plot\]"):
        history(({"rows": 1},)).plot("rows")


def test_a_thousand_events_are_drawn_without_a_warning(history):
    drawn = history(*[({"rows": n},) for n in range(1000)])

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        data, _ = drawn.plot("rows")._repr_png_()

    assert data.startswith(PNG)
