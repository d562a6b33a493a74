"""Section 3 and issue point 3: how a statement is spelt, and how the database runs it."""

from __future__ import annotations

import pytest

from runic.ogm import Plan, QueryError, param, select
from runic.ogm.cypher.dialect import Dialect

from .harness import Database
from .models import Artist, Gallery

STATEMENT = select(Artist).where(Artist.name == "x").traverse("gallery", optional=False).order_by("name")


@pytest.mark.requires("supports_explain")
async def test_explain_runs_nothing(db: Database) -> None:
    gallery = Gallery(id="g", name="G")
    await db.save(gallery, Artist(id="a", name="x", gallery=gallery))
    async with db.session() as s:
        with db.count() as sent:
            plan = await s.explain(STATEMENT)
        assert len(sent) == 1
        assert isinstance(plan, Plan)
        assert len(plan.steps) > 2
        assert plan.rows is None
        assert plan.steps[0].depth == 0
        assert max(step.depth for step in plan) > 0
        assert plan.text.startswith(plan.steps[0].operator)
        await s.explain(select(Artist).delete())
        await s.explain(select(Artist).project("name"))
        assert await s.count(select(Artist)) == 1


@pytest.mark.requires("supports_profile")
async def test_profile_counts_rows(db: Database) -> None:
    gallery = Gallery(id="g", name="G")
    await db.save(gallery, *(Artist(id=f"a{i}", name="x", gallery=gallery) for i in range(3)))
    async with db.session() as s:
        plan = await s.profile(STATEMENT)
        assert plan.rows == 3
        assert "3 rows" in str(plan)
        assert (await s.query(Artist).limit(2).profile()).rows == 2


@pytest.mark.requires("supports_explain")
async def test_plan_of_an_empty_graph(db: Database) -> None:
    async with db.session() as s:
        assert (await s.query(Artist).explain()).steps


@pytest.mark.requires("supports_explain")
async def test_plan_holds_what_fetch_reads(db: Database) -> None:
    statement = select(Artist).where(Artist.name == "x")
    async with db.session() as s:
        root = await s.explain(statement)
        whole = await s.explain(statement.fetch("gallery"))
    assert len(whole.steps) != len(root.steps)
    assert whole.steps[-1].depth >= 1


@pytest.mark.requires("supports_profile")
async def test_profile_counts_what_fetch_reads(db: Database) -> None:
    gallery = Gallery(id="g", name="G")
    await db.save(gallery, *(Artist(id=f"a{i}", name="x", gallery=gallery) for i in range(3)))
    async with db.session() as s:
        with db.count() as sent:
            plan = await s.profile(select(Artist).fetch("gallery"))
        assert plan.rows == 3 + 3 + 1  # artists, pairs, galleries
        assert len(sent) == 1


async def test_built_text_is_what_fetch_sends(db: Database) -> None:
    gallery = Gallery(id="g", name="G")
    await db.save(gallery, Artist(id="a", name="x", gallery=gallery))
    statement = select(Artist).where(Artist.name == "x").order_by("id").fetch("gallery").limit(5)
    async with db.session() as s:
        await s.scalars(select(Gallery))
        with db.count() as sent:
            await s.scalars(statement)
    assert sent[-1].text == statement.build(db.dialect)[0]
    assert len(sent) == 1


async def test_fetch_names_a_value_that_is_missing(db: Database) -> None:
    async with db.session() as s:
        with db.count() as sent, pytest.raises(QueryError, match="values for name"):
            await s.scalars(select(Artist).where(Artist.name == param("name")).fetch("gallery"))
        assert len(sent) == 0


async def test_profile_refuses_to_write(db: Database) -> None:
    await db.save(Artist(id="a", name="x"))
    async with db.session() as s:
        for statement in (select(Artist).delete(), select(Artist).update(name="y")):
            with pytest.raises(QueryError, match="runs"):
                await s.profile(statement)
        with pytest.raises(TypeError, match="select"):
            await s.explain("MATCH (n) RETURN n")
    assert (await db.dump()).keys("Artist") == ["a"]


async def test_statement_shows_its_text(db: Database) -> None:
    async with db.session() as s:
        query = s.query(Artist).where(Artist.name == "x")
        query = query if db.is_async else query._target
        text, parameters = query.build()
        assert text == select(Artist).where(Artist.name == "x").build(db.dialect)[0]
        assert list(parameters.values()) == ["x"]
        assert repr(query) == text
        assert repr(select(Artist).where(Artist.name == "x")) == query.build(Dialect())[0]
        assert select(Artist).build(db.dialect.name)[0] == select(Artist).build(db.dialect)[0]
    with pytest.raises(ValueError, match="falkordb"):
        select(Artist).build("oracle")
