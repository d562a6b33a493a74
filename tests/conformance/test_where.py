"""`select` and `where`: each operator, alone and together."""

from __future__ import annotations

import pytest

from runic.ogm import QueryError, col, select

from .harness import Database
from .models import Artist, Instrument, Station


async def seed(db: Database) -> None:
    await db.save(
        Artist(id="a", name="Anna", born=1400),
        Artist(id="b", name="Bruno", born=1450),
        Artist(id="c", name="Carla", born=1500),
        Artist(id="d", name="anton"),
    )


CASES = {
    "==": (lambda: Artist.name == "Anna", "a"),
    "!=": (lambda: Artist.id != "a", "bcd"),
    "<": (lambda: Artist.born < 1450, "a"),
    "<=": (lambda: Artist.born <= 1450, "ab"),
    ">": (lambda: Artist.born > 1450, "c"),
    ">=": (lambda: Artist.born >= 1450, "bc"),
    "reflected <": (lambda: 1450 < Artist.born, "c"),  # noqa: SIM300
    "== None": (lambda: Artist.born == None, "d"),  # noqa: E711 - the operator under test
    "!= None": (lambda: Artist.born != None, "abc"),  # noqa: E711 - the operator under test
    "contains": (lambda: col(Artist.name).contains("nn"), "a"),
    "startswith": (lambda: Artist.name.startswith("An"), "a"),
    "endswith": (lambda: Artist.name.endswith("a"), "ac"),
    "in_": (lambda: col(Artist.id).in_(["a", "c", "nobody"]), "ac"),
    "in_ empty": (lambda: col(Artist.id).in_([]), ""),
    "in_ with None": (lambda: col(Artist.born).in_([None, 1500]), "cd"),
    "not_in_ with None": (lambda: col(Artist.born).not_in_([None, 1500]), "ab"),
    "not_in_ of a field that may be null": (lambda: col(Artist.born).not_in_([1500]), "abd"),
    "not_in_": (lambda: col(Artist.id).not_in_(["a", "c"]), "bd"),
    "not_in_ empty": (lambda: col(Artist.id).not_in_([]), "abcd"),
    "is_null": (lambda: col(Artist.born).is_null(), "d"),
    "is_not_null": (lambda: col(Artist.born).is_not_null(), "abc"),
    "and": (lambda: (Artist.born > 1400) & (Artist.name == "Carla"), "c"),
    "or": (lambda: (Artist.name == "Anna") | (Artist.name == "Bruno"), "ab"),
    "not": (lambda: ~(Artist.id == "a"), "bcd"),
    "nested": (lambda: ((Artist.id == "a") | (Artist.id == "b")) & ~(Artist.born == 1400), "b"),
    "fields": (lambda: Artist.name != Artist.id, "abcd"),
    "empty text": (lambda: Artist.name == "", ""),
}


@pytest.mark.parametrize("case", list(CASES))
async def test_operator_finds(db: Database, case: str) -> None:
    await seed(db)
    predicate, expected = CASES[case]
    async with db.session() as s:
        found = await s.scalars(select(Artist).where(predicate()))
        assert sorted(artist.id for artist in found) == sorted(expected)


async def test_several_predicates_hold_together(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        both = select(Artist).where(Artist.born > 1400, Artist.born < 1500)
        chained = select(Artist).where(Artist.born > 1400).where(Artist.born < 1500)
        assert [a.id for a in await s.scalars(both)] == [a.id for a in await s.scalars(chained)] == ["b"]


async def test_or_is_bound_tighter_than_the_next_where(db: Database) -> None:
    """Precedence: an `|` in one where stays together beside another where."""
    await seed(db)
    async with db.session() as s:
        statement = select(Artist).where((Artist.id == "a") | (Artist.id == "b")).where(Artist.born == 1450)
        assert [artist.id for artist in await s.scalars(statement)] == ["b"]


async def test_renamed_property_is_filtered(db: Database) -> None:
    """`Field(name=...)`: the graph's name differs."""
    await db.save(Instrument(id="i", maker="Amati"), Instrument(id="j", maker="Guarneri"))
    assert (await db.dump()).node("i") == {"id": "i", "made_by": "Amati"}
    async with db.session() as s:
        assert [i.id for i in await s.scalars(select(Instrument).where(Instrument.maker == "Amati"))] == ["i"]


@pytest.mark.parametrize("use", ["if", "and", "or", "not", "chain", "in"])
def test_truth_of_a_predicate_raises(use: str) -> None:
    """So that `and` and `if` cannot drop a predicate in silence."""
    left, right = Artist.name == "a", Artist.id == "b"
    uses = {
        "if": lambda: 1 if left else 2,
        "and": lambda: left and right,
        "or": lambda: left or right,
        "not": lambda: not left,
        "chain": lambda: 1 < Artist.born < 2,
        "in": lambda: Artist.name in ["x", "y"],
    }
    with pytest.raises(TypeError):
        uses[use]()


@pytest.mark.parametrize("predicate", [True, False, None, "n.id = 'a'", 1, Artist.name], ids=repr)
def test_no_predicate_is_refused(predicate: object) -> None:
    """A plain bool is what `Artist().name == 'a'` gives: refused."""
    with pytest.raises(TypeError):
        select(Artist).where(predicate)


async def test_field_of_another_class_is_refused(db: Database) -> None:
    """A named error before anything is sent."""
    async with db.session() as s:
        with db.count() as sent, pytest.raises(QueryError):
            await s.scalars(select(Artist).where(Station.zone == 1))
        assert len(sent) == 0


async def test_unknown_alias_is_refused(db: Database) -> None:
    async with db.session() as s:
        with db.count() as sent, pytest.raises(QueryError, match="nowhere"):
            await s.scalars(select(Artist).where(Artist.id == "a", on="nowhere"))
        assert len(sent) == 0


@pytest.mark.parametrize("model", [None, str, "Artist", 1, Artist.name], ids=repr)
def test_select_of_no_model_is_refused(model: object) -> None:
    """Rule 19."""
    with pytest.raises(TypeError):
        select(model)


async def test_fragment_as_a_value_is_a_value(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        assert await s.scalars(select(Artist).where(Artist.name == "x' OR 1=1 OR n.name='")) == []
        assert await s.count(select(Artist)) == 4
