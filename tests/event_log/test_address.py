from pathlib import Path

import pytest

from opnb.event_log.address import path_of_address
from opnb.model.errors import LogAddressError, ParameterCheckError


@pytest.mark.parametrize(
    "address", ["memory:", ":memory:", "sqlite://", "sqlite:///:memory:", " memory: "]
)
def test_an_address_may_mean_memory(address):
    assert path_of_address(address) is None


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("a/b.db", "a/b.db"),
        (Path("a/b.db"), "a/b.db"),
        ("sqlite:///a/b.db", "a/b.db"),
        ("sqlite:////tmp/b.db", "/tmp/b.db"),  # noqa: S108 - a name only
        ("/tmp/b.db", "/tmp/b.db"),  # noqa: S108
    ],
    ids=str,
)
def test_an_address_may_mean_a_file(address, path, tmp_path):
    assert path_of_address(address) == tmp_path / path


def test_an_address_may_start_at_the_home(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))

    assert path_of_address("~/b.db") == tmp_path / "b.db"


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("", "is no address"),
        ("sqlite:///", "is no address"),
        ("a\0b", "is no address"),
        ("mysql://x", "the scheme 'mysql' is unknown"),
        ("~nobody-of-that-name/b.db", "home directory"),
    ],
    ids=["empty", "no-path", "nul", "scheme", "user"],
)
def test_an_address_that_means_nothing_is_refused(address, message):
    with pytest.raises(LogAddressError, match=message):
        path_of_address(address)


def test_an_address_is_text_or_a_path():
    with pytest.raises(ParameterCheckError, match="'address' must be str"):
        path_of_address(3)
