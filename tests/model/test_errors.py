import pickle

import pytest

from opnb.definitions.registry import UnknownOpError
from opnb.model import errors
from opnb.model.errors import (
    CellError,
    InvalidMetadata,
    LogUnavailableError,
    OpnbError,
    StepOutputNotFoundError,
    TypeCheckDidNotPass,
    did_you_mean,
)

ALL = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, OpnbError)
]


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_every_error_stands_in_the_tree_at_the_top(kind):
    assert kind.__name__ in errors.__doc__


def test_a_message_ends_with_its_hint():
    assert str(InvalidMetadata("Bad.", hint="Do.")) == "Bad.\nHint: Do."
    assert str(InvalidMetadata("Bad.")) == "Bad."


@pytest.mark.parametrize(
    "error",
    [
        InvalidMetadata("Bad.", hint="Do."),
        StepOutputNotFoundError("None.", step_key="s", output_name="o"),
        TypeCheckDidNotPass("No.", description="d", metadata={"a": 1}),
        UnknownOpError("No op.", hint="There is none."),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_passes_between_processes_whole(error):
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own

    assert (type(copy), str(copy)) == (type(error), str(error))
    assert vars(copy) == vars(error)


@pytest.mark.parametrize("kind", [CellError, LogUnavailableError])
def test_wrong_usage_is_shown_without_a_traceback(kind):
    assert kind("Bad.")._render_traceback_() == [f"{kind.__name__}: Bad."]


@pytest.mark.parametrize(
    ("name", "known", "sentence"),
    [
        ("clena", ["clean", "load"], "Did you mean 'clean'?"),
        ("x", [], "There is none yet."),
        ("x", ["aaa", "bbb"], "There is 'aaa', 'bbb'."),
    ],
    ids=["near", "none", "far"],
)
def test_a_hint_names_what_there_is(name, known, sentence):
    assert did_you_mean(name, known) == sentence


def test_a_hint_names_eight_at_the_most():
    assert did_you_mean("x", ["aaaa"] * 11).endswith("and 3 more.")
