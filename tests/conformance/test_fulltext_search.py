"""Full-text searches: where a statement begins, and goes on as any other."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runic.ogm import (
    QueryError,
    QuerySyntaxError,
    UnsupportedFeatureError,
    asc,
    count,
    desc,
    max_,
    score,
    select,
)

from .harness import Database
from .theatre import Author, Comedy, Guest, Opera, Play

texts = pytest.mark.requires("supports_fulltext_index")
PREFIXES = {"age": "{}:*"}
"""How a raw query asks for words by their beginning, where that is not as in Lucene."""

HOSTILE = [
    "", " ", "*", "?", "-", "-storm", "+", "(", ")", "((", "{", "}", "[a TO b]", "{a TO b}", '"', '"storm', "'", "\\",
    "\\\\", "storm\\", "@title:storm", "title:storm", "|", "||", "&&", "!", "~", "storm~", "storm^9", "%storm%", "$x",
    "=>", "x=>{$weight: 2}", ":", ";", "/storm/", "//", "AND", "OR", "NOT", "storm AND", "TO", "`", "{$p}", "a\tb\nc",
    "\x01", "日本語", "é", "e\u0301", "“storm”", "…", "💥", "\u200b", "_", "__", "<", ">", "#", ",", ".", "storm,ship",
]  # fmt: skip


async def seed(db: Database, **schema: Any) -> None:
    await db.schema().create(Play, Comedy, Opera, Author, **schema)
    ann = Author(id="ann")
    plays = [
        Play(id="p1", title="The storm", plot="a ship and an island", acts=5),
        Comedy(id="p2", title="Twins", plot="after a storm, and in a storm, two ships are lost", acts=3),
        Opera(id="p3", title="The flute", libretto="storm of birds", acts=2),
        Play(id="p4", title="Silence", acts=1),
    ]
    ann.plays.append(plays[0])
    ann.plays.append(plays[3])
    await db.save(ann, *plays)


async def ids(query: Any) -> list[str]:
    return [found.id for found in await query.all()]


def plain(query: Any) -> Any:
    """Return the statement that the harness wraps in sync mode."""
    return getattr(query, "_target", query)


@texts
async def test_text_is_found_by_its_words(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        assert sorted(await ids(s.fulltext_search(Play, query="storm"))) == ["p1", "p2"]
        assert await ids(s.fulltext_search(Play, query="STORM island")) == ["p1"]
        assert await ids(s.fulltext_search(Play, query="island flute")) == []
        assert {type(play) for play in await s.fulltext_search(Play, "storm").all()} == {Play, Comedy}


@texts
async def test_fields_narrow_the_search(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        assert await ids(s.fulltext_search(Play, "storm", fields=[Play.title])) == ["p1"]
        assert await ids(s.fulltext_search(Play, "storm", fields=["plot"])) == ["p2"]
        assert len(await ids(s.fulltext_search(Play, "storm", fields=["plot", "title"]))) == 2
        assert await ids(s.fulltext_search(Play, "storm island", fields=["plot"])) == []


@texts
async def test_best_text_comes_first(db: Database) -> None:
    await db.schema().create(Play)
    await db.save(*(Play(id=f"p{n}", plot="storm " * n + "calm " * (9 - n)) for n in (1, 5, 3)))
    async with db.session() as s:
        assert await ids(s.fulltext_search(Play, "storm calm").limit(9))
        rows = await s.fulltext_search(Play, "storm").project("id", score()).all_rows()
        scores = [row["score"] for row in rows]
        assert scores == sorted(scores, reverse=True)
        assert all(0 < value <= 1 for value in scores)
        turned = await s.fulltext_search(Play, "storm").order_by(asc(score()), "id").project(score()).all_rows()
        assert [row["score"] for row in turned] == scores[::-1]


@texts
async def test_page_of_a_search_has_the_best(db: Database) -> None:
    """Also where the page is not the end of the statement, and unless it asks for another order."""
    await db.schema().create(Play, Author)
    plays = [Play(id=f"p{n}", plot="storm " * n + "calm " * (9 - n), acts=n) for n in (1, 5, 3)]
    await db.save(*plays, *(Author(id=f"by {play.id}", plays=[play]) for play in plays))
    async with db.session() as s:
        found = s.fulltext_search(Play, "storm").alias("p")
        best = await ids(found)
        assert await ids(found.limit(2)) == best[:2]
        assert await ids(found.limit(1).with_("p")) == best[:1]
        authors = found.limit(1).with_("p").traverse(Play.author, optional=False).alias("a").return_target("a")
        assert await ids(authors) == [f"by {best[0]}"]
        assert await ids(found.order_by(Play.acts).limit(1).with_("p")) == ["p1"]
        assert await ids(found.with_("p").order_by(desc(Play.acts)).limit(1)) == ["p5"]
        assert [row["n"] for row in await found.aggregate(count().as_("n"), group_by=Play.acts).all_rows()] == [1] * 3


@texts
async def test_distinct_ends_of_a_search(db: Database) -> None:
    """Scores do not tell them apart, also where a stage ends."""
    await db.schema().create(Play, Author)
    plays = [Play(id=f"p{n}", plot="storm " * n + "calm " * (9 - n), acts=n) for n in (1, 5, 3)]
    await db.save(*plays, Author(id="ann", plays=plays))
    async with db.session() as s:
        steps = s.fulltext_search(Play, "storm").alias("p").traverse(Play.author, optional=False).alias("a")
        ends = steps.distinct()
        assert await ids(ends.return_target("a")) == ["ann"]
        assert await ids(ends.with_("a").return_target("a")) == ["ann"]
        assert await ids(steps.with_("a").return_target("a")) == ["ann"] * 3
        assert len(await ends.with_("a", score().as_("s")).all_rows()) == 3


@texts
async def test_text_search_of_a_subclass(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        assert await ids(s.fulltext_search(Comedy, "storm")) == ["p2"]
        assert await ids(s.fulltext_search(Opera, "birds")) == ["p3"]
        assert await ids(s.fulltext_search(Opera, "flute birds")) == ["p3"]


@texts
async def test_text_search_goes_on(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        found = s.fulltext_search(Play, "storm")
        assert await ids(found.where(Play.acts > 3)) == ["p1"]
        assert await ids(found.alias("p").traverse(Play.author, optional=False).alias("a").return_target("a")) == [
            "ann"
        ]
        assert await found.count() == 2
        assert await found.exists()
        assert await found.where(Play.acts > 9).exists() is False
        assert await ids(found.order_by(desc(Play.acts)).limit(1)) == ["p1"]
        assert await ids(found.order_by(Play.acts).skip(1)) == ["p1"]
        rows = await found.aggregate(count(), max_(Play.acts).as_("acts")).all_rows()
        assert rows == [{"count": 2, "acts": 5}]


@texts
async def test_text_search_fetches(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        with db.count() as statements:
            [play] = await s.fulltext_search(Play, "island").fetch("author").all()
            assert play.author.id == "ann"
        assert len([event for event in statements if event.origin == "query"]) == 1


@texts
@pytest.mark.parametrize("query", HOSTILE)
async def test_nothing_is_syntax(db: Database, query: str) -> None:
    """Full-text syntax is escaped: whatever a user types is words, or nothing."""
    await db.schema().create(Play)
    await db.save(Play(id="p", title=f"wreck {query}", plot="storm ship"), Play(id="q", title="calm"))
    async with db.session() as s:
        assert "q" not in await ids(s.fulltext_search(Play, query=query))
        assert await ids(s.fulltext_search(Play, query=f"wreck {query}", fields=["title"])) in (["p"], [])
        if query.isascii() and query.replace("_", "a").isprintable():
            words = set(re.split(r"[^a-z0-9]+", query.lower())) - {""}
            expected = ["p"] if words <= {"storm", "ship"} else []
            assert (
                await ids(s.fulltext_search(Play, query=f"ship {query}", fields=["plot"])) == expected or "_" in query
            )


@texts
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20))
async def test_any_text_can_be_searched(db: Database, text: str) -> None:
    await db.schema().create(Play)
    await db.save(Play(id="p", title="anchor"))
    async with db.session() as s:
        assert await ids(s.fulltext_search(Play, query="anchor " + text)) in (["p"], [])
        assert await s.fulltext_search(Play, text, fields=[Play.title, "plot"]).count() in (0, 1)


@texts
async def test_raw_query_is_in_the_databases_syntax(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        beginning = PREFIXES.get(db.dialect.name, "{}*").format("stor")
        assert sorted(await ids(s.fulltext_search(Play, beginning, raw=True))) == ["p1", "p2"]
        with pytest.raises(QuerySyntaxError):
            await s.fulltext_search(Play, "(", raw=True).all()


@texts
async def test_text_search_sees_what_is_staged(db: Database) -> None:
    await db.schema().create(Play)
    async with db.session() as s:
        s.add(Play(id="new", title="thunder"))
        assert await ids(s.fulltext_search(Play, "thunder")) == ["new"]


@texts
async def test_text_search_without_the_index_is_refused(db: Database) -> None:
    async with db.session() as s:
        with pytest.raises(QueryError, match=r"SchemaManager\(driver\)\.create\(Play\)"):
            await s.fulltext_search(Play, "storm").all()
    await db.schema().create(Play)
    async with db.session() as s:
        assert await s.fulltext_search(Play, "storm").all() == []


@texts
async def test_text_search_pages(db: Database) -> None:
    await db.schema().create(Play)
    await db.save(*(Play(id=f"p{n:03}", title="storm", acts=n) for n in range(250)))
    async with db.session() as s:
        found = s.fulltext_search(Play, "storm")
        pages = [await ids(found.skip(start).limit(100)) for start in (0, 100, 200)]
        assert [len(page) for page in pages] == [100, 100, 50]
        assert len({name for page in pages for name in page}) == 250
        streamed = [play.id async for play in found.stream(batch=60)]
        assert streamed == [name for page in pages for name in page]


@texts
async def test_searches_unite(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        both = s.fulltext_search(Play, "island").union(plain(s.fulltext_search(Play, "flute")))
        assert await ids(both.order_by("id")) == ["p1", "p3"]
        more = both.union(select(Play).where(Play.acts == 1))
        assert await ids(more.order_by(desc(Play.id))) == ["p4", "p3", "p1"]
        with pytest.raises(QueryError, match="score"):
            both.order_by(score())


@texts
async def test_found_are_changed(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        found = plain(s.fulltext_search(Play, "storm").update(acts=7))
        if db.dialect.supports_search_in_writes:
            await s.execute(found)
        else:
            with pytest.raises(UnsupportedFeatureError, match="scalars"):
                await s.execute(found)
            for play in await s.fulltext_search(Play, "storm").all():
                play.acts = 7
    async with db.session() as s:
        assert sorted(play.id for play in await s.scalars(select(Play).where(Play.acts == 7))) == ["p1", "p2"]


async def test_database_without_searches_says_so(db: Database) -> None:
    async with db.session() as s:
        if not db.dialect.supports_fulltext_index:
            with pytest.raises(UnsupportedFeatureError, match="full-text"):
                await s.fulltext_search(Play, "storm").all()
        if not db.dialect.supports_vector_index:
            with pytest.raises(UnsupportedFeatureError, match="vector"):
                await s.vector_search(Play, "about", [1, 0]).all()


@pytest.mark.sync_only
async def test_wrong_arguments(db: Database) -> None:
    wrong: Any = 3
    async with db.session() as s:
        for call, error in (
            (lambda: s.fulltext_search("Play", "x"), TypeError),
            (lambda: s.fulltext_search(Play, wrong), TypeError),
            (lambda: s.fulltext_search(Play, "x", fields="title"), TypeError),
            (lambda: s.fulltext_search(Play, "x", fields=[wrong]), TypeError),
            (lambda: s.fulltext_search(Play, "x", raw=wrong), TypeError),
            (lambda: s.fulltext_search(Play, "x", fields=["acts"]), QueryError),
            (lambda: s.fulltext_search(Play, "x", fields=["nope"]), QueryError),
            (lambda: s.fulltext_search(Play, "\0"), QueryError),
            (lambda: s.fulltext_search(Play, "\ud800"), QueryError),
            (lambda: s.fulltext_search(Guest, "x"), QueryError),
            (lambda: s.vector_search(Play, "mood", [1, 0]), QueryError),
            (lambda: s.vector_search(Play, "nope", [1, 0]), QueryError),
            (lambda: s.vector_search(Play, wrong, [1, 0]), TypeError),
            (lambda: s.vector_search(Play, "about", [1, 0], k=0), ValueError),
            (lambda: s.vector_search(Play, "about", [1, 0], k="2"), TypeError),
            (lambda: s.query(Play).where(score() > 1), QueryError),
        ):
            with pytest.raises(error):
                call()


@texts
@pytest.mark.parametrize("size", [1, 3])
async def test_keyset_pages_of_a_search(db: Database, size: int) -> None:
    """Many have one score, which is no short number."""
    await db.schema().create(Play)
    await db.save(*(Play(id=f"p{n}", plot="storm calm " + "calm " * (n // 3)) for n in range(7)))
    async with db.session() as s:
        found, cursor = list[str](), None
        for _ in range(8):
            page = await s.fulltext_search(Play, "storm").after(cursor, size)
            found += [play.id for play in page]
            cursor = page.cursor
            if cursor is None:
                break
        assert cursor is None
        assert sorted(found) == [f"p{n}" for n in range(7)]
