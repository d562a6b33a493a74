"""The whole text of what ArcadeDB spells its own way."""

from __future__ import annotations

from typing import Any

import pytest

from runic.ogm.backends._arcadedb_http import SQL, take_http_port
from runic.ogm.backends.arcadedb import _needs_transaction
from runic.ogm.backends.arcadedb_dialect import ArcadeDBDialect
from runic.ogm.cypher.ddl import FoundItem, SchemaItem
from runic.ogm.cypher.persist import render_merge
from runic.ogm.cypher.search import FulltextCall, VectorCall
from runic.ogm.cypher.statement import Reply, Statement
from runic.ogm.exceptions import DatabaseError
from runic.ogm.mapping.mapper import Mapper
from runic.ogm.model.base import Node
from runic.ogm.model.fields import Field

DIALECT = ArcadeDBDialect()


class Reef(Node, labels=["Reef"]):
    id: str = Field(primary_key=True)
    depth: float | None = None


class Atoll(Reef, labels=["Reef", "Atoll"]):
    pass


def texts(statements: list[Statement]) -> list[str]:
    return [f"SQL {one.text}" if one.parameters == SQL else one.text for one in statements]


def merged(cls: type[Node]) -> str:
    return render_merge(DIALECT, Mapper(DIALECT).entity(cls), cls.__meta__, [["r", 1]])


def test_merge_of_one_label_is_the_standard() -> None:
    assert merged(Reef) == "MERGE (n:`Reef` {`id`: row[0]}) SET n.`id` = row[0], n.`depth` = row[1]"


def test_merge_of_several_labels_creates_sets_or_moves() -> None:
    assert merged(Atoll) == (
        "OPTIONAL MATCH (found:`Reef` {`id`: row[0]}) "
        "FOREACH (_ IN CASE WHEN found IS NULL THEN [1] ELSE [] END | "
        "CREATE (:`Reef`:`Atoll` {`id`: row[0], `depth`: row[1]})) "
        "FOREACH (n IN CASE WHEN found:`Atoll` THEN [found] ELSE [] END | SET n.`id` = row[0], n.`depth` = row[1]) "
        "FOREACH (n IN CASE WHEN found IS NOT NULL AND NOT found:`Atoll` THEN [found] ELSE [] END | "
        "SET n.`id` = null, n:`Atoll`, n.`id` = row[0], n.`depth` = row[1])"
    )


def test_relate_writes_to_its_start() -> None:
    touch = "SET a.`_` = null WITH row, a, b"
    assert DIALECT.render_relate(":`K`", "", "", "", []) == f"{touch} MERGE (a)-[r:`K`]->(b)"
    assert DIALECT.render_relate(":`K`", " {`k`: row[2]}", "", "r.`x` = row[3]", []) == (
        f"{touch} MERGE (a)-[r:`K` {{`k`: row[2]}}]->(b) SET r.`x` = row[3]"
    )
    assert DIALECT.render_undirected_relate(":`K`", "", "", "r.`x` = row[2]") == (
        "MERGE (a)-[r:`K`]-(b) WITH DISTINCT row, r SET r.`x` = row[2]"
    )
    assert DIALECT.render_ends_lock() == "SET a.`_` = null, b.`_` = null"


@pytest.mark.parametrize(
    ("name", "variable"),
    [("a", "`a`"), ("a.b", "`a_2e_b`"), ("a b", "`a_20_b`"), ("é", "`é`"), ("select", "`select`")],
)
def test_variable_holds_no_operator(name: str, variable: str) -> None:
    assert DIALECT.render_variable(name) == variable


def test_index_declares_the_type_of_its_property() -> None:
    typed = "CREATE CONSTRAINT IF NOT EXISTS FOR (n:`Reef`) REQUIRE"
    assert texts(DIALECT.ddl_key(Reef.__meta__)) == [f"{typed} n.`id` IS :: STRING", f"{typed} (n.`id`) IS UNIQUE"]
    assert texts(DIALECT.ddl_make(SchemaItem("index", "node", "Reef", ("depth",)))) == [
        f"{typed} n.`depth` IS :: FLOAT",
        "CREATE INDEX IF NOT EXISTS FOR (n:`Reef`) ON (n.`depth`)",
    ]
    assert texts(DIALECT.ddl_make(SchemaItem("index", "edge", "UNKNOWN", ("x",)))) == [
        "CREATE INDEX IF NOT EXISTS FOR ()-[n:`UNKNOWN`]-() ON (n.`x`)"
    ]


def test_other_indexes_are_sql() -> None:
    assert texts(DIALECT.ddl_make(SchemaItem("fulltext", "node", "Reef", ("a", "b c")))) == [
        "SQL CREATE VERTEX TYPE `Reef` IF NOT EXISTS",
        "SQL CREATE PROPERTY `Reef`.`a` IF NOT EXISTS STRING",
        "SQL CREATE PROPERTY `Reef`.`b c` IF NOT EXISTS STRING",
        "SQL CREATE INDEX IF NOT EXISTS ON `Reef` (`a`, `b c`) FULL_TEXT",
    ]
    assert texts(DIALECT.ddl_make(SchemaItem("vector", "edge", "K", ("v",), 3, "euclidean"))) == [
        "SQL CREATE EDGE TYPE `K` IF NOT EXISTS",
        "SQL CREATE PROPERTY `K`.`v` IF NOT EXISTS ARRAY_OF_FLOATS",
        'SQL CREATE INDEX IF NOT EXISTS ON `K` (`v`) LSM_VECTOR METADATA {"dimensions": 3, "similarity": "EUCLIDEAN"}',
    ]


def test_drop_takes_the_type_along() -> None:
    unique = FoundItem(SchemaItem("unique", "node", "Reef", ("id",)), name="constraint_Reef_id_unique")
    assert texts(DIALECT.ddl_drop(unique)) == [
        "DROP CONSTRAINT `constraint_Reef_id_unique` IF EXISTS",
        "DROP CONSTRAINT `constraint_Reef_id_type` IF EXISTS",
    ]
    vector = FoundItem(SchemaItem("vector", "node", "Reef", ("v",)), name="Reef[v]")
    assert texts(DIALECT.ddl_drop(vector))[0] == "DROP INDEX `Reef[v]` IF EXISTS"
    assert texts(DIALECT.ddl_drop(vector))[-1] == "SQL DROP PROPERTY `Reef`.`v` IF EXISTS"


def test_schema_is_read() -> None:
    indexes = [
        ["Reef[id]", "RANGE", "NODE", ["Reef"], ["id"], "constraint_Reef_id_unique"],
        ["Reef[v]", "VECTOR", "NODE", ["Reef"], ["v"], None],
    ]
    constraints = [
        ["constraint_Reef_id_unique", "UNIQUENESS", "NODE", ["Reef"], ["id"]],
        ["constraint_Reef_id_type", "NODE_PROPERTY_TYPE", "NODE", ["Reef"], ["id"]],
    ]
    vector = {"name": "Reef[v]", "dimensions": 3, "scoring": "distance_lower_is_better:EUCLIDEAN"}
    types = [[{"name": "Reef", "indexes": [{"name": "Reef[id]"}, vector]}]]
    found = DIALECT.read_schema([Reply([indexes]), Reply([constraints]), Reply([types])])
    assert [str(one.item) for one in found] == [
        "index on (:Reef) id",
        "vector index on (:Reef) v (3 dimensions, euclidean)",
        "unique constraint on (:Reef) id",
    ]
    assert [one.implied for one in found] == [True, False, False]


def search(item: SchemaItem, **options: Any) -> tuple[str, list[object]]:
    added: list[object] = []

    def add(value: object) -> str:
        added.append(value)
        return f"$p{len(added) - 1}"

    if item.kind == "fulltext":
        found = DIALECT.render_fulltext(FulltextCall(item, "n", "s", add, **options))
    else:
        found = DIALECT.render_vector(VectorCall(item, "n", "s", add, [1.0], 2, **options))
    return found, added


@pytest.mark.parametrize(
    ("fields", "words", "raw", "query"),
    [
        ((), ("red", "AND"), None, '("red") AND ("AND")'),
        (("a b",), ("red",), None, '(a\\ b:"red")'),
        (("a", "b"), ("red",), None, '(a:"red" OR b:"red")'),
        ((), (), "red*", "red*"),
        (("a",), (), "red*", "a:(red*)"),
    ],
)
def test_text_is_lucene(fields: Any, words: Any, raw: Any, query: str) -> None:
    found = search(SchemaItem("fulltext", "node", "Reef", ("a b", "c")), fields=fields, words=words, raw=raw)
    assert found == (
        "CALL db.index.fulltext.queryNodes($p1, $p0) YIELD node, score AS _s WITH node AS n, _s / (1.0 + _s) AS s",
        [query, "Reef[ab,c]"],
    )


def test_search_for_nothing_finds_nothing() -> None:
    found = search(SchemaItem("fulltext", "node", "Reef", ("a",)), fields=(), words=(), raw=None)
    assert found == ("UNWIND [] AS n WITH n, 0.0 AS s", [])


def test_vector_index_is_asked() -> None:
    assert search(SchemaItem("vector", "node", "Reef", ("v",), 1, "cosine"), labels=()) == (
        "CALL db.index.vector.queryNodes($p2, $p0, $p1) YIELD node, score AS _s WITH node AS n, _s AS s",
        [2, [1.0], "Reef[v]"],
    )


def test_class_without_an_index_of_its_own_is_compared() -> None:
    found, _ = search(SchemaItem("vector", "node", "Reef", ("v",), 1, "cosine"), labels=("Reef", "Atoll"))
    assert found == (
        "MATCH (n:`Reef`:`Atoll`) WHERE any(x IN n.`v` WHERE x <> 0) "
        "WITH n, (1.0 + vector.similarity.cosine(n.`v`, $p0)) / 2 AS s ORDER BY s DESC LIMIT $p1"
    )
    found, _ = search(SchemaItem("vector", "node", "Reef", ("v",), 1, "euclidean"), labels=("Reef", "Atoll"))
    assert "reduce(s = 0.0, i IN range(0, size($p0) - 1) | " in found


@pytest.mark.parametrize(
    ("text", "write", "wanted"),
    [
        ("MATCH (n) RETURN n", False, False),
        ("MATCH (n) RETURN n", True, True),
        ("match (n) set n.x = 1", False, True),
        ("MATCH (n) RETURN n.offset", False, False),
        ("CALL db.labels()", False, True),
        ("CREATE (n:Index)", False, True),
    ],
)
def test_what_may_write_runs_in_a_transaction(text: str, write: bool, wanted: bool) -> None:
    assert _needs_transaction(Statement(text, {}, write=write)) is wanted


@pytest.mark.parametrize("text", ["CREATE INDEX FOR (n:A) ON (n.x)", "DROP CONSTRAINT x", "/* */ create text\nindex x"])
def test_unannounced_schema_is_refused(text: str) -> None:
    with pytest.raises(DatabaseError, match="write=True"):
        _needs_transaction(Statement(text, {}))
    assert _needs_transaction(Statement(text, {}, write=True))


def test_http_port_is_taken_from_the_url() -> None:
    assert take_http_port("arcadedb://h/d?http_port=1234", None) == ("arcadedb://h/d", 1234)
    assert take_http_port("arcadedb://h/d?http_port=1234", 99) == ("arcadedb://h/d", 99)
    assert take_http_port("arcadedb", None) == ("arcadedb", 2480)


@pytest.mark.parametrize("url", ["arcadedb://h/d?http_port=x", "arcadedb://h/d?http_port=0", "arcadedb://h/d?other=1"])
def test_wrong_http_port_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="http_port"):
        take_http_port(url, None)
