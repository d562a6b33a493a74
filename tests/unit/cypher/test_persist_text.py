"""The text of batches that write."""

from __future__ import annotations

from runic.ogm.backends.falkordb_dialect import FalkorDBDialect
from runic.ogm.cypher.dialect import Dialect
from runic.ogm.cypher.persist import render_merge
from runic.ogm.mapping.mapper import Mapper
from runic.ogm.model.base import Node
from runic.ogm.types import Vector


class Cloud(Node, labels=["Cloud"]):
    id: str
    name: str


class Storm(Cloud, labels=["Storm", "Cloud"]):
    track: Vector


def merged(cls: type[Node], dialect: Dialect) -> str:
    return render_merge(dialect, Mapper(dialect).entity(cls), cls.__meta__)


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
