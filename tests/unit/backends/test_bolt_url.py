"""URLs and options of the databases that speak Bolt, read without connecting."""

from __future__ import annotations

from typing import Any

import pytest

from runic.ogm.backends._bolt_url import read_target

SCHEMES = {"neo4j": "neo4j", "bolt": "bolt", "other": "bolt"}


@pytest.mark.parametrize(
    ("url", "options", "uri", "auth", "session"),
    [
        ("neo4j://", {}, "neo4j://localhost:7687", None, {}),
        ("bolt://db:1", {}, "bolt://db:1", None, {}),
        ("bolt+s://db/films", {}, "bolt+s://db:7687", None, {"database": "films"}),
        ("neo4j+ssc://[::1]:7/a%2Fb", {}, "neo4j+ssc://[::1]:7", None, {"database": "a/b"}),
        ("neo4j://me:p%40s%2Fs@db", {}, "neo4j://db:7687", ("me", "p@s/s"), {}),
        ("neo4j://db?policy=eu", {}, "neo4j://db:7687?policy=eu", None, {}),
        ("other://db", {}, "bolt://db:7687", None, {}),
        ("bolt://db:1/x", {"port": 2, "database": "y"}, "bolt://db:2", None, {"database": "y"}),
        ("neo4j", {"host": "db", "username": "u"}, "neo4j://db:7687", ("u", ""), {}),
        ("neo4j", {"auth": ("a", "b"), "password": "ignored"}, "neo4j://localhost:7687", ("a", "b"), {}),
        ("bolt", {"impersonated_user": "eve"}, "bolt://localhost:7687", None, {"impersonated_user": "eve"}),
    ],
)
def test_parts_of_url(url: str, options: dict[str, Any], uri: str, auth: object, session: dict[str, Any]) -> None:
    target = read_target(url, options, SCHEMES)
    assert (target.uri, target.auth, target.session) == (uri, auth, session)
    assert target.routed is uri.startswith("neo4j")


def test_other_options_go_to_the_client() -> None:
    target = read_target("bolt://db", {"max_connection_pool_size": 3}, SCHEMES)
    assert target.options == {"telemetry_disabled": True, "max_connection_pool_size": 3}


@pytest.mark.parametrize(
    ("url", "options", "match"),
    [
        ("http://db", {}, "does not begin with one of neo4j"),
        ("bolt+tls://db", {}, "does not begin"),
        ("bolt:db", {}, "two slashes"),
        ("bolt://db#x", {}, "'#'"),
        ("bolt://db?policy=eu", {}, "nothing may follow"),
        ("bolt://db:99999", {}, "the port is no number"),
        ("bolt://db/a/b", {}, "one name of a database"),
        ("bolt://[::1", {}, "is no URL"),
        ("bolt", {"port": "7687"}, "port must be a whole number"),
        ("bolt", {"port": True}, "port must be a whole number"),
        ("bolt", {"host": ""}, "host must be a name"),
    ],
)
def test_mistakes_are_named(url: str, options: dict[str, Any], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        read_target(url, options, SCHEMES)


@pytest.mark.parametrize(
    "url",
    [
        "bolt://me:secret@db#x",
        "bolt://me:secret@db/a/b",
        "bolt://me:secret",
        "bolt://me:secret/x@db:port",
        "x://a:secret@b",
    ],
)
def test_errors_hold_no_password(url: str) -> None:
    with pytest.raises(ValueError) as caught:
        read_target(url, {}, SCHEMES)
    assert "secret" not in str(caught.value)
    assert "secret" not in repr(caught.value.__context__)
