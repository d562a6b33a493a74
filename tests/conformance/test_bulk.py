"""Rows of any source become nodes and edges in batches; a row that does not fit is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from runic.ogm import ConstraintViolationError, EntityNotFoundError, Field, FieldValidationError, Node, Relation
from runic.ogm.bulk import load_edges, load_edges_async, load_nodes, load_nodes_async, read_csv, read_parquet

from .harness import Database
from .models import Artist, Artwork, Change, Gallery, Line, Painting, Recipe, Sculpture, Station

LINES = [{"number": 7, "colour": "red"}, {"number": 8}]


async def nodes(db: Database, *args: Any, **options: Any) -> int:
    if db.is_async:
        return await load_nodes_async(db.driver, *args, **options)
    return load_nodes(db.driver, *args, **options)


async def edges(db: Database, *args: Any, **options: Any) -> int:
    if db.is_async:
        return await load_edges_async(db.driver, *args, **options)
    return load_edges(db.driver, *args, **options)


async def test_rows_become_nodes_with_defaults(db: Database) -> None:
    assert await nodes(db, Line, LINES) == 2
    async with db.session() as s:
        seven, eight = await s.get_many(Line, [7, 8])
        assert (seven.colour, eight.colour) == ("red", "grey")


async def test_rows_of_a_subclass_have_all_its_labels(db: Database) -> None:
    await nodes(db, Sculpture, [{"id": "s", "title": "S"}])
    await nodes(db, Sculpture, [{"id": "s", "title": "S", "weight": 2.5}])
    async with db.session() as s:
        work = await s.get(Artwork, "s")
        assert (type(work), work.material, work.weight) == (Sculpture, "stone", 2.5)


async def test_merge_sets_given_columns_and_keeps_the_others(db: Database) -> None:
    await db.save(Painting(id="p", title="old", year=1900, technique="oil"), Line(number=7, colour="red"))
    await nodes(db, Painting, [{"id": "p", "title": "new"}, {"id": "q", "title": "Q"}])
    await nodes(db, Line, [{"number": 7}])
    async with db.session() as s:
        old, new = await s.get_many(Painting, ["p", "q"])
        assert (old.title, old.year, old.technique) == ("new", 1900, "oil")
        assert (new.title, new.year) == ("Q", None)
        assert (await s.get(Line, 7)).colour == "red"


async def test_given_none_removes_the_property(db: Database) -> None:
    await db.save(Painting(id="p", title="old", year=1900))
    await nodes(db, Painting, [{"id": "p", "title": "new", "year": None}])
    assert "year" not in (await db.dump()).node("p")


async def test_last_row_of_a_key_wins(db: Database) -> None:
    assert await nodes(db, Line, [{"number": 7, "colour": "red"}, {"number": 7, "colour": "blue"}]) == 2
    async with db.session() as s:
        assert (await s.get(Line, 7)).colour == "blue"
    assert len((await db.dump()).nodes) == 1


async def test_each_batch_is_a_unit_and_tells_progress(db: Database) -> None:
    seen: list[int] = []
    rows = ({"number": number} for number in range(25))
    with db.count() as statements:
        assert await nodes(db, Line, rows, batch=10, progress=seen.append) == 25
    assert seen == [10, 20, 25]
    assert len([sent for sent in statements if sent.origin == "flush"]) == 3


async def test_batches_before_a_wrong_row_stay(db: Database) -> None:
    rows = [{"number": 1}, {"number": 2}, {"number": 3}, {"number": "four"}]
    with pytest.raises(FieldValidationError, match=r"Line.number: .*'four'.*\(row 4\)") as caught:
        await nodes(db, Line, rows, batch=2)
    assert caught.value.__notes__ == ["2 rows of earlier batches are stored."]
    assert (await db.dump()).keys("Line") == [1, 2]


async def test_create_refuses_a_stored_key(db: Database) -> None:
    await db.save(Line(number=7, colour="red"))
    with pytest.raises(ConstraintViolationError, match=r"Line with number=7 is stored already \(row 2\)"):
        await nodes(db, Line, [{"number": 6}, {"number": 7}], mode="create")
    with pytest.raises(ConstraintViolationError, match="is in the rows 1 and 3"):
        await nodes(db, Line, [{"number": 5}, {"number": 6}, {"number": 5}], mode="create")
    assert (await db.dump()).keys("Line") == [7]
    assert await nodes(db, Line, [{"number": 6}], mode="create") == 1


async def test_generated_keys_are_made(db: Database) -> None:
    await nodes(db, Recipe, [{"title": "soup"}, {"title": "bread"}], mode="create")
    async with db.session() as s:
        found = await s.query(Recipe).order_by(Recipe.title).all()
        assert [(recipe.title, recipe.revision) for recipe in found] == [("bread", 0), ("soup", 0)]
        assert len({recipe.id for recipe in found}) == 2


async def test_unknown_column_is_refused_or_ignored(db: Database) -> None:
    with pytest.raises(FieldValidationError, match=r"Line.length: .* there are: number, colour"):
        await nodes(db, Line, [{"number": 1, "length": 3}])
    assert await nodes(db, Line, [{"number": 1, "length": 3}], extra="ignore") == 1
    assert await nodes(db, Line, [{"No": 2, "length": 3}], columns={"No": "number", "length": None}) == 1
    assert (await db.dump()).keys("Line") == [1, 2]


async def test_edges_between_keys_need_no_read(db: Database) -> None:
    await db.save(Artist(id="a", name="A"), Gallery(id="g", name="G"), Artwork(id="w", title="W"))
    with db.count() as statements:
        assert await edges(db, Artist.gallery, [{"source": "a", "target": "g"}, {"source": "a", "target": None}]) == 1
    assert [sent.origin for sent in statements if sent.origin != "schema"] == ["flush"]
    assert await edges(db, Artwork.artist, [{"work": "w", "by": "a"}], source="work", target="by") == 1
    graph = await db.dump()
    assert graph.pairs("REPRESENTED_BY") == [("a", "g")]
    assert graph.pairs("MADE") == [("a", "w")]


async def test_edge_written_twice_is_one_with_the_last_values(db: Database) -> None:
    await db.save(Station(code="x"), Station(code="y"))
    rows = [
        {"source": "x", "target": "y", "minutes": 3, "covered": True},
        {"source": "y", "target": "x", "minutes": 4, "covered": False},
    ]
    assert await edges(db, Station.changes, rows) == 2
    assert await edges(db, Station.changes, [{"source": "y", "target": "x", "minutes": 5}]) == 1
    async with db.session() as s:
        ((change, other),) = await s.edges(await s.get(Station, "x"), "changes")
        assert (type(change), change.minutes, change.covered, other.code) == (Change, 5, None, "y")


async def test_missing_end_is_named_and_nothing_of_the_batch_stays(db: Database) -> None:
    await db.save(Artist(id="a", name="A"), Artwork(id="w", title="W"))
    rows = [{"source": "w", "target": "a"}, {"source": "w", "target": "b"}]
    with pytest.raises(EntityNotFoundError, match=r"Artwork.artist: no Artist with id='b' is stored \(row 2\)"):
        await edges(db, Artwork.artist, rows)
    with pytest.raises(EntityNotFoundError, match=r"Artist.works: no Artist with id='c' is stored \(row 1\)"):
        await edges(db, Artist.works, [{"source": "c", "target": "w"}])
    assert (await db.dump()).edges == []


@pytest.mark.usefixtures("registry")
async def test_union_needs_the_class_of_the_targets(db: Database) -> None:
    class Dog(Node):
        id: str

    class Cat(Node):
        id: str

    class Owner(Node):
        id: str
        pets: list[Dog | Cat] = Relation(relationship="OWNS")

    await db.save(Dog(id="d"), Cat(id="c"), Owner(id="o"))
    with pytest.raises(ValueError, match="say with to="):
        await edges(db, Owner.pets, [{"source": "o", "target": "c"}])
    await edges(db, Owner.pets, [{"source": "o", "target": "c"}], to=Cat)
    assert (await db.dump()).pairs("OWNS") == [("o", "c")]


async def test_csv_is_read_as_the_fields_declare(db: Database, tmp_path: Path) -> None:
    file = tmp_path / "stations.csv"
    file.write_text("code;name;zone;line\n007;Öl, Stadt;2;7\nx;;;\n", encoding="utf-8")
    source = read_csv(file, delimiter=";")
    await nodes(db, Line, LINES)
    assert await nodes(db, Station, source, columns={"line": None}) == 2
    assert await edges(db, Station.line, source, source="code", target="line", extra="ignore") == 1
    async with db.session() as s:
        first, second = await s.get_many(Station, ["007", "x"], fetch=["line"])
        assert (first.name, first.zone, first.line.number) == ("Öl, Stadt", 2, 7)
        assert (second.name, second.zone, second.line) == ("", None, None)


async def test_arrow_table_and_parquet(db: Database, tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    table = pa.table({"id": ["a", "b"], "title": ["A", "B"], "year": pa.array([1901, None], pa.int32())})
    assert await nodes(db, Artwork, table) == 2
    paintings = table.set_column(0, "id", pa.array(["c", "d"])).append_column("technique", pa.array(["oil", None]))
    parquet.write_table(paintings, tmp_path / "works.parquet")
    assert await nodes(db, Painting, read_parquet(tmp_path / "works.parquet"), batch=1) == 2
    async with db.session() as s:
        plain, painting = await s.get_many(Artwork, ["a", "c"])
        assert (type(plain), plain.title, plain.year) == (Artwork, "A", 1901)
        assert (type(painting), painting.year, painting.technique) == (Painting, 1901, "oil")


@pytest.mark.usefixtures("registry")
async def test_value_that_the_database_cannot_hold_is_named(db: Database) -> None:
    class Tape(Node):
        id: str
        length: int = Field(name="len")

    with pytest.raises(FieldValidationError, match=r"Tape.length: .*64 bits \(row 2\)"):
        await nodes(db, Tape, [{"id": "a", "length": 1}, {"id": "b", "length": 2**63}])
    assert await nodes(db, Tape, [{"id": "a", "len": 1}]) == 1


async def test_value_that_an_index_cannot_hold_is_refused(db: Database) -> None:
    await db.schema().create(Artist)
    rows = [{"id": "a", "name": "A"}, {"id": "b", "name": " blank "}]
    if db.dialect.first_index_flaw([" blank "]) is None:
        assert await nodes(db, Artist, rows) == 2
    else:
        with pytest.raises(FieldValidationError, match=r"Artist.name: .*white space.*\(row 2\)"):
            await nodes(db, Artist, rows)
