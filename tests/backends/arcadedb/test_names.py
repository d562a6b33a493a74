"""Names that ArcadeDB cannot hold are refused before anything is sent."""

from __future__ import annotations

import types
from typing import Any

import pytest

from runic.ogm import Driver, Edge, Field, Node, Relation, Session, UnsupportedFeatureError, count_statements, select

pytestmark = pytest.mark.usefixtures("registry")


def node_class(name: str, label: str, **relations: Any) -> Any:
    def fill(namespace: dict[str, Any]) -> None:
        namespace["__module__"] = __name__
        namespace["__annotations__"] = {"id": str, **dict.fromkeys(relations, list[Any])}
        namespace["id"] = Field(primary_key=True)
        namespace.update(relations)

    return types.new_class(name, (Node,), {"labels": [label]}, fill)


def refused(driver: Driver, entity: Any, match: str) -> None:
    with count_statements(driver) as sent, Session(driver) as session:
        session.add(entity)
        with pytest.raises(UnsupportedFeatureError, match=match):
            session.flush()
        session.rollback()
    assert len(sent) == 0


@pytest.mark.parametrize("label", [" ", "a~b", "a*b", "a,b", "x" * 201, "ä" * 40])
def test_label_that_is_no_file_name_is_refused(driver: Driver, label: str) -> None:
    refused(driver, node_class("Odd", label)(id="1"), "Odd")


@pytest.mark.parametrize("label", ["a b", "a.b", "a/b", "..", "CON", "名前", "x" * 150])
def test_other_strange_labels_are_kept(driver: Driver, label: str) -> None:
    cls = node_class("Odd", label)
    with Session(driver) as session:
        session.add(cls(id="1"))
    with Session(driver) as session:
        assert session.scalars(select(cls).alias("odd.one"))[0].id == "1"
        assert session.execute("MATCH (n) RETURN labels(n)").rows[0][0] == [label]


def test_edge_type_like_a_label_is_refused(driver: Driver) -> None:
    cls = node_class("Odd", "Twice", others=Relation(relationship="Twice", target="Odd"))
    refused(driver, cls(id="1"), "Twice")


def test_property_of_the_server_is_refused(driver: Driver) -> None:
    class Odd(Node):
        id: str = Field(primary_key=True)
        rid: str = Field(name="@rid")

    refused(driver, Odd(id="1", rid="x"), "@rid")


def test_edge_type_that_is_no_file_name_is_refused(driver: Driver) -> None:
    class Link(Edge, type="a~b"):
        note: str | None = None

    class Odd(Node):
        id: str = Field(primary_key=True)
        next: Any = Relation(relationship="a~b", target="Odd", edge_model=Link)

    refused(driver, Odd(id="1"), "a~b")


@pytest.mark.parametrize("alias", ["a.b", "a<b>", "a=b", "a b", "Ünder"])
def test_any_alias_can_be_chosen(driver: Driver, alias: str) -> None:
    cls = node_class("Odd", "Odd")
    with Session(driver) as session:
        session.add(cls(id="1"))
        session.flush()
        statement = select(cls).alias(alias).where(cls.id == "1").order_by(cls.id)
        assert [one.id for one in session.scalars(statement)] == ["1"]
        assert session.all_rows(statement.project(cls.id.as_(alias))) == [{alias: "1"}]
