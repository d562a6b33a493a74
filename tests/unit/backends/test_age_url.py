"""Apache AGE's URLs and options."""

from __future__ import annotations

from typing import Any

import pytest

from runic.ogm.backends._age_url import AgeTarget, read_target


def read(url: str, **options: Any) -> AgeTarget:
    return read_target(url, options)


def test_url_is_read() -> None:
    target = read("age://ann:p%40ss%2F@db.example:5433/shop?graph=goods&sslmode=require&connect_timeout=3&max_size=5")
    assert target.graph == "goods"
    assert target.where == "db.example:5433"
    given = {name: target.options[name] for name in ("host", "port", "user", "password", "dbname", "sslmode")}
    assert given == {
        "host": "db.example", "port": 5433, "user": "ann", "password": "p@ss/", "dbname": "shop", "sslmode": "require",
    }  # fmt: skip
    assert target.options["connect_timeout"] == 3
    assert target.pool["max_size"] == 5


def test_keywords_win_over_the_url() -> None:
    target = read("age://ann@db.example/shop?graph=goods", graph="other", database="books", user="bob", pool_timeout=2)
    assert (target.graph, target.options["dbname"], target.options["user"]) == ("other", "books", "bob")
    assert target.pool["timeout"] == 2
    assert read("age", host="h", port=1).where == "h:1"


def test_defaults() -> None:
    target = read("age")
    assert (target.graph, target.where, target.given) == ("runic", "localhost:5432", frozenset())
    assert target.options["prepare_threshold"] is None


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("postgres://h/db", "age://"),
        ("age:/h/db", "two slashes"),
        ("age://h:secret/db", "port"),
        ("age://h:99999/db", "port"),
        ("age://h/a/b", "slash"),
        ("age://h/db#x", "%23"),
        ("age://h/db?graph=a", "3 to 63"),
        ("age://h/db?graph=1ab", "letter or _ first"),
        ("age://h/db?graph=a%20b%27", "letters"),
        ("age://h/db?graph=abc&graph=abd", "twice"),
        ("age://h/db?port=x", "no number"),
    ],
)
def test_malformed_url_is_refused(url: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read(url)


def test_password_is_not_shown() -> None:
    for url in ("age://ann:s3cret@h:x/db", "age://ann:s3cret@h/a/b", "age://ann:s3cret", "pg://ann:s3cret@h"):
        with pytest.raises(ValueError, match=r"age:|pg:") as caught:
            read(url)
        assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({"port": "x"}, ValueError),
        ({"port": True}, ValueError),
        ({"port": 0}, ValueError),
        ({"port": 70_000}, ValueError),
        ({"port": 5432.0}, ValueError),
        ({"host": 5}, ValueError),
        ({"host": ""}, ValueError),
        ({"pool_timeout": -1}, ValueError),
        ({"pool_timeout": "soon"}, TypeError),
        ({"pool_timeout": True}, TypeError),
    ],
)
def test_wrong_option_is_named(options: dict[str, Any], kind: type[Exception]) -> None:
    with pytest.raises(kind, match=f"{next(iter(options))} must be"):
        read("age", **options)


def test_several_addresses_are_left_to_the_client() -> None:
    assert read("age", host="a,b", port="5432,5433").where == "a,b:5432,5433"
