"""The difference between what is declared and what is found, and how it prints."""

from __future__ import annotations

import pytest

from runic.ogm.cypher.ddl import FoundItem, SchemaItem
from runic.ogm.schema.plan import compare

KEY = SchemaItem("unique", "node", "Ship", ("id",), owner="Ship")
NAME = SchemaItem("index", "node", "Ship", ("name",), owner="Ship")
LOG = SchemaItem("fulltext", "node", "Ship", ("log", "name"), owner="Ship")
SHAPE = SchemaItem("vector", "node", "Ship", ("shape",), 3, "cosine", owner="Ship")
ROUTE = SchemaItem("index", "edge", "SAILS_TO", ("days",), owner="Route")
OTHER = SchemaItem("index", "node", "Lamp", ("name",))
UNDER_KEY = FoundItem(SchemaItem("index", "node", "Ship", ("id",)), implied=True)


def test_nothing_differs() -> None:
    plan = compare([KEY, NAME], [FoundItem(KEY), FoundItem(NAME), UNDER_KEY], whole=True)
    assert not plan
    assert not plan.drifted
    assert str(plan) == "the schema is as declared"


def test_everything_is_missing() -> None:
    plan = compare([KEY, NAME, LOG, SHAPE, ROUTE], [], whole=True)
    assert plan.missing == (KEY, NAME, LOG, SHAPE, ROUTE)
    assert str(plan).splitlines() == [
        "+ unique constraint on (:Ship) id: declared by Ship, missing",
        "+ index on (:Ship) name: declared by Ship, missing",
        "+ full-text index on (:Ship) log, name: declared by Ship, missing",
        "+ vector index on (:Ship) shape (3 dimensions, cosine): declared by Ship, missing",
        "+ index on -[:SAILS_TO]- days: declared by Route, missing",
    ]


def test_extra_counts_where_it_is_asked_for() -> None:
    found = [FoundItem(NAME), FoundItem(OTHER), FoundItem(SchemaItem("index", "node", "Ship", ("flag",)))]
    assert [item.properties for item in compare([NAME], found, whole=False).extra] == [("flag",)]
    plan = compare([NAME], found, whole=True)
    assert OTHER in plan.extra
    assert plan
    assert not plan.drifted
    assert "- index on (:Lamp) name: found, not declared" in str(plan)


@pytest.mark.parametrize(
    ("declared", "found"),
    [
        (SHAPE, SchemaItem("vector", "node", "Ship", ("shape",), 4, "cosine")),
        (SHAPE, SchemaItem("vector", "node", "Ship", ("shape",), 3, "euclidean")),
        (LOG, SchemaItem("fulltext", "node", "Ship", ("name",))),
    ],
)
def test_other_of_one_place_differs(declared: SchemaItem, found: SchemaItem) -> None:
    plan = compare([declared], [FoundItem(found)], whole=True)
    assert plan.different == ((declared, found),)
    assert plan.extra == ()
    assert f"declared by Ship, found is {found}" in str(plan)


def test_same_beside_another_of_its_place_does_not_differ() -> None:
    beside = SchemaItem("fulltext", "node", "Ship", ("name",))
    plan = compare([LOG], [FoundItem(beside), FoundItem(LOG)], whole=True)
    assert not plan.drifted
    assert plan.extra == (beside,)


def test_failed_is_missing_and_building_is_not() -> None:
    assert compare([KEY], [FoundItem(KEY, "failed")], whole=True).missing == (KEY,)
    assert not compare([KEY], [FoundItem(KEY, "building")], whole=True)


def test_index_in_the_way_of_a_constraint_differs() -> None:
    in_the_way = SchemaItem("index", "node", "Ship", ("id",))
    assert compare([KEY], [FoundItem(in_the_way)], whole=True, replaces=True).different == ((KEY, in_the_way),)
    assert compare([KEY], [FoundItem(in_the_way)], whole=True).missing == (KEY,)


def test_owner_is_for_messages_only() -> None:
    assert SchemaItem("index", "node", "Ship", ("name",), owner="Boat") == NAME
