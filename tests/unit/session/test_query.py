"""Statements bound to a session: built like others, ended by methods."""

from __future__ import annotations

import pytest

from runic.ogm.cypher.statement import Reply
from runic.ogm.exceptions import CardinalityError, UnsupportedFeatureError
from runic.ogm.session.query import AsyncQuery, Query
from tests.unit.fake import Buoy, Database, Half, do

TWO = Reply([[["n", None, 3, "0"], ["s", "red", 5, "1"]]])


def test_every_step_stays_bound(half: Half) -> None:
    session = half.session(half.driver(Database()))
    query = session.query(Buoy)
    narrower = query.where(Buoy.depth > 3).order_by(Buoy.id).limit(2)
    assert type(narrower) is type(query) is (AsyncQuery if half.is_async else Query)
    assert narrower.selection != query.selection


@pytest.mark.parametrize("ending", ["all", "scalars"])
def test_endings_with_all_results(half: Half, ending: str) -> None:
    database = Database()
    database.answers["MATCH"] = TWO
    query = half.session(half.driver(database)).query(Buoy)
    assert [buoy.id for buoy in do(getattr(query, ending)())] == ["n", "s"]


@pytest.mark.parametrize("ending", ["first", "scalar"])
def test_endings_with_the_first_result(half: Half, ending: str) -> None:
    database = Database()
    query = half.session(half.driver(database)).query(Buoy)
    assert do(getattr(query, ending)()) is None
    database.answers["MATCH"] = TWO
    assert do(getattr(query, ending)()).id == "n"
    assert "LIMIT" in database.sent[-1].text


def test_one_is_neither_none_nor_two(half: Half) -> None:
    database = Database()
    query = half.session(half.driver(database)).query(Buoy)
    for reply in (Reply([[]]), TWO):
        database.answers["MATCH"] = reply
        with pytest.raises(CardinalityError, match="Buoy"):
            do(query.one())


def test_endings_with_a_number(half: Half) -> None:
    database = Database()
    database.answers["MATCH"] = Reply([[[2]]])
    query = half.session(half.driver(database)).query(Buoy)
    assert do(query.count()) == 2
    assert do(query.exists()) is True


@pytest.mark.parametrize("ending", ["explain", "profile"])
def test_plans_need_a_database_that_tells_them(half: Half, ending: str) -> None:
    database = Database()
    query = half.session(half.driver(database)).query(Buoy)
    with pytest.raises(UnsupportedFeatureError, match=ending):
        do(getattr(query, ending)())
    assert database.sent == []
