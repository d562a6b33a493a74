"""Bad names: a named error before anything is sent, or an exact round trip. Nothing between."""

from __future__ import annotations

import types
from typing import Any

import pytest

from runic.ogm import Edge, Field, Node, OGMError, Relation, UnsupportedFeatureError, select

from . import hostile
from .harness import Database
from .models import Artist, Painting

pytestmark = pytest.mark.usefixtures("registry")

REFUSED = (OGMError, TypeError, ValueError)


def table(values: dict[str, Any]) -> Any:
    return pytest.mark.parametrize("value", list(values.values()), ids=list(values))


@table(hostile.NAMES)
@pytest.mark.parametrize("place", ["label", "edge type", "relationship", "property", "alias", "edge alias", "return"])
def test_impossible_name_is_refused(place: str, value: Any) -> None:
    """Labels, types, properties and aliases are checked."""
    if value is None and place in {"edge alias", "edge type", "property"}:
        return  # means that none is given
    step = select(Artist).alias("a").traverse(Artist.works, edge_alias="e")
    places = {
        "label": lambda: types.new_class("Oddity", (Node,), {"labels": [value]}, keyed),
        "edge type": lambda: types.new_class("OddEdge", (Edge,), {"type": value}),
        "relationship": lambda: Relation(relationship=value),
        "property": lambda: Field(name=value),
        "alias": lambda: select(Artist).alias(value).build(),
        "edge alias": lambda: select(Artist).traverse(Artist.works, edge_alias=value).alias("w").build(),
        "return": lambda: step.return_nodes(value).build(),
    }
    with pytest.raises(REFUSED):
        places[place]()


def keyed(namespace: dict[str, Any]) -> None:
    namespace["__module__"] = __name__
    namespace["__annotations__"] = {"id": str, "odd": str | None}
    namespace["id"], namespace["odd"] = Field(primary_key=True), Field(default=None)


@table(hostile.STRANGE_NAMES)
async def test_strange_names_are_quoted(db: Database, value: str) -> None:
    """In a label, an edge type and a property: an exact round trip, or refused when declared.

    Not one name for all: on some databases labels and edge types share their names.
    """
    kind = f"{value} of"

    def fields(namespace: dict[str, Any]) -> None:
        keyed(namespace)
        namespace["odd"] = Field(default=None, name=value)
        namespace["__annotations__"] = {**namespace["__annotations__"], "others": list[Any]}
        namespace["others"] = Relation(relationship=kind, target="Oddity")

    try:
        model: Any = types.new_class("Oddity", (Node,), {"labels": [value]}, fields)
        select(model).build()
    except REFUSED:
        return
    one, two = model(id="1", odd="x"), model(id="2", odd="y")
    one.others = [two]
    try:
        await db.save(one, two)
    except UnsupportedFeatureError:  # this database cannot hold it
        return
    async with db.session() as s:
        found = await s.one(select(model).where(model.odd == "x"))
        await s.load(found, "others")
        assert [other.odd for other in found.others] == ["y"]
        found.odd = "z"
    graph = await db.dump()
    assert graph.labels("1") == {value}
    assert graph.node("1") == {"id": "1", value: "z"}
    assert graph.pairs(kind) == [("1", "2")]


@table(hostile.NAMES | hostile.STRANGE_NAMES)
async def test_odd_names_of_relations_are_refused(db: Database, value: object) -> None:
    """In fetch, load, edges and relate."""
    await db.save(Artist(id="a", name="A"), Painting(id="p", title="P"))
    async with db.session() as s:
        artist, work = await s.get(Artist, "a"), await s.get(Painting, "p")
        with db.count() as sent:
            with pytest.raises(REFUSED):
                await s.get(Artist, "b", fetch=[value])
            with pytest.raises(REFUSED):
                await s.load(artist, value)
            with pytest.raises(REFUSED):
                await s.edges(artist, value)
            with pytest.raises(REFUSED):
                await s.relate(artist, value, work)
            with pytest.raises(REFUSED):
                await s.unrelate(artist, value, work)
        assert len(sent) == 0


async def test_stored_misfit_is_a_named_error(db: Database) -> None:
    """What another program wrote: a value that the field cannot hold names the field when read."""
    await db.execute("CREATE (:Artist {id: 'a', name: 'A', nicknames: 5})")
    s = db.open()
    with pytest.raises(OGMError, match=r"(?s)Artist.*nicknames"):
        await s.get(Artist, "a")
    await s.close()
