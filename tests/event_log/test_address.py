from pathlib import Path

import pytest

from opnb.event_log.address import (
    dialect_of_address,
    durability_of_address,
    path_of_address,
    postgres_address,
    shown_address,
)
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
        ("postgresql+psycopg://x", r"the scheme 'postgresql\+psycopg' is unknown"),
        ("~nobody-of-that-name/b.db", "home directory"),
    ],
    ids=["empty", "no-path", "nul", "scheme", "driver", "user"],
)
def test_an_address_that_means_nothing_is_refused(address, message):
    with pytest.raises(LogAddressError, match=message):
        path_of_address(address)


def test_an_address_is_text_or_a_path():
    with pytest.raises(ParameterCheckError, match="'address' must be str"):
        path_of_address(3)


@pytest.mark.parametrize(
    ("address", "dialect"),
    [
        ("postgresql://host/db", "postgresql"),
        ("postgres://host/db", "postgresql"),
        (" PostgreSQL://", "postgresql"),
        ("sqlite:///a.db", "sqlite"),
        ("memory:", "sqlite"),
        ("postgresql", "sqlite"),
        (Path("postgresql:/a"), "sqlite"),
        ("postgres.db", "sqlite"),
    ],
    ids=str,
)
def test_an_address_tells_its_database(address, dialect):
    assert dialect_of_address(address) == dialect


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://ann:sesame@host:5/db", "postgresql://ann@host:5/db"),
        ("postgresql://ann:se@sa/me@host/db", "postgresql://ann@host/db"),
        ("postgresql://:sesame@host/db", "postgresql://@host/db"),
        ("postgresql://ann@host:5/db", "postgresql://ann@host:5/db"),
        ("postgresql://host/db?user=a", "postgresql://host/db?user=a"),
        (
            "postgresql://h/db?a=b&password=sesame&c=d",
            "postgresql://h/db?a=b&password=***&c=d",
        ),
        ("postgresql://h?sslPassword=sesame", "postgresql://h?sslPassword=***"),
        ("mysql://ann:sesame@host/db", "mysql://ann@host/db"),
        ("a/b.db", "a/b.db"),
        (Path("a/b.db"), "a/b.db"),
    ],
    ids=str,
)
def test_an_address_is_shown_without_its_password(address, shown):
    assert shown_address(address) == shown


def test_an_address_of_an_unknown_kind_is_refused_without_its_password():
    with pytest.raises(LogAddressError) as caught:
        path_of_address("mysql://ann:sesame@host/db")

    assert "sesame" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "read"),
    [
        (" Postgres://Ann@Host/DB?a=B ", "postgres://Ann@Host/DB?a=B"),
        ("postgresql://", "postgresql://"),
        ("postgresql:///db?host=/a@b", "postgresql:///db?host=/a@b"),
        ("postgresql://a:1,b:2/db", "postgresql://a:1,b:2/db"),
    ],
    ids=["case", "empty", "socket", "hosts"],
)
def test_the_address_of_a_server_is_left_to_its_own_library(address, read):
    assert postgres_address(address) == read


@pytest.mark.parametrize(
    "address",
    ["postgresql://ann:se@same@host/db", "postgresql://ann:se/same@host/db"],
    ids=["at", "slash"],
)
def test_a_password_that_would_be_taken_for_a_host_is_refused(address):
    with pytest.raises(LogAddressError, match="an '@' too many") as caught:
        postgres_address(address)

    assert "%40" in caught.value.hint
    assert "same" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "durability"),
    [
        ("memory:", "normal"),
        ("events.db", "normal"),
        ("sqlite:///events.db", "normal"),
        ("sqlite:///events.db?durability=normal", "normal"),
        ("sqlite:///events.db?durability=full", "full"),
        ("postgresql://db/logs?sslmode=require&durability=full", "full"),
        (Path("events.db?durability=full"), "normal"),
    ],
    ids=str,
)
def test_an_address_tells_its_durability(address, durability):
    assert durability_of_address(address) == durability


def test_the_durability_is_no_part_of_the_place():
    plain = path_of_address("sqlite:///events.db")

    assert path_of_address("sqlite:///events.db?durability=full") == plain
    for query in ("durability=full&sslmode=require", "sslmode=require&durability=full"):
        assert postgres_address(f"postgresql://db/logs?{query}") == (
            "postgresql://db/logs?sslmode=require"
        )
    assert postgres_address("postgresql://db/logs?durability=full") == (
        "postgresql://db/logs"
    )


def test_a_durability_that_is_none_is_refused_wherever_the_place_is_asked():
    for read in (durability_of_address, path_of_address):
        with pytest.raises(LogAddressError, match="There is no durability 'ful'"):
            read("sqlite:///events.db?durability=ful")
