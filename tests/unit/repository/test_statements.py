"""What the methods of repositories ask for, sync and async."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from runic.ogm.conversion import NativeTypes
from runic.ogm.cypher.statement import Reply
from runic.ogm.exceptions import QueryError
from runic.ogm.model.base import Node
from runic.ogm.model.fields import Field, desc
from runic.ogm.repository.async_repository import AsyncRepository
from runic.ogm.repository.repository import Repository
from runic.ogm.session.paging import KeysetPage, Page
from runic.ogm.types import RawNode
from tests.unit.fake import Beacon, Buoy, Database, Half, Transactional, do


class Tide(Node):
    at: datetime = Field(primary_key=True)


def repository(half: Half, database: Database, model: type[Node] = Buoy) -> Any:
    session = half.session(half.driver(database))
    return (AsyncRepository if half.is_async else Repository)(session, model)


def rows(*keys: str) -> Reply:
    return Reply([[[key, None, 0, f"#{key}"] for key in keys]])


def keyed_rows(*keys: str) -> Reply:
    return Reply([[[key, None, 0, key] for key in keys]])


def text_of(database: Database) -> str:
    return database.sent[-1].text


def test_find_all_asks_for_what_is_given(half: Half) -> None:
    database = Database()
    repo = repository(half, database)
    do(repo.find_all())
    assert not any(word in text_of(database) for word in ("SKIP", "LIMIT", "ORDER"))
    do(repo.find_all(skip=2, limit=3, order_by=[desc(Buoy.depth), "id"]))
    assert all(word in text_of(database) for word in ("ORDER BY", "DESC", "SKIP", "LIMIT"))
    assert {2, 3} <= set(database.sent[-1].parameters.values()) or "SKIP 2 LIMIT 3" in text_of(database)


def test_find_all_by_ids_leaves_out_what_is_absent(half: Half) -> None:
    database = Database()
    database.answers["MATCH"] = rows("s", "n")
    found = do(repository(half, database).find_all_by_ids(["n", "gone", "s"]))
    assert [buoy.id for buoy in found] == ["n", "s"]


def test_find_by_binds_its_values(half: Half) -> None:
    database = Database()
    do(repository(half, database).find_by(colour="red", depth=3))
    assert "red" in database.sent[-1].parameters.values()
    assert "red" not in text_of(database)


def test_find_by_names_the_known_fields(half: Half) -> None:
    with pytest.raises(QueryError, match="Buoy has no field 'color'; it has: id, colour, depth"):
        do(repository(half, Database()).find_by(color="red"))


def test_exists_asks_for_any_for_a_key_or_for_values(half: Half) -> None:
    database = Database()
    repo = repository(half, database)
    assert do(repo.exists()) is False
    assert "WHERE" not in text_of(database)
    do(repo.exists("n", colour="red"))
    assert {"n", "red"} <= set(database.sent[-1].parameters.values())
    do(repo.exists(None))
    assert "IS NULL" in text_of(database)


def test_page_orders_by_the_key_last(half: Half) -> None:
    database = Database()
    database.answers |= {"count(": Reply([[[5]]]), "ORDER BY": rows("n", "s")}
    page = do(repository(half, database).page(2, 2, order_by=Buoy.depth))
    assert (page.total, page.number, page.size, page.pages, len(page)) == (5, 2, 2, 3, 2)
    assert [buoy.id for buoy in page] == ["n", "s"]
    ordered = next(statement.text for statement in database.sent if "ORDER BY" in statement.text)
    assert ordered.index("depth", ordered.index("ORDER BY")) < ordered.index("id", ordered.index("ORDER BY"))


@pytest.mark.parametrize(("total", "pages"), [(0, 0), (1, 1), (10, 1), (11, 2)])
def test_pages_are_rounded_up(total: int, pages: int) -> None:
    assert Page[Buoy]([], total, 1, 10).pages == pages


def test_cursor_leads_through_all(half: Half) -> None:
    database = Database()
    database.answers["ORDER BY"] = keyed_rows("a", "b", "c")
    repo = repository(half, database)
    first: KeysetPage[Buoy] = do(repo.after(None, 2))
    assert "WHERE" not in text_of(database)
    assert [buoy.id for buoy in first] == ["a", "b"]
    database.answers["ORDER BY"] = keyed_rows("c", "d")
    last: KeysetPage[Buoy] = do(repo.after(first.cursor, 2))
    assert "b" in database.sent[-1].parameters.values()
    assert (len(last), last.cursor) == (2, None)


@pytest.mark.parametrize("native", [NativeTypes(), NativeTypes(aware_datetime=True)], ids=["as text", "as it is"])
def test_cursor_keeps_the_type_of_the_key(half: Half, monkeypatch: pytest.MonkeyPatch, native: NativeTypes) -> None:
    """Whatever the database stores, a cursor is text."""
    monkeypatch.setattr(Transactional, "native", native)
    database = Database()
    at = datetime(2025, 3, 1, 6, 30, 15, 123456, tzinfo=UTC)
    repo = repository(half, database, Tide)
    encode = repo.session.mapper.entity(Tide).encode
    wires = [encode("at", moment) for moment in (at, at + timedelta(days=1))]
    database.answers["ORDER BY"] = Reply([[[wire, wire] for wire in wires]])
    page = do(repo.after(None, 1))
    assert page.items[0].at == at
    do(repo.after(page.cursor, 1))
    assert any(str(value).startswith(("2025-03-01T06:30:15.123456", "2025-03-01 06:30:15.123456"))
               for value in database.sent[-1].parameters.values())  # fmt: skip


def cursor(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@pytest.mark.parametrize(
    "value",
    ["", "x", "é", "====", cursor(1), cursor([]), cursor(["Tide"]), cursor(["Tide", 1, 2]), cursor(["Tide", None]),
     cursor(["Tide", {}]), cursor(["Tide", "yesterday"]), cursor(["Beacon", "2025-03-01T06:30:15+00:00"]), 5, b"x",
     base64.urlsafe_b64encode(b"[" * 100_000).decode(), base64.urlsafe_b64encode(b"\xff\xfe").decode()],
    ids=lambda value: str(value)[:20],
)  # fmt: skip
def test_forged_cursor_is_refused(half: Half, value: Any) -> None:
    """They come back from the net."""
    database = Database()
    with pytest.raises(ValueError, match="cursor"):
        do(repository(half, database, Tide).after(value, 2))
    assert database.sent == []


@pytest.mark.parametrize("size", [0, -1, True, "1", None, 1.5], ids=repr)
def test_odd_size_is_refused(half: Half, size: Any) -> None:
    with pytest.raises(ValueError, match="size"):
        do(repository(half, Database()).after(None, size))


def test_cypher_gives_the_sessions_entities(half: Half) -> None:
    database = Database()
    found = [RawNode(1, ("Buoy",), {"id": key}) for key in "ns"]
    database.answers = {"RETURN mine": Reply([[[node] for node in [*found, None, found[0]]]], ["mine"])}
    database.answers |= {"MATCH": rows("n", "s"), "INDEXED?": Reply([[[1]]])}
    repo = repository(half, database)
    buoys = do(repo.cypher("MATCH (mine) RETURN mine"))
    assert [buoy.id for buoy in buoys] == ["n", "s", "n"]
    assert buoys[0] is buoys[2] is do(repo.get("n"))
    assert do(repo.cypher_one("MATCH (mine) RETURN mine")) is buoys[0]


def test_cypher_one_of_nothing_is_none(half: Half) -> None:
    assert do(repository(half, Database()).cypher_one("MATCH (n) RETURN n")) is None


def test_cypher_may_return_another_model(half: Half) -> None:
    database = Database()
    database.answers = {"RETURN b": Reply([[[RawNode(1, ("Beacon",), {"id": "x"})]]], ["b"])}
    database.answers |= {"MATCH": Reply([[["x", "#x"]]]), "INDEXED?": Reply([[[1]]])}
    [beacon] = do(repository(half, database).cypher("MATCH (b) RETURN b", returns=Beacon))
    assert isinstance(beacon, Beacon)


@pytest.mark.parametrize(
    "value", [5, "n", {"id": "n"}, RawNode(1, ("Beacon",), {"id": "n"}), RawNode(1, (), {"id": "n"})], ids=repr
)
def test_cypher_that_returns_something_else_is_refused(half: Half, value: object) -> None:
    """A node of another label too: its key may be that of a buoy."""
    database = Database()
    database.answers = {"RETURN it": Reply([[[value]]], ["it"]), "MATCH": rows("n")}
    with pytest.raises(QueryError, match="returns nodes of Buoy first"):
        do(repository(half, database).cypher("MATCH (it) RETURN it"))


def test_cypher_raw_gives_rows(half: Half) -> None:
    database = Database()
    database.answers["RETURN 1"] = Reply([[[1, "a"]]], ["n", "t"])
    result = do(repository(half, database).cypher_raw("RETURN 1 AS n, 'a' AS t", write=True))
    assert list(result) == [{"n": 1, "t": "a"}]
    assert database.sent[-1].write is True
