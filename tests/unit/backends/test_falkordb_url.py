"""FalkorDB's URLs, read without connecting."""

from __future__ import annotations

from typing import Any

import pytest

from runic.ogm.backends._falkordb_url import read_target


@pytest.mark.parametrize(
    ("url", "options", "expected"),
    [
        ("falkordb://", {}, {"host": "localhost", "port": 6379}),
        ("falkordb://db", {}, {"host": "db", "port": 6379}),
        ("falkordb://[::1]:7000", {}, {"host": "::1", "port": 7000}),
        ("falkordb://me:p%40s%2Fs@db:1", {}, {"username": "me", "password": "p@s/s", "host": "db", "port": 1}),
        ("falkordb://:secret@db", {}, {"password": "secret", "host": "db"}),
        ("falkordbs://db:1", {"ssl_ca_certs": "/ca"}, {"host": "db", "port": 1, "ssl_ca_certs": "/ca"}),
        ("falkordb://db:1", {"port": 2, "socket_timeout": 3}, {"host": "db", "port": 2, "socket_timeout": 3}),
        ("falkordb", {"host": "db", "password": "x"}, {"host": "db", "port": 6379, "password": "x"}),
        ("falkordb+unix:///run/a%20b.sock", {}, {"path": "/run/a b.sock"}),
    ],
)
def test_options_of_url(url: str, options: dict[str, Any], expected: dict[str, Any]) -> None:
    target = read_target(url, options)
    assert {name: target.options.get(name) for name in expected} == expected
    assert target.graph == "runic"
    assert target.options["decode_responses"] is True


@pytest.mark.parametrize(
    "url",
    ["falkordb://db/a%2Fb%20c", "falkordb://db?graph=a/b%20c", "falkordb+unix:///s?graph=a/b+c",
     "falkordb+embedded://?graph=a%2Fb%20c", "falkordb+embedded:///d?graph=a%2Fb%20c"],
)  # fmt: skip
def test_graph_of_url(url: str) -> None:
    assert read_target(url, {}).graph == "a/b c"


def test_graph_keyword_wins() -> None:
    assert read_target("falkordb://db/a", {"graph": "b"}).graph == "b"


@pytest.mark.parametrize(
    ("url", "directory", "durability"),
    [
        ("falkordb+embedded://", None, None),
        ("falkordb+embedded", None, None),
        ("falkordb+embedded:///data/x%20y", "/data/x y", None),
        ("falkordb+embedded:///d?durability=always", "/d", "always"),
    ],
)
def test_embedded_directory(url: str, directory: str | None, durability: str | None) -> None:
    target = read_target(url, {})
    assert (target.directory, target.durability) == (directory, durability)


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("redis://db", "begin with one of"),
        ("db", "begin with one of"),
        ("", "begin with one of"),
        ("falkordb:db", "two slashes"),
        ("falkordb://db:port", "port"),
        ("falkordb://db:99999", "port"),
        ("falkordb://[::1", "no URL"),
        ("falkordb://db/a/b", "slash"),
        ("falkordb://db/a?graph=b", "twice"),
        ("falkordb://db?graph=a&graph=b", "once"),
        ("falkordb://db?colour=red", "colour"),
        ("falkordb://db?durability=always", "durability"),
        ("falkordb://db/a#b", "%23"),
        ("falkordb://db/a%0Ab", "graph"),
        ("falkordb+unix://", "socket"),
        ("falkordb+unix://run/s", "three slashes"),
        ("falkordb+embedded://data", "three slashes"),
        ("falkordb+embedded:data", "two slashes"),
        ("falkordb+embedded:///", "directory"),
        ("falkordb+embedded:///a%00b", "directory"),
    ],
)
def test_malformed_url_says_what_is_wrong(url: str, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        read_target(url, {})


@pytest.mark.parametrize(
    "url",
    ["falkordb://me:hunter2@db:port", "falkordb://me:hunter2/x@db", "falkordb://me:hunter2#x@db", "redis://me:hunter2@db",
     "falkordb://me:what?hunter2@db/g", "falkordb://me:[hunter2]@db", "falkordb://me:hunter2@db/a/b",
     "falkordb://me:hunter2", "falkordb://:hunter2@db?x=1", "falkordb://me:a@hunter2@[x"],
)  # fmt: skip
def test_no_error_shows_password(url: str) -> None:
    with pytest.raises(ValueError) as caught:
        read_target(url, {})
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_durability_is_for_embedded_servers() -> None:
    with pytest.raises(ValueError, match="durability"):
        read_target("falkordb://db", {"durability": "always"})


@pytest.mark.parametrize(("name", "value"), [("port", "x"), ("port", "6379"), ("port", 0), ("host", 5), ("host", "")])
def test_odd_address_is_named(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=f"^{name} must be"):
        read_target("falkordb", {name: value})


@pytest.mark.parametrize("scheme", ["falkordb", "falkordbs", "falkordb+unix"])
def test_directory_is_for_embedded_servers(scheme: str) -> None:
    with pytest.raises(ValueError, match=r"directory is an option of falkordb\+embedded"):
        read_target(scheme, {"directory": "/d", "path": "/s"} if scheme.endswith("unix") else {"directory": "/d"})


@pytest.mark.parametrize("directory", [5, True, b"/d"])
def test_directory_is_a_path(directory: Any) -> None:
    with pytest.raises(TypeError, match="directory must be a path"):
        read_target("falkordb+embedded", {"directory": directory})


@pytest.mark.parametrize(("value", "kind"), [(-1, ValueError), (float("nan"), ValueError), ("1", TypeError)])
def test_time_to_wait_for_a_connection_is_checked(value: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind, match="pool_timeout must be"):
        read_target("falkordb", {"pool_timeout": value})
