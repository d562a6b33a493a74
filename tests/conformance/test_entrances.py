"""Every public entrance with hostile text and objects: a value, or a named error; and nothing that was there is gone."""

# ruff: noqa: ARG005, E501, RUF001 - tables: all rows take the same arguments, and hold odd characters

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runic.ogm import (
    OGMError,
    coalesce,
    collect,
    count,
    desc,
    fn,
    param,
    select,
    sum_,
    to_lower,
)

from .harness import Database
from .hostile import Liar, LoudFloat, LoudInt, LoudText
from .models import Artist, Artwork, Exhibition, Gallery, Showing

REFUSED = (OGMError, TypeError, ValueError)
"""Rule 19: all that wrong use may raise."""
ATTACKS = [
    "`) DETACH DELETE n //", "' }) DETACH DELETE n //", "x`]-() DETACH DELETE n WITH 1 AS `y", "id: 1}) SET n.name = 'x' //",
    "a`;", "\\`", "`", "``", "'", '"', "\\", "$p", "$$", "$$) AS (a agtype); DROP GRAPH g; --", "{", "}", "//", "/* */", "\n",
    "\0", "\x01", "\u2028", "\ud800", "", " ", "id", "name", "gallery", "gallery.artists", "n", "count", "*", "1", "-1", "é",
    "\u202e", "𝔘", "x" * 300, "CALL db.labels()", "LOAD CSV FROM 'file:///etc/passwd' AS x", "apoc.load.json", "../../etc",
]  # fmt: skip
OBJECTS: list[Any] = [
    None, True, 0, 1, -1, 2**63, 10**30, 1.5, float("nan"), float("inf"), b"x", (), [], {}, set(), object(), Artist, int, len,
    LoudText("id"), LoudText("x"), LoudInt(3), LoudFloat(2.0), Liar(), ["id", "name"], {"id": "a"}, Artist.name,
    Artist.gallery, Showing.room, Exhibition.works, lambda: None, Ellipsis, NotImplemented, range(3),
]  # fmt: skip
anything = st.one_of(st.sampled_from(ATTACKS), st.sampled_from(OBJECTS), st.text(max_size=8), st.integers())

Build = Callable[[Any, Any], Any]
STATEMENTS: list[Build] = [
    lambda a, b: select(Artist).alias(a),
    lambda a, b: select(a),
    lambda a, b: select(Artist, a, b),
    lambda a, b: select(Artist).where(a),
    lambda a, b: select(Artist).where(Artist.name == a, on=b),
    lambda a, b: select(Artist).where(Artist.name == a),
    lambda a, b: select(Artist).where(Artist.name.contains(a)),  # type: ignore[attr-defined]
    lambda a, b: select(Artist).where(Artist.name.matches(a)),  # type: ignore[attr-defined]
    lambda a, b: select(Artist).where(Artist.id.in_(a)),  # type: ignore[attr-defined]
    lambda a, b: select(Artist).where(Artist.born + a > b),  # type: ignore[operator]
    lambda a, b: select(Artist).traverse(a, edge_alias=b),
    lambda a, b: select(Artist).traverse("gallery", edge_alias=a).alias(b),
    lambda a, b: select(Artist).traverse("gallery", on=a),
    lambda a, b: select(Artist).repeat("teacher", a, b),
    lambda a, b: select(Artist).exists(a, b),
    lambda a, b: select(Artist).order_by(a, b),
    lambda a, b: select(Artist).order_by(desc(a)),
    lambda a, b: select(Artist).skip(a).limit(b),
    lambda a, b: select(Artist).with_(a, b),
    lambda a, b: select(Artist).return_nodes(a, b),
    lambda a, b: select(Artist).return_edge(a).return_target(b),
    lambda a, b: select(Artist).project(a, b),
    lambda a, b: select(Artist).project(Artist.name.as_(a)),  # type: ignore[attr-defined]
    lambda a, b: select(Artist).project(fn(a, b)),
    lambda a, b: select(Artist).project(fn("toUpper", a).as_("x")),
    lambda a, b: select(Artist).project(coalesce(Artist.name, a), to_lower(b)),
    lambda a, b: select(Artist).aggregate(count(a), sum_(b), group_by=Artist.name),
    lambda a, b: select(Artist).aggregate(collect(Artist.name), group_by=a),
    lambda a, b: select(Artist).where(Artist.name == param(a)).params(x=b),
    lambda a, b: select(Artist).where(Artist.name == param("x")).params(x=a),
    lambda a, b: select(Artist).fetch(a, b),
    lambda a, b: select(Artist).union(a),
    lambda a, b: select(Artist).timeout(a),
    lambda a, b: select(Artist).where(Artist.id == "nobody").update(name=a),
]

Call = Callable[[Any, Any, Any], Any]
CALLS: list[Call] = [
    lambda s, a, b: s.get(Artist, a, fetch=[b]),
    lambda s, a, b: s.get(a, b),
    lambda s, a, b: s.get_many(Artist, [a, b]),
    lambda s, a, b: s.get_many(Artist, a),
    lambda s, a, b: s.load(a, b),
    lambda s, a, b: s.refresh(a, b),
    lambda s, a, b: s.edges(a, b),
    lambda s, a, b: s.relate(a, "gallery", b),
    lambda s, a, b: s.relate_all(a, b),
    lambda s, a, b: s.relate_all("gallery", [(a, b)]),
    lambda s, a, b: s.unrelate(a, b, a),
    lambda s, a, b: s.execute(a, b),
    lambda s, a, b: s.execute("RETURN $x AS x", {"x": a}),
    lambda s, a, b: s.execute("RETURN 1", {a: b}) if isinstance(a, str) else s.execute("RETURN 1", a),
    lambda s, a, b: s.execute("RETURN 1", timeout=a),
    lambda s, a, b: s.scalars(a),
    lambda s, a, b: s.count(a),
    lambda s, a, b: s.all_with_edges(select(Artist), a, b),
]
PLAIN_CALLS: list[Call] = [
    lambda s, a, b: s.add(a),
    lambda s, a, b: s.add_all(a),
    lambda s, a, b: s.merge(a),
    lambda s, a, b: s.delete(a),
    lambda s, a, b: s.reference(a, b),
    lambda s, a, b: s.reference(Artist, a),
    lambda s, a, b: s.expire(a),
    lambda s, a, b: s.expunge(a),
    lambda s, a, b: s.query(a),
    lambda s, a, b: s.add(Artist(id=a, name=b)),
    lambda s, a, b: s.add(Artist(id="new", name="N", nicknames=a, notes=b)),
    lambda s, a, b: s.add(Artist(id="new", name="N", gallery=a, works=b)),
    lambda s, a, b: s.merge(Artwork(id=a, title="T", artist=b)),
]

few = settings(
    max_examples=int(os.environ.get("RUNIC_TEST_EXAMPLES", "60")),
    deadline=None,
    derandomize="RUNIC_TEST_EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)


async def alive(db: Database) -> None:
    """Check that the canaries are as they were, whatever else is there by now."""
    graph = await db.dump()
    assert (graph.node("canary")["name"], graph.node("cage")["name"], graph.node("cage2")["name"]) == ("C", "G", "G")
    assert ("canary", "cage") in graph.pairs("REPRESENTED_BY")


async def seeded(db: Database) -> None:
    async with db.session() as s:
        cage = Gallery(id="cage", name="G")
        s.add_all([cage, Gallery(id="cage2", name="G"), Artist(id="canary", name="C", gallery=cage)])


@few
@given(build=st.sampled_from(STATEMENTS), a=anything, b=anything)
async def test_statement_of_anything_runs_or_is_refused(db: Database, build: Build, a: Any, b: Any) -> None:
    await seeded(db)
    try:
        statement = build(a, b)
        async with db.session() as s:
            if statement.selection.writes:
                await s.execute(statement)
            else:
                await s.all_rows(statement)
    except REFUSED:
        pass
    await alive(db)


@few
@given(call=st.sampled_from(CALLS), a=anything, b=anything)
async def test_call_with_anything_runs_or_is_refused(db: Database, call: Call, a: Any, b: Any) -> None:
    await seeded(db)
    s = db.open()
    try:
        await call(s, a, b)
        await s.commit()
    except REFUSED:
        pass
    await s.close()
    await alive(db)


@few
@given(call=st.sampled_from(PLAIN_CALLS), a=anything, b=anything)
async def test_staging_of_anything_is_written_or_refused(db: Database, call: Call, a: Any, b: Any) -> None:
    await seeded(db)
    s = db.open()
    try:
        call(s, a, b)
        await s.commit()
    except REFUSED:
        pass
    await s.close()
    await alive(db)
