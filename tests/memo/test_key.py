"""The key of a run is another as soon as anything that it depends on is."""

import pytest

from opnb.memo.key import RunKey
from opnb.memo.refusal import RefusedError


def key(op="clean", code="tidy = orders", **values):
    return RunKey(op, code, values or {"input": [1, 2]})


def test_equal_parts_have_one_key():
    assert key().hex == key().hex


@pytest.mark.parametrize(
    "other",
    [
        lambda: key(op="load"),
        lambda: key(code="tidy = orders "),
        lambda: key(input=[1, 3]),
        lambda: key(other=[1, 2]),
        lambda: key(input=[1, 2], other=None),
    ],
    ids=["op", "code", "value", "name", "one more"],
)
def test_another_part_makes_another_key(other):
    assert other().hex != key().hex


def test_the_working_folder_is_of_the_key(tmp_path, monkeypatch):
    before = key().hex
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    assert key().hex != before


def test_a_file_that_is_written_to_makes_another_key(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text("1")
    read = key(path=str(path))
    before = read.hex
    path.write_text("12")

    assert read.hex != before


def test_a_value_that_is_changed_in_place_is_told():
    orders = [1]
    run = key(orders=orders, limit=2)
    run.verify_unchanged()
    orders.append(2)

    with pytest.raises(RefusedError, match="orders was changed in place"):
        run.verify_unchanged()


def test_it_says_which_value_cannot_be_told():
    with pytest.raises(RefusedError, match="conn: the content of a generator"):
        key(conn=(n for n in [1]))
