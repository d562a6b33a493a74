"""The text of searches on each database, and what becomes of a user's words."""

from __future__ import annotations

from typing import Any

import pytest

from runic.ogm import Field, Node, Vector
from runic.ogm.backends.falkordb_dialect import FalkorDBDialect
from runic.ogm.backends.neo4j_dialect import Neo4jDialect
from runic.ogm.cypher.dialect import Dialect
from runic.ogm.cypher.search import words_of
from runic.ogm.cypher.select import compile_count, compile_select
from runic.ogm.exceptions import UnsupportedFeatureError
from runic.ogm.mapping.mapper import Mapper
from runic.ogm.query.functions import count
from runic.ogm.query.search import fulltext_selection, score, vector_selection
from runic.ogm.session.select import Select

FALKORDB, NEO4J = FalkorDBDialect(), Neo4jDialect()


class Fossil(Node):
    id: str
    place: str = Field(default="", index_type="FULLTEXT")
    note: str = Field(default="", index_type="FULLTEXT", name="field note")
    shape: Vector | None = Field(default=None, index_type="VECTOR", dimensions=2)
    spot: Vector | None = Field(default=None, index_type="VECTOR", dimensions=2, similarity="euclidean")


class Tooth(Fossil):
    pass


def text(query: str, fields: Any = None, *, cls: type[Node] = Fossil, raw: bool = False) -> Select[Any]:
    return Select(fulltext_selection(cls, query, fields, raw=raw))


def near(field: str, *, cls: type[Node] = Fossil) -> Select[Any]:
    return Select(vector_selection(cls, field, [1, 0], 3))


def compiled(statement: Select[Any], dialect: Dialect) -> tuple[str, list[Any]]:
    """Return the clauses before what is returned, and the parameters."""
    found = compile_count(statement.selection, dialect)
    return found.text.removesuffix(" RETURN count(*)"), list(found.parameters.values())


FULLTEXT = "CALL db.idx.fulltext.queryNodes($p0, $p1) YIELD node AS n, score AS _s WITH n, _s / (1.0 + _s) AS score"
LUCENE = "CALL db.index.fulltext.queryNodes($p0, $p1) YIELD node AS n, score AS _s WITH n, _s / (1.0 + _s) AS `score`"


@pytest.mark.parametrize(
    ("statement", "falkordb", "neo4j"),
    [
        (text("ash  Layer!"), "ash Layer", '+"ash" +"Layer"'),
        (text("ash", ["place"]), "@place:(ash)", '+(place:"ash")'),
        (text("ash", [Fossil.note]), r"@field\ note:(ash)", r'+(field\ note:"ash")'),
        (text("ash bed", ["place", "note"]), "ash bed", '+"ash" +"bed"'),
        (text('a" OR (b) -c*'), "a OR b c", '+"a" +"OR" +"b" +"c"'),
        (text("?!"), "", '""'),
        (text("a* -b", raw=True), "a* -b", "a* -b"),
        (text("a*", ["place"], raw=True), "@place:(a*)", "place:(a*)"),
    ],
)
def test_words_are_joined_by_and(statement: Select[Any], falkordb: str, neo4j: str) -> None:
    assert compiled(statement, FALKORDB) == (FULLTEXT, ["Fossil", falkordb])
    assert compiled(statement, NEO4J) == (LUCENE, ["Fossil.field note,place", neo4j])


def test_search_of_a_subclass_leaves_others_out() -> None:
    found, parameters = compiled(text("ash", cls=Tooth), FALKORDB)
    assert found == f"{FULLTEXT} WHERE n:`Fossil`:`Tooth` WITH n, score"
    assert parameters == ["Fossil", "ash"]


def test_vector_index_is_asked() -> None:
    found, parameters = compiled(near("shape"), FALKORDB)
    assert found == (
        "CALL db.idx.vector.queryNodes($p2, $p3, $p4, vecf32($p0)) YIELD node AS n, score AS _d WITH n, _d "
        "WHERE _d >= 0 OR _d < 0 WITH n, CASE WHEN _d <= 0 THEN 1.0 WHEN _d >= 2 THEN 0.0 ELSE 1.0 - _d / 2.0 END "
        "AS score ORDER BY score DESC LIMIT $p1"
    )
    assert parameters == [[1.0, 0.0], 3, "Fossil", "shape", 3]
    assert compiled(near("spot"), NEO4J) == (
        "CALL db.index.vector.queryNodes($p1, $p2, $p0) YIELD node AS n, score AS _s WITH n, _s AS `score`",
        [[1.0, 0.0], "Fossil.spot", 3],
    )


def test_class_without_an_index_of_its_own_is_compared() -> None:
    found, _ = compiled(near("spot", cls=Tooth), FALKORDB)
    assert found == (
        "MATCH (n:`Fossil`:`Tooth`) WHERE n.`spot` IS NOT NULL WITH n, vec.euclideanDistance(n.`spot`, vecf32($p0)) "
        "AS _d WHERE _d >= 0 OR _d < 0 WITH n, 1.0 / (1.0 + _d * _d) AS score ORDER BY score DESC LIMIT $p1"
    )
    assert compiled(near("shape", cls=Tooth), NEO4J)[0] == (
        "MATCH (n:`Fossil`:`Tooth`) WHERE n.`shape` IS NOT NULL WITH n, vector.similarity.cosine(n.`shape`, $p0) "
        "AS `score` ORDER BY `score` DESC LIMIT $p1"
    )


def test_best_comes_first_unless_asked_otherwise() -> None:
    def order(statement: Select[Any]) -> str:
        return compile_select(statement.selection, FALKORDB, Mapper(FALKORDB)).text.partition(" RETURN ")[2]

    assert order(text("ash")).endswith(" ORDER BY score DESC, n.`id`")
    assert order(text("ash").order_by("place")).endswith(" ORDER BY n.`place`")
    assert order(text("ash").order_by(score())).endswith(" ORDER BY score")
    assert " ORDER BY " not in text("ash").aggregate(count()).build(FALKORDB)[0]


def test_page_of_the_best_goes_on() -> None:
    statement = text("ash").alias("f").limit(2).with_("f")
    assert " WITH `f` ORDER BY score DESC, `f`.`id` LIMIT $p2" in statement.build(FALKORDB)[0]


def test_database_without_searches_refuses() -> None:
    for statement in (text("ash"), near("shape")):
        with pytest.raises(UnsupportedFeatureError, match="cypher"):
            statement.build()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("a b", ["a", "b"]), (" a\tb\n", ["a", "b"]), ("foo-bar", ["foo", "bar"]), ("x_y", ["x_y"]),
        ("“quoted”—dash", ["quoted", "dash"]), ("e.g.", ["e", "g"]), ("日本語 テスト", ["日本語", "テスト"]),
        ("cafe\u0301", ["cafe\u0301"]), ("a\x00b\x7fc\x01d", ["a", "b", "c", "d"]), ("", []), ("💥", ["💥"]),
        ("a\u200bb\u00a0c\u3000d", ["a", "b", "c", "d"]), ("7 99%", ["7", "99"]),
    ],
)  # fmt: skip
def test_words_hold_no_syntax(given: str, words: list[str]) -> None:
    assert words_of(given) == tuple(words)
