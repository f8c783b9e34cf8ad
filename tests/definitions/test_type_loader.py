import pytest

from opnb.definitions.python_types import infer_type, usable_as_dagster_type
from opnb.definitions.type_loader import dagster_type_loader
from opnb.model.errors import InvalidDefinitionError


@dagster_type_loader({"low": int}, required_resource_keys={"limit"})
def load_range(context, config):
    return range(config["low"], context.resources.limit)


class Run:
    made_resources = {"limit": 3}  # noqa: RUF012 - never written


def test_a_loader_makes_a_value_from_config():
    assert load_range.construct_from_config_value(Run, {"low": 1}) == range(1, 3)
    assert load_range.schema_type == {"low": int}
    assert load_range.required_resource_keys() == {"limit"}


def test_a_class_may_have_a_loader():
    @usable_as_dagster_type(loader=load_range)
    class Range: ...

    assert infer_type(Range).loader is load_range


@pytest.mark.parametrize(
    "fn", [lambda: 1, lambda _: 1, lambda _a, _b, _c: 1], ids=["0", "1", "3"]
)
def test_a_loader_takes_context_and_config(fn):
    with pytest.raises(InvalidDefinitionError, match="must take the context and"):
        dagster_type_loader(int)(fn)
