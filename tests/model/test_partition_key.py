import pickle

import pytest

from opnb.model.errors import ParameterCheckError
from opnb.model.partition_key import MultiPartitionKey, PartitionDimensionKey

KEY = MultiPartitionKey({"region": "eu", "date": "2026"})


def test_a_key_is_text_in_the_order_of_its_dimensions():
    assert KEY == "2026|eu"
    assert MultiPartitionKey({"date": "2026", "region": "eu"}) == KEY
    assert KEY.keys_by_dimension == {"date": "2026", "region": "eu"}
    assert KEY.dimension_keys[0] == PartitionDimensionKey("date", "2026")


def test_a_key_keeps_its_dimensions_in_a_pickle():
    back = pickle.loads(pickle.dumps(KEY))  # noqa: S301 - our own

    assert (type(back), back) == (MultiPartitionKey, KEY)
    assert back.keys_by_dimension == KEY.keys_by_dimension


@pytest.mark.parametrize("given", ["a|b", {"x": 1}, {1: "x"}, None], ids=str)
def test_keys_are_text_by_text(given):
    with pytest.raises(ParameterCheckError, match="must be"):
        MultiPartitionKey(given)
