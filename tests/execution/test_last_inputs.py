"""The inputs of a failed run are held; those of one that went well are not."""

import gc

import pandas as pd
import pytest

from opnb.execution.last_inputs import LastInputs
from opnb.execution.step import InputValue
from opnb.model.entry import OutputSource, ValueInfo


@pytest.fixture(name="inputs")
def _inputs():
    return LastInputs()


def note(inputs, failed, **values):
    given = {name: InputValue(value) for name, value in values.items()}
    inputs.note("clean", given, failed=failed)


def test_after_a_failure_the_values_are_held(inputs):
    note(inputs, True, orders=pd.DataFrame({"a": [1]}), names=["x"])
    gc.collect()

    found = inputs.of("clean")

    assert found["orders"].equals(pd.DataFrame({"a": [1]}))
    assert found["names"] == ["x"]
    assert found.gone == ()


def test_after_a_success_only_what_lives_is_there(inputs):
    kept, let_go = pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [2]})
    note(inputs, False, kept=kept, let_go=let_go, number=5)
    del let_go
    gc.collect()

    found = inputs.of("clean")

    assert found["kept"] is kept
    assert found["number"] == 5
    assert found.gone == ("let_go",)
    assert found.infos["let_go"] == ValueInfo("DataFrame", (1, 1))


def test_the_next_run_lets_go_of_the_last(inputs):
    note(inputs, True, orders=["large"])
    note(inputs, False)

    assert dict(inputs.of("clean")) == {}


def test_what_is_forgotten_is_gone(inputs):
    note(inputs, True, orders=["large"])
    inputs.forget("clean")

    assert "clean" not in inputs


def test_it_tells_where_they_came_from(inputs):
    source = OutputSource("load", "orders", "r1")
    inputs.note("clean", {"orders": InputValue([1], source)}, failed=True)

    assert inputs.of("clean").sources == {"orders": source}
