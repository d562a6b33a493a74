"""The text of batches that write."""

from __future__ import annotations

from typing import Any

from runic.ogm.backends.falkordb_dialect import FalkorDBDialect
from runic.ogm.cypher.dialect import Dialect
from runic.ogm.cypher.persist import render_changes, render_merge
from runic.ogm.mapping.mapper import Mapper
from runic.ogm.model.base import Node
from runic.ogm.types import Vector


class Cloud(Node, labels=["Cloud"]):
    id: str
    name: str


class Front(Node, labels=["Front"]):
    id: str
    name: str | None = None
    depth: int | None = None
    track: Vector | None = None


class Storm(Cloud, labels=["Storm", "Cloud"]):
    track: Vector


def merged(cls: type[Node], dialect: Dialect) -> str:
    return render_merge(dialect, Mapper(dialect).entity(cls), cls.__meta__, [["a", "b", [1.0]]])


def test_merge_of_one_label_is_the_standard_everywhere() -> None:
    text = "MERGE (n:`Cloud` {`id`: row[0]}) SET n.`id` = row[0], n.`name` = row[1]"
    assert merged(Cloud, Dialect()) == merged(Cloud, FalkorDBDialect()) == text


def test_merge_of_several_labels_sets_them() -> None:
    assert merged(Storm, Dialect()) == (
        "MERGE (n:`Cloud` {`id`: row[0]}) SET n:`Storm`, n.`id` = row[0], n.`name` = row[1], n.`track` = row[2]"
    )


def test_merge_of_several_labels_on_falkordb_creates_or_sets() -> None:
    assert merged(Storm, FalkorDBDialect()) == (
        "OPTIONAL MATCH (found:`Cloud` {`id`: row[0]}) "
        "FOREACH (_ IN CASE WHEN found IS NULL THEN [1] ELSE [] END | "
        "CREATE (:`Cloud`:`Storm` {`id`: row[0], `name`: row[1], `track`: vecf32(row[2])})) "
        "FOREACH (n IN CASE WHEN found IS NULL THEN [] ELSE [found] END | SET n.`track` = null) "
        "FOREACH (n IN CASE WHEN found IS NULL THEN [] ELSE [found] END | "
        "SET n:`Storm`, n.`id` = row[0], n.`name` = row[1], n.`track` = vecf32(row[2]))"
    )


def test_removals_are_apart_on_falkordb_where_a_row_has_several() -> None:
    rows = [["a", "x", None, [1.0]], ["b", None, None, [1.0]]]
    assert changed(FalkorDBDialect(), rows) == (
        "n.`track` = vecf32(row[3]), n.`name` = row[1] FOREACH (_ IN [1] | SET n.`depth` = row[2])"
    )
    assert changed(FalkorDBDialect(), rows[:1]) == "n.`name` = row[1], n.`depth` = row[2], n.`track` = vecf32(row[3])"
    assert changed(Dialect(), rows) == "n.`name` = row[1], n.`depth` = row[2], n.`track` = row[3]"


def changed(dialect: Dialect, rows: list[list[Any]]) -> str:
    return render_changes(dialect, Mapper(dialect).entity(Front), "n", [1, 2, 3], 1, rows)


def test_several_vectors_are_removed_apart_on_falkordb() -> None:
    assert FalkorDBDialect().render_set("n", "n.a = row[1], n.b = row[2]", ["n.a", "n.b"]) == (
        "SET n.a = null FOREACH (_ IN [1] | SET n.b = null) WITH n, row SET n.a = row[1], n.b = row[2]"
    )
