"""`session.execute`: raw Cypher, parameters always bound."""

from __future__ import annotations

import pytest

from runic.ogm import DatabaseError, OGMError, QueryError, QuerySyntaxError

from .harness import Database
from .models import Artist


async def test_rows_and_columns(db: Database) -> None:
    async with db.session() as s:
        result = await s.execute("UNWIND [1, 2] AS x RETURN x, x * 10 AS y")
        assert list(result.columns) == ["x", "y"]
        assert [list(row) for row in result.rows] == [[1, 10], [2, 20]]
        assert [dict(row) for row in result] == [{"x": 1, "y": 10}, {"x": 2, "y": 20}]


async def test_result_can_be_read_twice(db: Database) -> None:
    async with db.session() as s:
        result = await s.execute("UNWIND [1, 2] AS x RETURN x")
        assert list(result) == list(result) == [{"x": 1}, {"x": 2}]


@pytest.mark.requires("names_empty_columns")
async def test_no_rows_keep_the_columns(db: Database) -> None:
    async with db.session() as s:
        result = await s.execute("MATCH (n:Artist) RETURN n.id AS id, n.name AS name")
        assert list(result.columns) == ["id", "name"]
        assert list(result) == []


@pytest.mark.parametrize(
    "value",
    [1, -1, 0, 2**63 - 1, -(2**63), 1.5, True, False, None, "", "text", "'\"`$\\", [], [1, "a", None], {}, {"a": [1]}],
    ids=repr,
)
async def test_parameters_round_trip(db: Database, value: object) -> None:
    async with db.session() as s:
        [row] = await s.execute("RETURN $value AS value", {"value": value})
        assert row["value"] == value
        assert type(row["value"]) is type(value)


async def test_parameters_are_bound_not_pasted(db: Database) -> None:
    hostile = "x'}) DETACH DELETE n //"
    await db.save(Artist(id="a", name="A"))
    async with db.session() as s:
        assert list(await s.execute("MATCH (n {name: $name}) RETURN n", {"name": hostile})) == []
    assert len((await db.dump()).nodes) == 1


async def test_write_is_done_by_commit(db: Database) -> None:
    async with db.session() as s:
        await s.execute("CREATE (:Artist {id: $id, name: 'A'})", {"id": "a"}, write=True)
    assert (await db.dump()).keys("Artist") == ["a"]


async def test_mapped_class_reads_raw_nodes(db: Database) -> None:
    async with db.session() as s:
        await s.execute("CREATE (:Artist {id: 'a', name: 'A', nicknames: ['x']})", write=True)
        artist = await s.get(Artist, "a")
        assert (artist.name, artist.born, artist.nicknames) == ("A", None, ["x"])


async def test_syntax_error_is_named(db: Database) -> None:
    s = db.open()
    with pytest.raises(QuerySyntaxError) as caught:
        await s.execute("MATCH (n RETURN n")
    assert caught.value.__cause__ is not None
    await s.close()


async def test_missing_parameter_is_named(db: Database) -> None:
    s = db.open()
    with pytest.raises(OGMError):
        await s.execute("RETURN $missing AS x")
    await s.close()


async def test_failing_expression_is_a_database_error(db: Database) -> None:
    s = db.open()
    with pytest.raises(DatabaseError):
        await s.execute("RETURN 1 / 0 AS x")
    await s.close()


async def test_session_goes_on_after_an_error(db: Database) -> None:
    s = db.open()
    with pytest.raises(DatabaseError):
        await s.execute("RETURN 1 / 0 AS x")
    await s.rollback()
    assert list(await s.execute("RETURN 1 AS x")) == [{"x": 1}]
    await s.close()


@pytest.mark.parametrize("text", ["", "   ", None, 1, b"RETURN 1", ["RETURN 1"]], ids=repr)
async def test_no_text_is_refused(db: Database, text: object) -> None:
    """Rule 19."""
    async with db.session() as s:
        with db.count() as sent, pytest.raises((TypeError, ValueError, OGMError)):
            await s.execute(text)
        assert len(sent) == 0


@pytest.mark.parametrize("parameters", [[1], "a", 1, {1: 2}, {"bad name": 1}, {"a`b": 1}, {"": 1}], ids=repr)
async def test_odd_parameters_are_refused(db: Database, parameters: object) -> None:
    """Rule 19."""
    async with db.session() as s:
        with db.count() as sent, pytest.raises((TypeError, ValueError, OGMError)):
            await s.execute("RETURN 1 AS x", parameters)
        assert len(sent) == 0


async def test_nodes_come_as_values(db: Database) -> None:
    """A raw node has labels and properties."""
    await db.save(Artist(id="a", name="A"))
    async with db.session() as s:
        [row] = await s.execute("MATCH (n:Artist) RETURN n")
        assert set(row["n"].labels) == {"Artist"}
        assert row["n"].properties["name"] == "A"


@pytest.mark.parametrize("value", [2**70, object(), [1, {"a": 2**70}]], ids=["beyond 64 bits", "no value", "within"])
async def test_parameter_that_cannot_be_sent_is_named(db: Database, value: object) -> None:
    """Rule 19: before anything is sent."""
    async with db.session() as s:
        with db.count() as counted, pytest.raises(QueryError, match="'given'"):
            await s.execute("RETURN $given AS x", {"given": value})
        assert len(counted) == 0
