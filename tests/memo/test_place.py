"""Where the memo is, and how much may be in it."""

from pathlib import Path

import platformdirs
import pytest

from opnb.memo.place import memo_folder, parse_size
from opnb.model.errors import CheckError


@pytest.mark.parametrize(
    ("log", "folder"),
    [("/a/.opnb/events.db", "/a/.opnb/memo"), ("/a/team.db", "/a/.opnb/memo")],
)
def test_it_is_beside_the_log(log, folder):
    assert memo_folder(Path(log), log) == Path(folder)


def test_a_log_without_a_file_has_it_in_the_users_cache():
    memory, team = (memo_folder(None, each) for each in ("memory:", "postgresql://db"))

    assert memory.is_relative_to(platformdirs.user_cache_path("opnb"))
    assert memory != team


@pytest.mark.parametrize(
    ("given", "size"),
    [
        ("2GiB", 2 * 2**30),
        ("500MB", 500_000_000),
        (" 1.5 kb ", 1500),
        ("10", 10),
        (10, 10),
        ("0", 0),
        ("1T", 10**12),
    ],
)
def test_a_size_is_read(given, size):
    assert parse_size(given, "memo_size") == size


@pytest.mark.parametrize("given", ["lots", "", "-1", -1, True, 1.5, None, [1], "1 PB"])
def test_what_is_no_size_is_an_error_with_a_hint(given):
    with pytest.raises(CheckError, match=r"memo_size is no size: .*\nHint: Write 2GiB"):
        parse_size(given, "memo_size")
