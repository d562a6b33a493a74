"""Section 3: repeat() against every trail there is in a small graph: each edge of a way is followed once."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runic.ogm import Edge, Field, Node, Relation, ref, select

from .harness import Database
from .test_random_statements import many

pytestmark = pytest.mark.usefixtures("registry")


class Track(Edge, type="TRACK_TO"):
    number: int = Field(primary_key=True)


class Siding(Node, labels=["Siding"]):
    id: str
    onward: list[Siding] = Relation(relationship="LEADS_ON", target="Siding")
    back: list[Siding] = Relation(relationship="LEADS_ON", direction="INCOMING", target="Siding")
    beside: list[Siding] = Relation(relationship="BESIDE", direction="BOTH", target="Siding")
    tracks: list[Siding] = Relation(relationship="TRACK_TO", target="Siding", edge_model=Track)


class Way(NamedTuple):
    """How a relation is followed: the edges it has in the tests' graphs, and which ends it may start at."""

    name: str
    either: bool = False
    turned: bool = False
    parallel: bool = False


WAYS = [Way("onward"), Way("back", turned=True), Way("beside", either=True), Way("tracks", parallel=True)]
BOUNDS = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 2), (2, 3), (3, 3), (3, 4), (0, None), (1, None), (2, None)]
Pairs = list[tuple[int, int]]
PAIRS: st.SearchStrategy[Pairs] = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=6)


def trails(pairs: Pairs, way: Way, start: int, low: int, high: int | None) -> set[int]:
    found: set[int] = set()

    def walk(at: int, used: frozenset[int]) -> None:
        if low <= len(used):
            found.add(at)
        for number, (one, other) in enumerate(pairs):
            if number in used or len(used) == high:
                continue
            if one == at and not way.turned:
                walk(other, used | {number})
            if other == at and (way.turned or way.either):
                walk(one, used | {number})

    walk(start, frozenset())
    return found


async def lay(db: Database, pairs: Pairs, way: Way) -> list[Any]:
    sidings = [Siding(id=f"s{number}") for number in range(4)]
    async with db.session() as s:
        s.add_all(sidings)
        relation = {"back": "onward"}.get(way.name, way.name)
        for number, (one, other) in enumerate(pairs):
            edge = Track(number=number) if way.parallel else None
            await s.relate(sidings[one], relation, sidings[other], edge=edge)
    return sidings


@pytest.mark.parametrize("way", WAYS, ids=[way.name for way in WAYS])
@many
@given(pairs=PAIRS)
async def test_repeat_reaches_what_trails_lead_to(db: Database, way: Way, pairs: Pairs) -> None:
    if way.either:
        pairs = list({frozenset(pair): pair for pair in pairs}.values())
    elif not way.parallel:
        pairs = list(dict.fromkeys(pairs))
    await lay(db, pairs, way)
    async with db.session() as s:
        for low, high in BOUNDS:
            for optional in (False, True):
                statement = select(Siding).alias("from").repeat(way.name, low, high, optional=optional).alias("to")
                rows = await s.all_rows(
                    statement.project(ref("from", Siding.id).as_("one"), ref("to", Siding.id).as_("other"))
                )
                expected = {
                    (f"s{start}", f"s{end}" if end is not None else None)
                    for start in range(4)
                    for end in trails(pairs, way, start, low, high) or ([None] if optional else [])
                }
                found = sorted(tuple(row.values()) for row in rows)
                assert found == sorted(expected, key=str), (low, high, optional)
