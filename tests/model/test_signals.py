import pickle

import pytest

from opnb.model.errors import InvalidMetadata, ParameterCheckError
from opnb.model.signals import Failure, RetryRequested


def test_a_failure_has_description_metadata_and_allows_retries():
    failure = Failure("no rows", {"rows": 0})

    assert (str(failure), failure.description) == ("no rows", "no rows")
    assert failure.metadata["rows"].value == 0
    assert failure.allow_retries


def test_a_failure_without_a_description_has_none():
    assert Failure().description is None


def test_a_failure_may_rule_out_retries():
    assert Failure(allow_retries=False).allow_retries is False


def test_bad_metadata_of_a_failure_is_refused_at_once():
    with pytest.raises(InvalidMetadata, match="'x'"):
        Failure("no", metadata={"x": object()})


def test_a_retry_is_asked_for_once_and_at_once_unless_told():
    assert (RetryRequested().max_retries, RetryRequested().seconds_to_wait) == (1, None)
    assert str(RetryRequested()) == ""


@pytest.mark.parametrize(
    "make",
    [
        lambda: Failure(1),
        lambda: Failure("a", allow_retries=1),
        lambda: RetryRequested(None),
        lambda: RetryRequested("3"),
        lambda: RetryRequested(seconds_to_wait="1"),
        lambda: RetryRequested(seconds_to_wait=float("nan")),
        lambda: RetryRequested(seconds_to_wait=float("inf")),
    ],
)
def test_an_argument_of_the_wrong_type_is_refused(make):
    with pytest.raises(ParameterCheckError, match="must be"):
        make()


@pytest.mark.parametrize("signal", [Failure("a", {"n": 1}), RetryRequested(3, 0.5)])
def test_a_signal_passes_between_processes_whole(signal):
    copy = pickle.loads(pickle.dumps(signal))  # noqa: S301 - our own

    assert vars(copy) == vars(signal)
