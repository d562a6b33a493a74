"""The texts of fields that several subclasses have under one name, and of questions of a subclass."""

from __future__ import annotations

from importlib import import_module

import pytest

from runic.ogm import Node, Relation, exists, select

ORDINARY = "n:`Sail`:`Jib`"
TESTS = {
    "falkordb": ORDINARY,
    "neo4j": ORDINARY,
    "memgraph": ORDINARY,
    "arcadedb": ORDINARY,
    "age": "label(n) IN ['Jib']",
}


class Sail(Node, labels=["Sail"]):
    id: str
    area: float = 0.0


class Jib(Sail, labels=["Sail", "Jib"]):
    sheets: int = 2
    crosses: list[Sail] = Relation(relationship="CROSSES", target="Sail")


class Spinnaker(Sail, labels=["Sail", "Spinnaker"]):
    sheets: int = 4


def text(statement: object, name: str) -> str:
    dialect = import_module(f"runic.ogm.backends.{name}").create_dialect()
    found: str = statement.build(dialect)[0]  # type: ignore[attr-defined]
    return found


@pytest.mark.parametrize("name", list(TESTS))
def test_field_of_a_subclass_is_read_of_its_nodes(name: str) -> None:
    where = text(select(Sail).where(Jib.sheets > 1), name)
    assert f"WHERE CASE WHEN {TESTS[name]} THEN n.`sheets` END > $p0" in where
    ordered = text(select(Sail).order_by(Jib.sheets), name)
    assert f"ORDER BY CASE WHEN {TESTS[name]} THEN n.`sheets` END" in ordered


@pytest.mark.parametrize("name", list(TESTS))
def test_field_that_no_other_class_has_is_read_as_it_is(name: str) -> None:
    for statement in (
        select(Jib).where(Jib.sheets > 1),
        select(Sail).where(Jib.area > 1.0),
        select(Sail).where(Sail.area > 1.0),
    ):
        assert "CASE" not in text(statement, name)


@pytest.mark.parametrize("name", list(TESTS))
def test_question_of_a_subclass_is_about_its_nodes(name: str) -> None:
    assert TESTS[name] in text(select(Sail).where(exists(Jib.crosses)), name)
    assert text(select(Jib).where(exists(Jib.crosses)), name).count("Jib") == 1
