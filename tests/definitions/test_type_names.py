import pytest

from opnb.definitions import type_names as t
from opnb.definitions.python_types import infer_type
from opnb.definitions.type_check import OpType

EVEN = OpType(lambda value: value % 2 == 0, name="Even")


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (t.Any, "Any"),
        (t.Bool, "Bool"),
        (t.Int, "Int"),
        (t.Float, "Float"),
        (t.String, "String"),
        (t.List, "[Any]"),
        (t.Dict, "dict"),
        (t.Set, "set"),
        (t.Tuple, "tuple"),
        (t.List[t.Int], "[Int]"),
        (t.Dict[t.String, int], "Dict[String,Int]"),
        (t.Set[t.Int], "Set[Int]"),
        (t.Tuple[t.Int, t.String], "Tuple[Int,String]"),
        (t.Optional[t.Int], "Int?"),
        (t.Optional[t.List[t.Int]], "[Int]?"),
        (t.List[EVEN], "[Even]"),
        (t.Optional[EVEN], "Even?"),
        (t.Dict[str, EVEN], "Dict[String,Even]"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_dagsters_names_give_its_types(given, name):
    assert infer_type(given).name == name
