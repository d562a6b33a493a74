"""Bad input: a named error before anything is sent, or an exact round trip. Nothing between."""

from __future__ import annotations

import copy
import math
from typing import Any

import pytest

from runic.ogm import FieldValidationError, OGMError, col, select

from . import hostile
from .harness import Database
from .models import Artist, Exhibition, Lender, Loan, Painting, Sculpture, Showing, Station

REFUSED = (OGMError, TypeError, ValueError)


def table(values: dict[str, Any]) -> Any:
    return pytest.mark.parametrize("value", list(values.values()), ids=list(values))


def refused_texts() -> Any:
    """Texts that no property can hold; some databases hold U+0000, which test_converters.py reads back."""
    nul = pytest.mark.requires("refuses_nul")
    cases = [
        pytest.param(value, id=name, marks=[nul] if isinstance(value, str) and "\0" in plain(value) else [])
        for name, value in hostile.REFUSED_TEXTS.items()
    ]
    return pytest.mark.parametrize("value", cases)


def plain(value: Any) -> Any:
    """Return the characters of a str subclass."""
    return str.__str__(value) if isinstance(value, str) else value


@table(hostile.TEXTS)
async def test_text_as_a_value_round_trips(db: Database, value: str) -> None:
    await db.save(Artist(id="a", name=value, nicknames=[value], notes={"k": value}), Artist(id="other", name="-"))
    async with db.session() as s:
        artist = await s.get(Artist, "a")
        assert artist.name == plain(value)
        assert artist.nicknames == [plain(value)]
        assert artist.notes == {"k": plain(value)}
        found = await s.scalars(select(Artist).where(Artist.name == value))
        assert found == [artist]
        assert await s.count(select(Artist)) == 2


@table(hostile.TEXTS)
async def test_text_as_a_key_round_trips(db: Database, value: str) -> None:
    """Or is refused as a key, before anything is sent."""
    s = db.open()
    try:
        with db.count() as sent:
            s.add(Station(code=value))
            await s.commit()
    except REFUSED:
        assert len(sent) == 0
        await s.rollback()
    else:
        s.expunge_all()
        assert (await s.get(Station, value)).code == plain(value)
        await s.relate(s.reference(Station, value), Station.neighbours, s.reference(Station, value))
        await s.commit()
        assert (await db.dump()).pairs("LINKS_TO") == [(plain(value), plain(value))]
    await s.close()


@table(hostile.TEXTS)
async def test_text_as_a_dict_key_round_trips(db: Database, value: str) -> None:
    await db.save(Artist(id="a", name="A", notes={value: {value: 1}}))
    async with db.session() as s:
        assert (await s.get(Artist, "a")).notes == {plain(value): {plain(value): 1}}


@table(hostile.TEXTS)
async def test_text_in_an_edge_round_trips(db: Database, value: str) -> None:
    async with db.session() as s:
        x, p = Exhibition(id="x", title="X"), Painting(id="p", title="P")
        s.add_all([x, p])
        await s.relate(x, Exhibition.works, p, edge=Showing(room=value))
    async with db.session() as s:
        [(edge, _)] = await s.edges(await s.get(Exhibition, "x"), Exhibition.works)
        assert edge.room == plain(value)


@table(hostile.TEXTS)
async def test_text_as_an_edge_key_round_trips(db: Database, value: str) -> None:
    lender, x = Lender(name="L"), Exhibition(id="x", title="X")
    for fee in (1, 2):
        async with db.session() as s:
            s.merge_all([lender, x]) if fee == 2 else s.add_all([lender, x])
            await s.relate(lender, Lender.loans, x, edge=Loan(number=value, fee=fee))
    assert [row[3] for row in (await db.dump()).edges] == [{"number": plain(value), "fee": 2}]


@table({name: value for name, value in hostile.TEXTS.items() if len(value) < 1000})
@pytest.mark.parametrize("operator", ["contains", "startswith", "endswith", "in_", "not_in_"])
async def test_text_in_an_operator_is_a_value(db: Database, operator: str, value: str) -> None:
    await db.save(Artist(id="a", name=f"<{plain(value)}>"), Artist(id="b", name="<>"))
    attribute = col(Artist.name)
    argument = {
        "contains": plain(value),
        "startswith": "<" + plain(value),
        "endswith": plain(value) + ">",
        "in_": [f"<{plain(value)}>"],
        "not_in_": [value],
    }[operator]
    expected = ["a", "b"] if operator == "not_in_" or not plain(value) else ["a"]
    async with db.session() as s:
        found = await s.scalars(select(Artist).where(getattr(attribute, operator)(argument)).order_by(Artist.id))
        assert [artist.id for artist in found] == expected


@refused_texts()
async def test_no_text_as_a_value_is_refused(db: Database, value: object) -> None:
    s = db.open()
    with db.count() as sent, pytest.raises(FieldValidationError):
        s.add(Artist(id="a", name=value))
        await s.commit()
    assert len(sent) == 0
    await s.rollback()
    await s.close()


@refused_texts()
async def test_no_text_as_a_key_is_refused(db: Database, value: object) -> None:
    s = db.open()
    with db.count() as sent:
        with pytest.raises(REFUSED):
            await s.get(Artist, value)
        with pytest.raises(REFUSED):
            s.delete(s.reference(Artist, value))
            await s.commit()
    assert len(sent) == 0
    await s.rollback()
    await s.close()


@refused_texts()
async def test_no_text_in_a_filter_is_refused(db: Database, value: object) -> None:
    async with db.session() as s:
        with db.count() as sent, pytest.raises(REFUSED):
            await s.scalars(select(Artist).where(Artist.name == value))
        assert len(sent) == 0


@refused_texts()
async def test_no_text_in_a_list_is_refused(db: Database, value: object) -> None:
    s = db.open()
    with db.count() as sent, pytest.raises(FieldValidationError):
        s.add(Artist(id="a", name="A", nicknames=["fine", value]))
        await s.commit()
    assert len(sent) == 0
    await s.rollback()
    await s.close()


@table(hostile.INTEGERS)
async def test_integer_round_trips(db: Database, value: int) -> None:
    await db.save(Artist(id="a", name="A", born=value))
    async with db.session() as s:
        found = await s.one(select(Artist).where(Artist.born == value))
        assert found.born == int.__add__(value, 0)
        assert type(found.born) is int


@table(hostile.REFUSED_INTEGERS)
async def test_no_integer_is_refused(db: Database, value: object) -> None:
    s = db.open()
    with db.count() as sent, pytest.raises(FieldValidationError):
        s.add(Artist(id="a", name="A", born=value))
        await s.commit()
    assert len(sent) == 0
    await s.rollback()
    with db.count() as sent, pytest.raises(REFUSED):
        await s.scalars(select(Artist).where(col(Artist.born) > value))
    assert len(sent) == 0
    await s.close()


@table(hostile.FLOATS)
async def test_float_round_trips(db: Database, value: float) -> None:
    await db.save(Sculpture(id="s", title="S", weight=value))
    async with db.session() as s:
        weight = (await s.get(Sculpture, "s")).weight
        assert math.isclose(weight, float.__add__(value, 0.0), rel_tol=1e-14)
        assert type(weight) is float
        assert math.copysign(1, weight) == math.copysign(1, value) or value == 0


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")], ids=repr)
async def test_odd_float_round_trips_or_is_refused(db: Database, value: float) -> None:
    """NaN where refused: a named error before anything is sent."""
    s = db.open()
    try:
        with db.count() as sent:
            s.add(Sculpture(id="s", title="S", weight=value))
            await s.commit()
    except FieldValidationError:
        assert len(sent) == 0
        await s.rollback()
    else:
        s.expunge_all()
        weight = (await s.get(Sculpture, "s")).weight
        assert weight == value or (math.isnan(weight) and math.isnan(value))
    await s.close()


@table(hostile.REFUSED_FLOATS)
async def test_no_float_is_refused(db: Database, value: object) -> None:
    s = db.open()
    with db.count() as sent, pytest.raises(FieldValidationError):
        s.add(Sculpture(id="s", title="S", weight=value))
        await s.commit()
    assert len(sent) == 0
    await s.rollback()
    await s.close()


@pytest.mark.parametrize("value", [hostile.Liar(), hostile.Thrower(), hostile.EqualToAll(), -1, 1.5, True], ids=type)
@pytest.mark.parametrize("method", ["limit", "skip"])
async def test_hostile_bounds_are_refused(db: Database, method: str, value: object) -> None:
    async with db.session() as s:
        with db.count() as sent, pytest.raises(REFUSED):
            await s.scalars(getattr(select(Artist), method)(value))
        assert len(sent) == 0


@pytest.mark.parametrize("method", ["limit", "skip"])
async def test_loud_bound_is_a_number_or_refused(db: Database, method: str) -> None:
    """An int whose text is Cypher."""
    await db.save(*[Artist(id=f"a{i}", name="n") for i in range(7)])
    async with db.session() as s:
        try:
            with db.count() as sent:
                found = await s.scalars(getattr(select(Artist), method)(hostile.LoudInt(5)))
        except REFUSED:
            assert len(sent) == 0
        else:
            assert len(found) == (5 if method == "limit" else 2)
    assert len((await db.dump()).nodes) == 7


@table(hostile.TEXTS)
async def test_raw_parameters_are_bound(db: Database, value: str) -> None:
    async with db.session() as s:
        [row] = await s.execute(
            "RETURN $value AS value, size($values) AS n", {"value": value, "values": [value, value]}
        )
        assert row == {"value": plain(value), "n": 2}


@table(
    {
        "nul": "a\0b",
        "surrogate": "\ud800",
        "too large": 2**63,
        "nested too large": [[2**63]],
        "nul in a map": {"k": "\0"},
        "nul in a key": {"\0": 1},
        "liar": hostile.Liar(),
        "thrower": hostile.Thrower(),
        "object": object(),
        "generator": (i for i in range(3)),
        "class": Artist,
        "complex": 1j,
        "back-tick key": {"a`b": 1},
    },
)
async def test_hostile_raw_parameters_are_refused(db: Database, value: object) -> None:
    """Or spelt exactly, where the database has a way."""
    async with db.session() as s:
        try:
            with db.count() as sent:
                [row] = await s.execute("RETURN $value AS value", {"value": value})
        except REFUSED:
            assert len(sent) == 0
        else:
            assert row["value"] == value


async def test_recursive_value_is_refused(db: Database) -> None:
    loop: list[Any] = []
    loop.append(loop)
    s = db.open()
    with db.count() as sent, pytest.raises(FieldValidationError, match=r"Artist\.notes"):
        s.add(Artist(id="a", name="A", notes={"loop": loop}))
        await s.commit()
    assert len(sent) == 0
    await s.rollback()
    await s.close()


async def test_deep_value_round_trips_or_is_refused(db: Database) -> None:
    deep: Any = 1
    for _ in range(5000):
        deep = [deep]
    s = db.open()
    try:
        with db.count() as sent:
            s.add(Artist(id="a", name="A", notes={"deep": deep}))
            await s.commit()
    except FieldValidationError:
        assert len(sent) == 0
        await s.rollback()
    else:
        s.expunge_all()
        assert "deep" in (await s.get(Artist, "a")).notes
    await s.close()


async def test_entity_as_a_value_is_refused(db: Database) -> None:
    s = db.open()
    with db.count() as sent, pytest.raises(FieldValidationError):
        s.add(Artist(id="a", name=Artist(id="b", name="B")))
        await s.commit()
    assert len(sent) == 0
    await s.rollback()
    await s.close()


async def test_copied_entity_is_detached(db: Database) -> None:
    """typing.md: a copy is no second handle of the session's entity."""
    await db.save(Artist(id="a", name="A"))
    async with db.session() as s:
        artist = await s.get(Artist, "a")
        twin = copy.deepcopy(artist)
        assert twin not in s
        twin.name = "B"
    assert (await db.dump()).node("a")["name"] == "A"
