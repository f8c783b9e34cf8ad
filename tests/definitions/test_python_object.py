import pytest

from opnb.definitions.python_object import PythonObjectOpType
from opnb.definitions.type_check import OpType
from opnb.model.errors import ParameterCheckError


def test_a_class_gives_its_name_and_key():
    kind = PythonObjectOpType(int)

    assert (kind.name, kind.key, kind.unique_name) == ("int", "int", "int")
    assert (kind.python_type, kind.typing_type) == (int, int)
    assert isinstance(kind, OpType)


def test_several_classes_are_a_union():
    kind = PythonObjectOpType((int, str))

    assert (kind.name, kind.type_str) == ("Union[int, str]", "Union[int, str]")
    assert kind.typing_type == int | str
    assert kind.type_check(None, "a").success
    assert not kind.type_check(None, 1.5).success


def test_the_arguments_are_dagsters():
    kind = PythonObjectOpType(int, "key", "Count", description="How many.")

    assert (kind.key, kind.name, kind.description) == ("key", "Count", "How many.")


@pytest.mark.parametrize("given", [3, (), (int, 3)], ids=str)
def test_what_is_no_class_is_refused(given):
    with pytest.raises(ParameterCheckError, match="'python_type' must be a class"):
        PythonObjectOpType(given)
