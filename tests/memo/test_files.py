"""A file that a text names may have changed."""

import os

import pytest

from opnb.memo.files import states_of


def test_a_file_that_changes_has_another_state(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text("a")
    before = states_of([str(path)])
    os.utime(path, (1, 1))

    assert before != states_of([str(path)])
    assert states_of([str(path)]) == states_of([str(path)])


@pytest.mark.parametrize("name", ["orders.csv", "./orders.csv", "folder", "folder/"])
def test_a_relative_name_is_found_from_the_working_folder(name):
    os.mkdir("folder")  # noqa: PTH102 - where the test stands
    for path in ("orders.csv", "folder/part.csv"):
        with open(path, "w") as file:  # noqa: PTH123 - likewise
            file.write("a")

    assert [size for _, size, _ in states_of([name])] == [1]


def test_a_file_that_comes_into_being_is_told(tmp_path):
    before = states_of([str(tmp_path / "x.csv")])
    (tmp_path / "x.csv").write_text("a")

    assert before == []
    assert states_of([str(tmp_path / "x.csv")]) != []


def test_a_home_is_found(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "x.csv").write_text("a")

    assert len(states_of(["~/x.csv"])) == 1


@pytest.mark.parametrize(
    "text", ["", "a\nb", "x" * 2000, "a\0b", "~nobody_here/x", "\ud800"]
)
def test_what_can_be_no_file_is_passed_over(text):
    assert states_of([text]) == []
