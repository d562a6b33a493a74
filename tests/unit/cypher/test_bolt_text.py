"""Whole statements as Neo4j and Memgraph get them, and all of them as a grammar reads them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from graphglot.dialect.base import Dialect as Grammar
from graphglot.error import ParseError

from runic.ogm.backends.memgraph_dialect import MemgraphDialect
from runic.ogm.backends.neo4j_dialect import Neo4jDialect
from runic.ogm.cypher.ddl import FoundItem, SchemaItem
from runic.ogm.cypher.dialect import Dialect
from runic.ogm.cypher.statement import Reply
from runic.ogm.exceptions import UnsupportedFeatureError
from runic.ogm.model.base import Edge, Node
from runic.ogm.model.fields import Field, Relation
from runic.ogm.query.related import exists
from runic.ogm.session.select import select
from tests.unit.fake import Database, Half, do


class Tether(Edge, type="TETHERED_TO"):
    rope: int = Field(default=1)
    version: int | None = Field(default=None, version=True)


class Quay(Node):
    id: str = Field(primary_key=True)


class Barge(Node):
    id: str = Field(primary_key=True)
    length: float = 1.0
    version: int | None = Field(default=None, version=True)
    quay: Quay | None = Relation(relationship="TETHERED_TO", target="Quay", edge_model=Tether)
    beside: list[Barge] = Relation(relationship="BESIDE", target="Barge", direction="BOTH")


DIALECTS: dict[str, Dialect] = {"neo4j": Neo4jDialect(), "memgraph": MemgraphDialect()}
GRAMMAR = Grammar.get_or_raise("neo4j")
SLICE = "UNWIND range(0, size(__all) - 1, 1000) AS __i RETURN __all[__i..__i + 1000] AS __rows"
PACK = f"WITH collect(__row) AS __all {SLICE}"


def create(session: Any) -> None:
    session.add(Barge(id="a"))
    do(session.commit())


def relate(session: Any) -> None:
    barge = session.reference(Barge, "a")
    do(session.relate(barge, Barge.quay, session.reference(Quay, "p"), edge=Tether()))
    do(session.relate(barge, Barge.beside, session.reference(Barge, "b")))
    do(session.commit())


def merge(session: Any) -> None:
    session.merge(Quay(id="p"))
    do(session.commit())


def delete(session: Any) -> None:
    session.delete(session.reference(Quay, "p"))
    do(session.commit())


def update(session: Any) -> None:
    barge = Barge(id="a")
    session.add(barge)
    do(session.commit())
    barge.length = 2.0
    do(session.commit())


def fetch(session: Any) -> None:
    do(session.get(Barge, "a", fetch=["quay", "beside"]))


def shortest(session: Any) -> None:
    do(session.count(select(Barge).shortest_path(Barge.beside, to=Barge.id == "b", max_hops=3)))


def related(session: Any) -> None:
    do(session.count(select(Barge).where(exists(Barge.quay, Quay.id == "q"))))


STEPS: dict[str, Callable[[Any], object]] = {
    "create": create,
    "update with a version": update,
    "relate": relate,
    "merge": merge,
    "delete": delete,
    "get": lambda s: do(s.get(Quay, "q")),
    "get many": lambda s: do(s.get_many(Quay, ["p", "q"])),
    "fetch": fetch,
    "ordered page": lambda s: do(s.scalars(select(Quay).order_by(Quay.id).skip(1).limit(2))),
    "pattern": lambda s: do(s.all_with_edges(select(Barge).traverse(Barge.quay, optional=False))),
    "shortest path": shortest,
    "condition on a relation": related,
}
# PACK and SLICE stand for the ends of tables; where Memgraph has no column it is told what Neo4j is.
TEXTS: dict[str, dict[str, list[str]]] = {
    "create": {
        "neo4j": [
            (
                "UNWIND $r0 AS row OPTIONAL MATCH (o:`Barge` {`id`: row[0]}) WITH row, o WHERE o IS NULL "
                "CREATE (n:`Barge` {`id`: row[0], `length`: row[1], `version`: row[2]}) RETURN count(*) AS c0"
            ),
        ],
    },
    "update with a version": {
        "neo4j": [
            (
                "UNWIND $r0 AS row MATCH (n:`Barge` {`id`: row[0]}) SET n:`Barge` WITH row, n WHERE "
                "coalesce(n.`version`, -1) = row[3] SET n.`length` = row[1], n.`version` = row[2] RETURN "
                "count(*) AS c0"
            ),
        ],
        "memgraph": [
            (
                "UNWIND $r0 AS row MATCH (n:`Barge` {`id`: row[0]}) WHERE coalesce(n.`version`, -1) = row[3] "
                "SET n.`length` = row[1], n.`version` = row[2] RETURN count(*) AS c0"
            ),
        ],
    },
    "relate": {
        "neo4j": [
            (
                "UNWIND $r0 AS row MATCH (a:`Barge` {`id`: row[0]}) MATCH (b:`Quay` {`id`: row[1]}) MERGE "
                "(a)-[r:`TETHERED_TO`]->(b) SET r.`rope` = row[2], "
                "r.`version` = coalesce(r.`version` + 1, row[3]) RETURN count(*) AS c0"
            ),
            (
                "UNWIND $r0 AS row MATCH (a:`Barge` {`id`: row[0]}) MATCH (b:`Quay` {`id`: row[1]}) "
                "MATCH (a)-[r:`TETHERED_TO`]->(b) RETURN collect([row[3], r.`version`]) AS c0"
            ),
            (
                "UNWIND $r0 AS row MATCH (a:`Barge` {`id`: row[0]}) MATCH (b:`Barge` {`id`: row[1]}) MERGE "
                "(a)-[r:`BESIDE`]-(b) RETURN count(*) AS c0"
            ),
        ],
    },
    "merge": {
        "neo4j": [
            "UNWIND $r0 AS row MERGE (n:`Quay` {`id`: row[0]}) SET n.`id` = row[0] RETURN count(*) AS c0",
        ],
    },
    "delete": {
        "neo4j": [
            "UNWIND $r0 AS row MATCH (n:`Quay` {`id`: row[0]}) DETACH DELETE n RETURN count(*) AS c0",
        ],
    },
    "get": {
        "neo4j": [
            "MATCH (n:`Quay` {`id`: $key}) RETURN n.`id`",
        ],
        "memgraph": [
            "MATCH (n:`Quay` {`id`: $key}) RETURN n.`id`",
        ],
    },
    "get many": {
        "neo4j": [
            "MATCH (n:`Quay`) WHERE n.`id` IN $keys WITH [n.`id`, elementId(n)] AS __row PACK",
        ],
        "memgraph": [
            "UNWIND $keys AS k MATCH (n:`Quay` {`id`: k}) WITH [n.`id`, id(n)] AS __row PACK",
        ],
    },
    "fetch": {
        "neo4j": [
            (
                "MATCH (n:`Barge` {`id`: $key}) WITH collect(n) AS _roots CALL (_roots) { UNWIND _roots AS n "
                "WITH [n.`id`, n.`length`, n.`version`, elementId(n)] AS __row PACK, 0 AS __table "
                "UNION ALL UNWIND _roots AS n OPTIONAL MATCH (n)-[r1:`TETHERED_TO`]->(m1:`Quay`) "
                "WITH collect([elementId(n), elementId(m1)]) AS __pairs, collect(DISTINCT m1) AS __targets "
                "UNWIND [[__pairs, 1], [[m1 IN __targets | [m1.`id`, elementId(m1)]], 2]] AS __part "
                "WITH __part[0] AS __all, __part[1] AS __table SLICE, __table "
                "UNION ALL UNWIND _roots AS n OPTIONAL MATCH (n)-[r1:`BESIDE`]-(m1:`Barge`) "
                "WITH collect([elementId(n), elementId(m1)]) AS __pairs, collect(DISTINCT m1) AS __targets "
                "UNWIND [[__pairs, 3], "
                "[[m1 IN __targets | [m1.`id`, m1.`length`, m1.`version`, elementId(m1)]], 4]] AS __part "
                "WITH __part[0] AS __all, __part[1] AS __table SLICE, __table } RETURN __rows, __table"
            ),
        ],
        "memgraph": [
            (
                "MATCH (n:`Barge` {`id`: $key}) WITH collect(n) AS _roots CALL { WITH _roots UNWIND _roots AS n "
                "WITH [n.`id`, n.`length`, n.`version`, id(n)] AS __row PACK, 0 AS __table "
                "UNION ALL WITH _roots UNWIND _roots AS n OPTIONAL MATCH (n)-[r1:`TETHERED_TO`]->(m1:`Quay`) "
                "WITH collect([id(n), id(m1)]) AS __pairs, collect(DISTINCT m1) AS __targets "
                "UNWIND [[__pairs, 1], [[m1 IN __targets | [m1.`id`, id(m1)]], 2]] AS __part "
                "WITH __part[0] AS __all, __part[1] AS __table SLICE, __table "
                "UNION ALL WITH _roots UNWIND _roots AS n OPTIONAL MATCH (n)-[r1:`BESIDE`]-(m1:`Barge`) "
                "WITH collect([id(n), id(m1)]) AS __pairs, collect(DISTINCT m1) AS __targets "
                "UNWIND [[__pairs, 3], "
                "[[m1 IN __targets | [m1.`id`, m1.`length`, m1.`version`, id(m1)]], 4]] AS __part "
                "WITH __part[0] AS __all, __part[1] AS __table SLICE, __table } RETURN __rows, __table"
            ),
        ],
    },
    "ordered page": {
        "neo4j": [
            ("MATCH (n:`Quay`) WITH [n.`id`] AS __row ORDER BY n.`id` SKIP $p0 LIMIT $p1 PACK"),
        ],
        "memgraph": [
            "MATCH (n:`Quay`) WITH [n.`id`] AS __row ORDER BY n.`id` SKIP $p0 LIMIT $p1 PACK",
        ],
    },
    "pattern": {
        "neo4j": [
            (
                "MATCH (n:`Barge`) MATCH (n)-[e1:`TETHERED_TO`]->(n1:`Quay`) WITH [n.`id`, n.`length`, "
                "n.`version`, e1.`rope`, e1.`version`, elementId(e1), "
                "n1.`id`] AS __row PACK"
            ),
        ],
        "memgraph": [
            (
                "MATCH (n:`Barge`) MATCH (n)-[e1:`TETHERED_TO`]->(n1:`Quay`) WITH [n.`id`, n.`length`, "
                "n.`version`, e1.`rope`, e1.`version`, id(e1), n1.`id`] AS "
                "__row PACK"
            ),
        ],
    },
    "shortest path": {
        "neo4j": [
            (
                "MATCH (n:`Barge`) MATCH (n1:`Barge`) WHERE elementId(n) <> elementId(n1) AND n1.`id` = $p0 "
                "MATCH _p1 = shortestPath((n)-[:`BESIDE`*1..3]-(n1)) RETURN count(*)"
            ),
        ],
        "memgraph": [
            (
                "MATCH (n:`Barge`) MATCH (n1:`Barge`) WHERE id(n) <> id(n1) AND n1.`id` = $p0 MATCH _p1 = "
                "(n)-[:`BESIDE` *BFS 1..3]-(n1) RETURN count(*)"
            ),
        ],
    },
    "condition on a relation": {
        "neo4j": [
            (
                "MATCH (n:`Barge`) WHERE EXISTS { MATCH (n)-[_e0:`TETHERED_TO`]->(_n0:`Quay`) WHERE _n0.`id` "
                "= $p0 } RETURN count(*)"
            ),
        ],
        "memgraph": [
            (
                "MATCH (n:`Barge`) WITH n, size([(n)-[_e0:`TETHERED_TO`]->(_n0:`Quay`) WHERE _n0.`id` = $p0 | "
                "1]) AS _c1 WHERE _c1 > 0 RETURN count(*)"
            ),
        ],
    },
}


def sent(step: str, dialect: str) -> list[str]:
    """Return what a step sends, without questions about indexes."""
    database = Database(DIALECTS[dialect])
    half = Half(is_async=False)
    STEPS[step](half.session(half.driver(database)))
    return [statement.text for statement in database.sent if statement.origin != "schema"]


@pytest.mark.parametrize("dialect", list(DIALECTS))
@pytest.mark.parametrize("step", list(STEPS))
def test_statements_are_spelt(step: str, dialect: str) -> None:
    texts = TEXTS[step].get(dialect, TEXTS[step]["neo4j"])
    assert sent(step, dialect)[-len(texts) :] == [text.replace("PACK", PACK).replace("SLICE", SLICE) for text in texts]


@pytest.mark.slow  # the grammar takes a tenth of a second a statement
@pytest.mark.parametrize("step", list(STEPS))
def test_grammar_reads_what_memgraph_is_told(step: str) -> None:
    """There is no Memgraph to ask; its breadth-first search is no part of the grammar."""
    for text in sent(step, "memgraph"):
        GRAMMAR.parse(text.replace(" *BFS ", "*"))


def test_grammar_refuses_what_is_wrong() -> None:
    with pytest.raises(ParseError):
        GRAMMAR.parse("MATCH (n RETURN n")


ITEMS = {
    "key": (
        SchemaItem("unique", "node", "A", ("id",)),
        ["CREATE INDEX ON :`A`(`id`)", "CREATE CONSTRAINT ON (n:`A`) ASSERT n.`id` IS UNIQUE"],
        "DROP CONSTRAINT ON (n:`A`) ASSERT n.`id` IS UNIQUE",
    ),
    "index": (
        SchemaItem("index", "node", "A", ("x", "y")),
        ["CREATE INDEX ON :`A`(`x`, `y`)"],
        "DROP INDEX ON :`A`(`x`, `y`)",
    ),
    "edge": (
        SchemaItem("index", "edge", "T", ("x",)),
        ["CREATE EDGE INDEX ON :`T`(`x`)"],
        "DROP EDGE INDEX ON :`T`(`x`)",
    ),
}


@pytest.mark.parametrize("kind", list(ITEMS))
def test_memgraph_makes_and_drops(kind: str) -> None:
    item, made, dropped = ITEMS[kind]
    dialect = DIALECTS["memgraph"]
    assert [statement.text for statement in dialect.ddl_make(item)] == made
    assert [statement.text for statement in dialect.ddl_drop(FoundItem(item))] == [dropped]


def test_memgraph_has_no_search() -> None:
    with pytest.raises(UnsupportedFeatureError):
        DIALECTS["memgraph"].ddl_make(SchemaItem("fulltext", "node", "A", ("x",)))


def test_memgraph_tells_its_schema() -> None:
    indexes = [["label", "A", None, 3], ["label+property", "A", "id", 3], ["edge-type+property", "T", ["x"], 1]]
    constraints = [["unique", "A", ["id"], ""], ["exists", "A", "x", ""]]
    found = DIALECTS["memgraph"].read_schema([Reply([indexes]), Reply([constraints])])
    assert [(str(one.item), one.implied) for one in found] == [
        ("index on (:A) id", True),
        ("index on -[:T]- x", False),
        ("unique constraint on (:A) id", False),
    ]
