"""No part of a password is in what is said about a URL, whatever the database and however the URL is malformed."""

from __future__ import annotations

import pytest

from runic.ogm import create_driver

SCHEMES = ("falkordb", "falkordbs", "bolt", "neo4j", "neo4j+s", "memgraph", "arcadedb", "age")
MALFORMED = {
    "no compatible character": "u:s3cr℀et@h/db",
    "slash": "u:s3cret/x@h/db",
    "slash after digits": "u:12/s3cret@h/db",
    "question mark after digits": "u:12?s3cret@h/db",
    "question mark in the user's name": "u?:s3cret@%",
    "slash first": "/u:s3cret@",
    "question mark first": "?u:s3cret@",
    "slash and question mark first": "/?u:s3cret@",
    "bracket": "u:[s3cret@h/db",
    "hash": "u:12#s3cret@h/db",
    "port": "u:s3cret@h:port/db",
    "without an address": "u:s3cret",
}


@pytest.mark.parametrize("rest", MALFORMED.values(), ids=MALFORMED)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_malformed_url_is_refused_without_its_password(scheme: str, rest: str) -> None:
    with pytest.raises(ValueError, match=r"^(?!.*s3cr)") as caught:
        create_driver(f"{scheme}://{rest}")
    error: BaseException | None = caught.value
    while error is not None:
        assert "s3cr" not in str(error)
        error = error.__cause__ or error.__context__
