"""Several properties of one entity are removed at once: each way to write does exactly that, and sets the others."""

from __future__ import annotations

from itertools import product
from typing import Any

from runic.ogm import Edge, Node, Relation, select
from runic.ogm.bulk import load_nodes, load_nodes_async

from .harness import Database

FIELDS = ("depth", "salinity", "mooring", "owner")
KEEP, SET, REMOVE = "keep", "set", "remove"
COURSES = {f"c{number}": course for number, course in enumerate(product((KEEP, SET, REMOVE), repeat=len(FIELDS)))}


class Tether(Edge, type="TETHERED_TO"):
    depth: int | None = None
    salinity: float | None = None
    mooring: str | None = None
    owner: list[str] | None = None


class Leash(Edge, type="LEASHED_TO"):
    depth: int | None = None
    salinity: float | None = None
    mooring: str | None = None
    owner: list[str] | None = None


class Glider(Node, labels=["Glider"]):
    id: str
    depth: int | None = None
    salinity: float | None = None
    mooring: str | None = None
    owner: list[str] | None = None
    tide: int | None = None
    links: list[Glider] = Relation(relationship="TETHERED_TO", edge_model=Tether)
    cables: list[Glider] = Relation(relationship="LEASHED_TO", direction="BOTH", edge_model=Leash)


class SeaGlider(Glider, labels=["Glider", "SeaGlider"]):
    drifting: bool = True


BEFORE: dict[str, Any] = {"depth": 4, "salinity": 3.5, "mooring": "chain", "owner": ["port"]}
AFTER: dict[str, Any] = {"depth": 9, "salinity": 1.25, "mooring": "rope", "owner": ["navy", "port"]}


def changes(course: tuple[str, ...]) -> dict[str, Any]:
    """Return the values that a course of changes gives to the fields that it does not keep."""
    return {
        field: AFTER[field] if what == SET else None for field, what in zip(FIELDS, course, strict=True) if what != KEEP
    }


def values(entity: Any) -> dict[str, Any]:
    return {field: getattr(entity, field) for field in FIELDS}


def set_all(entity: Any, changed: dict[str, Any]) -> None:
    for field, value in changed.items():
        setattr(entity, field, value)


def wanted(key: str) -> dict[str, Any]:
    return BEFORE | changes(COURSES[key])


async def stored(db: Database, kind: type[Glider] = Glider) -> dict[str, Any]:
    async with db.session() as s:
        return {glider.id: values(glider) for glider in await s.scalars(select(kind))}


async def related(db: Database, relation: Any) -> dict[str, Any]:
    async with db.session() as s:
        hub = await s.get(Glider, "hub")
        return {glider.id: values(edge) for edge, glider in await s.edges(hub, relation)}


EVERY = {key: wanted(key) for key in COURSES}


async def test_changed_nodes(db: Database) -> None:
    await db.save(*(Glider(id=key, **BEFORE) for key in COURSES))
    async with db.session() as s:
        for glider in await s.scalars(select(Glider)):
            set_all(glider, changes(COURSES[glider.id]))
    assert await stored(db) == EVERY


async def test_merged_nodes(db: Database) -> None:
    for kind in (Glider, SeaGlider):
        await db.save(*(kind(id=f"{kind.__name__} {key}", **BEFORE) for key in COURSES))
        async with db.session() as s:
            s.merge_all([kind(id=f"{kind.__name__} {key}", **EVERY[key]) for key in COURSES])
        found = await stored(db, kind)
        assert {key: found[f"{kind.__name__} {key}"] for key in COURSES} == EVERY


async def test_related_again(db: Database) -> None:
    await db.save(*(Glider(id=key) for key in ("hub", *COURSES)))
    for relation, kind in ((Glider.links, Tether), (Glider.cables, Leash)):
        for given in (dict.fromkeys(COURSES, BEFORE), EVERY):
            async with db.session() as s:
                hub = s.reference(Glider, "hub")
                for key in COURSES:
                    await s.relate(hub, relation, s.reference(Glider, key), edge=kind(**given[key]))
            assert await related(db, relation) == given


async def test_changed_edges(db: Database) -> None:
    await db.save(*(Glider(id=key) for key in ("hub", *COURSES)))
    async with db.session() as s:
        hub = s.reference(Glider, "hub")
        await s.relate_all(Glider.links, [(hub, s.reference(Glider, key), Tether(**BEFORE)) for key in COURSES])
    async with db.session() as s:
        hub = await s.get(Glider, "hub")
        for edge, glider in await s.edges(hub, Glider.links):
            set_all(edge, changes(COURSES[glider.id]))
    assert await related(db, Glider.links) == EVERY


async def test_bulk_rows(db: Database) -> None:
    await db.save(*(Glider(id=key, **BEFORE) for key in COURSES))
    rows = [{"id": key, **EVERY[key]} for key in COURSES]
    if db.is_async:
        await load_nodes_async(db.driver, Glider, rows)
    else:
        load_nodes(db.driver, Glider, rows)
    assert await stored(db) == EVERY


async def test_expressions_of_an_update_statement(db: Database) -> None:
    """Each value is of what was stored before, and one that is missing removes."""
    await db.save(Glider(id="a", **BEFORE))
    depth: Any = Glider.depth
    tide: Any = Glider.tide  # of which there is none
    async with db.session() as s:
        await s.execute(select(Glider).update(salinity=depth * 0.5, depth=tide + 1, mooring=None, owner=["navy"]))
    after = {"depth": None, "salinity": 2.0, "mooring": None, "owner": ["navy"]}
    assert await stored(db) == {"a": after}


async def test_update_statement(db: Database) -> None:
    await db.save(*(Glider(id=key, **BEFORE) for key in COURSES))
    for key, course in COURSES.items():
        if changes(course):
            async with db.session() as s:
                await s.execute(select(Glider).where(Glider.id == key).update(**changes(course)))
    assert await stored(db) == EVERY
