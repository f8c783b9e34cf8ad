import pytest

from opnb.definitions.retry_policy import Backoff, Jitter, RetryPolicy
from opnb.model.errors import InvalidDefinitionError, ParameterCheckError


@pytest.mark.parametrize(
    ("policy", "delays"),
    [
        (RetryPolicy(), [0, 0, 0, 0]),
        (RetryPolicy(delay=2), [2, 2, 2, 2]),
        (RetryPolicy(delay=2, backoff=Backoff.LINEAR), [2, 4, 6, 8]),
        (RetryPolicy(delay=2, backoff=Backoff.EXPONENTIAL), [2, 6, 14, 30]),
    ],
    ids=["none", "constant", "linear", "exponential"],
)
def test_the_delay_grows_as_in_dagster(policy, delays):
    assert [policy.calculate_delay(attempt) for attempt in (1, 2, 3, 4)] == delays


@pytest.mark.parametrize(
    ("jitter", "low", "high"),
    [(Jitter.FULL, 0, 6), (Jitter.PLUS_MINUS, 4, 8)],
    ids=lambda value: getattr(value, "name", ""),
)
def test_jitter_draws_from_dagsters_range(jitter, low, high):
    policy = RetryPolicy(delay=2, backoff=Backoff.EXPONENTIAL, jitter=jitter)
    drawn = [policy.calculate_delay(2) for _ in range(200)]

    assert low <= min(drawn) < max(drawn) <= high
    assert max(drawn) - min(drawn) > (high - low) / 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_retries": -1}, "counts up from zero"),
        ({"delay": -1}, "counts up from zero"),
        ({"backoff": Backoff.LINEAR}, "backoff LINEAR needs a delay"),
        ({"jitter": Jitter.FULL}, "jitter FULL needs a delay"),
    ],
    ids=["retries", "delay", "backoff", "jitter"],
)
def test_a_policy_that_contradicts_itself_is_refused(options, message):
    with pytest.raises(InvalidDefinitionError, match=message):
        RetryPolicy(**options)


@pytest.mark.parametrize(
    "options",
    [{"max_retries": 1.5}, {"delay": "1"}, {"delay": 1, "backoff": "LINEAR"}],
    ids=str,
)
def test_an_argument_of_the_wrong_type_is_refused(options):
    with pytest.raises(ParameterCheckError, match="must be"):
        RetryPolicy(**options)
