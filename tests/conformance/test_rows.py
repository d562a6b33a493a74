"""Section 3: rows of values are what is asked for, under the names, in the order, and as many as are counted."""

from __future__ import annotations

from typing import Any

import pytest

from runic.ogm import (
    coalesce,
    col,
    count,
    desc,
    max_,
    min_,
    ref,
    select,
    to_lower,
)
from runic.ogm.query.related import count_related

from .harness import Database
from .models import Artist, Artwork, Painting, Sculpture


async def seed(db: Database) -> None:
    """a made three paintings, b a sculpture and c nothing; a and c learnt from b, and d from a."""
    works = [Painting(id=f"p{i}", title=title, year=1500 + i % 2) for i, title in enumerate("xyx")]
    stone = Sculpture(id="s", title="X", year=1490)
    b = Artist(id="b", name="Bo", born=1400, works=[stone])
    a = Artist(id="a", name="An", born=1450, works=works, teacher=b)
    c = Artist(id="c", name="BO", teacher=b)
    d = Artist(id="d", name="An", born=1480, teacher=a)
    await db.save(*works, stone, a, b, c, d)


TAUGHT = select(Artist).alias("a").traverse(Artist.teacher, optional=False).alias("t")
MADE = select(Artist).alias("a").traverse(Artist.works).alias("w")
PUPIL, TEACHER = ref("a", Artist.name), ref("t", Artist.name)
LOW = to_lower(Artist.name)
ROWS: dict[str, tuple[Any, list[dict[str, Any]]]] = {
    "some fields": (
        select(Artist).project(Artist.id, Artist.born).order_by("id"),
        [{"id": "a", "born": 1450}, {"id": "b", "born": 1400}, {"id": "c", "born": None}, {"id": "d", "born": 1480}],
    ),
    "each once": (
        select(Artist).project("name").distinct().order_by("name"),
        [{"name": n} for n in ("An", "BO", "Bo")],
    ),
    "each once, a page of them": (
        select(Artist).project("name").distinct().order_by(desc(Artist.name)).skip(1).limit(1),
        [{"name": "BO"}],
    ),
    "several alike": (select(Artist).project("name").order_by("name"), [{"name": n} for n in ("An", "An", "BO", "Bo")]),
    "ordered by the second column": (
        select(Artist).project(Artist.name, Artist.id).order_by(desc(Artist.id)),
        [{"name": "An", "id": "d"}, {"name": "BO", "id": "c"}, {"name": "Bo", "id": "b"}, {"name": "An", "id": "a"}],
    ),
    "names that clash": (
        TAUGHT.project(PUPIL, TEACHER).order_by(ref("a", Artist.id)),
        [
            {"a.name": "An", "t.name": "Bo"},
            {"a.name": "BO", "t.name": "Bo"},
            {"a.name": "An", "t.name": "An"},
        ],
    ),
    "one of two that clash is named": (
        TAUGHT.project(PUPIL.as_("name"), TEACHER.as_("other")).order_by("name", ref("t", Artist.name)),
        [
            {"name": "An", "other": "An"},
            {"name": "An", "other": "Bo"},
            {"name": "BO", "other": "Bo"},
        ],
    ),
    "ordered by a field of another step than the one that is shown": (
        TAUGHT.project(PUPIL.as_("pupil")).order_by(desc(TEACHER), ref("a", Artist.id)),
        [{"pupil": "An"}, {"pupil": "BO"}, {"pupil": "An"}],
    ),
    "ordered by what is shown, each once": (
        select(Artist).project((col(Artist.born) - 1000).as_("x")).distinct().order_by(desc(col(Artist.born) - 1000)),
        [{"x": None}, {"x": 480}, {"x": 450}, {"x": 400}],
    ),
    "ordered by a function that is shown, each once": (
        select(Artist).project(LOW.as_("low")).distinct().order_by(desc(LOW)),
        [{"low": "bo"}, {"low": "an"}],
    ),
    "ordered by what is related": (
        select(Artist).project(Artist.id).order_by(desc(count_related(Artist.works)), "id"),
        [{"id": key} for key in "abcd"],
    ),
    "grouped by a field": (
        select(Artist)
        .aggregate(count().as_("n"), max_(Artist.born).as_("last"), group_by=LOW.as_("low"))
        .order_by("low"),
        [{"low": "an", "n": 2, "last": 1480}, {"low": "bo", "n": 2, "last": 1400}],
    ),
    "groups that are chosen": (
        select(Artist).aggregate(count().as_("n"), group_by=Artist.name).where(count() > 1),
        [{"name": "An", "n": 2}],
    ),
    "groups that are chosen by what is not shown": (
        MADE.aggregate(count(Artwork.id).as_("n"), group_by=Artist.id)
        .where(min_(Artwork.year) < 1500, max_(Artwork.year) < 1500),
        [{"id": "b", "n": 1}],
    ),
    "groups that are chosen by a field": (
        select(Artist).aggregate(count().as_("n"), group_by=Artist.name).where(Artist.name != "An").order_by("name"),
        [{"name": "BO", "n": 1}, {"name": "Bo", "n": 1}],
    ),
    "groups that are chosen by one of two fields": (
        TAUGHT.aggregate(count().as_("n"), PUPIL.as_("p"), TEACHER.as_("t"))
        .where(TEACHER == "Bo")
        .order_by("p", desc=True),
        [{"n": 1, "p": "BO", "t": "Bo"}, {"n": 1, "p": "An", "t": "Bo"}],
    ),
    "a page of groups that are chosen": (
        select(Artist).aggregate(count().as_("n"), group_by=Artist.name).where(count() < 3).order_by("name").limit(2),
        [{"name": "An", "n": 2}, {"name": "BO", "n": 1}],
    ),
    "no group": (select(Artist).aggregate(count().as_("n"), group_by=Artist.name).where(count() > 2), []),
    "grouped by what is asked": (
        select(Artist).aggregate(count().as_("n"), group_by=count_related(Artist.works).as_("made")).order_by("made"),
        [{"made": 0, "n": 2}, {"made": 1, "n": 1}, {"made": 3, "n": 1}],
    ),
    "grouped by what is calculated": (
        select(Artist)
        .aggregate(count().as_("n"), group_by=coalesce(Artist.born, 1450).as_("b"))
        .order_by("b", desc=True),
        [{"b": 1480, "n": 1}, {"b": 1450, "n": 2}, {"b": 1400, "n": 1}],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", list(ROWS))
async def test_rows_hold_what_is_asked_for(db: Database, case: str) -> None:
    await seed(db)
    statement, expected = ROWS[case]
    async with db.session() as s:
        assert await s.all_rows(statement) == expected


@pytest.mark.parametrize("case", list(ROWS))
async def test_rows_are_counted(db: Database, case: str) -> None:
    """As many as there are, and whether there are any."""
    await seed(db)
    statement, expected = ROWS[case]
    async with db.session() as s:
        assert await s.count(statement) == len(expected)
        assert await s.exists(statement) is bool(expected)


@pytest.mark.parametrize("chosen", [False, True])
async def test_group_by_a_root_is_its_entity(db: Database, chosen: bool) -> None:
    await seed(db)
    statement = MADE.aggregate(count(Artwork.id).as_("n"), group_by="a")
    if chosen:
        statement = statement.where(count(Artwork.id) < 3)
    async with db.session() as s:
        rows = await s.all_rows(statement.order_by(desc(ref("a", Artist.id))))
        found = [(row["a"].id, row["n"]) for row in rows]
        assert found == [("d", 0), ("c", 0), ("b", 1), *([] if chosen else [("a", 3)])]
        assert await s.count(statement) == len(found)
        assert await s.get(Artist, "b") in [row["a"] for row in rows]


@pytest.mark.parametrize("chosen", [False, True])
async def test_group_by_an_optional_step_has_one_group_for_nothing(db: Database, chosen: bool) -> None:
    await seed(db)
    statement = select(Artist).traverse(Artist.teacher).alias("t").aggregate(count().as_("n"), group_by="t")
    if chosen:
        statement = statement.where(count() < 2)
    async with db.session() as s:
        rows = await s.all_rows(statement.order_by(ref("t", Artist.id)))
        found = [(row["t"] and row["t"].id, row["n"]) for row in rows]
        assert found == [("a", 1), *([] if chosen else [("b", 2)]), (None, 1)]
        assert await s.count(statement) == len(found)
