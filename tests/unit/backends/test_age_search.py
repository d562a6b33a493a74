"""Searches of Apache AGE as the queries that they become, and their indexes; no database."""

from __future__ import annotations

import json
from collections.abc import Generator
from typing import Any

import pytest

from runic.ogm import Field, Node, UnsupportedFeatureError, Vector
from runic.ogm.backends._age_commands import spell_command
from runic.ogm.backends._age_exchange import Exchange, Request
from runic.ogm.backends._age_search import (
    MOST_DIMENSIONS,
    Extension,
    fulltext_expression,
    read_extension,
    search_query,
    vector_expression,
)
from runic.ogm.backends._age_url import read_target
from runic.ogm.backends.age_dialect import AgeDialect
from runic.ogm.cypher.ddl import SchemaItem
from runic.ogm.cypher.select import compile_count
from runic.ogm.cypher.statement import Reply, Statement
from runic.ogm.query.search import fulltext_selection, vector_selection

DIALECT = AgeDialect()
HERE = Extension("my schema", (0, 8, 7))


class Amber(Node):
    id: str
    place: str = Field(default="", index_type="FULLTEXT")
    note: str = Field(default="", index_type="FULLTEXT", name="field's note")
    shape: Vector | None = Field(default=None, index_type="VECTOR", dimensions=2)


class Copal(Amber):
    pass


def compiled(selection: Any) -> tuple[str, dict[str, Any]]:
    found = compile_count(selection, DIALECT)
    return found.text, dict(found.parameters)


def test_words_are_a_call() -> None:
    text, parameters = compiled(fulltext_selection(Copal, "ash  Layer!", ["place"], raw=False))
    call = '["fulltext","Copal",["field\'s note","place"],["place"],false,"p0"]'
    assert text == f"CALL runic.search({call}) YIELD n, `score` WITH n, `score` RETURN count(*)"
    assert parameters == {"p0": "ash Layer"}
    raw, parameters = compiled(fulltext_selection(Amber, "a:* | b", None, raw=True))
    assert '[],true,"p0"]' in raw
    assert parameters == {"p0": "a:* | b"}


def test_vectors_are_a_call() -> None:
    text, parameters = compiled(vector_selection(Amber, "shape", [1, 0], 3))
    assert text.startswith('CALL runic.search(["vector","Amber","shape",2,"cosine","p0","p1"]) YIELD n, `score`')
    assert parameters == {"p0": [1.0, 0.0], "p1": 3}


def test_full_text_is_asked_of_the_table() -> None:
    found = search_query("g", ["fulltext", "Am'b", ["a", "b"], [], False, "p0"], {"p0": "x'y"}, None)
    assert found.parameter == "x'y"
    assert found.settings == ""
    assert 'FROM "g"."Am_x27_b" WHERE' in found.text
    assert found.text.count(fulltext_expression(["a", "b"])) == 2  # as the index has it, and to rank
    narrow = search_query("g", ["fulltext", "A", ["a", "b"], ["b"], False, "p0"], {"p0": "x"}, None)
    assert fulltext_expression(["a", "b"]) in narrow.text
    assert f"AND {fulltext_expression(['b'])} @@" in narrow.text
    raw = search_query("g", ["fulltext", "A", ["a"], [], True, "p0"], {"p0": "x"}, None)
    assert "pg_catalog.to_tsquery('simple'::pg_catalog.regconfig, $1)" in raw.text


def test_names_are_quoted() -> None:
    assert """'"it''s \\\\"x\\\\""'""" in fulltext_expression(['it\'s "x"'])
    assert vector_expression("v", 3, HERE).endswith('::"my schema".vector(3)')


@pytest.mark.parametrize(("similarity", "operator", "score"), [
    ("cosine", "<=>", "1 - d / 2"), ("euclidean", "<->", "1 / (1 + d * d)"),
])  # fmt: skip
def test_vectors_are_asked_of_the_table(similarity: str, operator: str, score: str) -> None:
    search = ["vector", "A", "v", 2, similarity, "p0", "p1"]
    found = search_query("g", search, {"p0": [1.0, 0.5], "p1": 7}, HERE)
    assert f'OPERATOR("my schema".{operator}) $1 LIMIT 7' in found.text
    assert f"({score})::pg_catalog.float8" in found.text
    assert found.parameter == "[1.0,0.5]"
    assert "hnsw.iterative_scan" in found.settings
    assert "iterative_scan" not in search_query("g", search, {"p0": [1.0], "p1": 7}, Extension("s", (0, 7))).settings
    assert "ef_search = 1000" in search_query("g", search, {"p0": [1.0], "p1": 5000}, HERE).settings


def test_place_of_the_extension_is_read() -> None:
    assert read_extension([[b"public"], [b"0.8.7"]]) == Extension("public", (0, 8, 7))
    assert read_extension([[], []]) is None


def index(kind: str, *properties: str, **more: Any) -> str:
    item: Any = SchemaItem(kind, "node", "A", properties, more.get("dimensions"), more.get("similarity"))  # type: ignore[arg-type]
    statement = DIALECT.ddl_make(item)[-1]
    return spell_command(statement, "g", HERE)


def test_indexes_are_on_expressions() -> None:
    assert index("fulltext", "a").endswith(f'ON "g"."A" USING gin (({fulltext_expression(["a"])}))')
    vector = index("vector", "v", dimensions=3, similarity="euclidean")
    assert vector.endswith(f'USING hnsw (({vector_expression("v", 3, HERE)}) "my schema".vector_l2_ops)')
    other = index("vector", "v", dimensions=4, similarity="euclidean")
    assert other.partition(" ON ")[0] != vector.partition(" ON ")[0]  # another index: it would be taken for this one
    assert index("unique", "a").startswith("CREATE UNIQUE INDEX IF NOT EXISTS")


def test_too_many_dimensions_are_refused() -> None:
    with pytest.raises(UnsupportedFeatureError, match=f"at most {MOST_DIMENSIONS}"):
        index("vector", "v", dimensions=MOST_DIMENSIONS + 1, similarity="cosine")


def test_indexes_are_read() -> None:
    prefix = "agtype_access_operator(VARIADIC ARRAY[properties, "
    gin = f"""to_tsvector('simple'::regconfig, translate((COALESCE(agtype_to_text({prefix}'"b"'::agtype])), ''::text)
        || ' ' || COALESCE(agtype_to_text({prefix}'"it''s"'::agtype])), ''::text)), '!"#'']'::text, '   '::text))"""
    hnsw = f"""(agtype_to_text({prefix}'"v"'::agtype]))::vector(3)"""
    rows = [
        ["x", False, "v", "A", [gin], "gin", "tsvector_ops"],
        ["y", False, "e", "K", [hnsw], "hnsw", "vector_cosine_ops"],
        ["z", True, "v", "A", [f"""{prefix}'"a"'::agtype])"""], "btree", "agtype_ops_btree"],
        ["u", False, "v", "A", ["lower(x)"], "btree", "text_ops"],
        ["w", False, "v", "A", [hnsw], "hnsw", "vector_ip_ops"],
    ]
    found = DIALECT.read_schema([Reply([[*rows]])])
    assert [each.item for each in found] == [
        SchemaItem("fulltext", "node", "A", ("b", "it's")),
        SchemaItem("vector", "edge", "K", ("v",), 3, "cosine"),
        SchemaItem("unique", "node", "A", ("a",)),
    ]


def drive(work: Generator[Request, Any, Any], answers: dict[str, Any]) -> tuple[list[Request], Any]:
    """Answer each query by the words in it; return the queries and the result."""
    asked: list[Request] = []
    try:
        request = next(work)
        while True:
            asked.append(request)
            found: list[Any] = [answer for word, answer in answers.items() if word in request.text]
            request = work.send(found[0] if found else [])
    except StopIteration as done:
        return asked, done.value


def exchange() -> Exchange:
    made = Exchange(read_target("age", {"graph": "graph"}), local=False)
    made.ready = True
    return made


def test_a_search_is_two_queries_of_one_snapshot() -> None:
    text, parameters = compiled(vector_selection(Amber, "shape", [1, 0], 3))
    statement = Statement(text, parameters, (("int",),), origin="query")
    answers = {
        "pg_extension": [[b"public"], [b"0.8.7"]],
        "$cypher$": [[b"1"]],
        "_agtype_build_vertex": [[b'{"id": 1}::vertex'], [b"0.5"]],
    }
    asked, reply = drive(exchange().run_alone(statement, begins=True), answers)
    assert asked[0].text == "BEGIN; SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"
    for word, each in zip(("pg_extension", "SET LOCAL hnsw", "<=>", "$cypher$"), asked[1:-1], strict=True):
        assert word in each.text
    assert asked[-1].text == "COMMIT"
    assert asked[-2].parameter == '{"p0":[1.0,0.0],"p1":3, "_found_0": [[{"id": 1}::vertex, 0.5]]}'
    assert reply == Reply([[[1]]])


@pytest.mark.parametrize("kind", ["search", "index"])
def test_a_database_without_vectors_says_so(kind: str) -> None:
    text, parameters = compiled(vector_selection(Amber, "shape", [1, 0], 3))
    search = Statement(text, parameters, (("int",),), origin="query")
    item = SchemaItem("vector", "node", "Amber", ("shape",), 2, "cosine")
    work = exchange().run(search if kind == "search" else DIALECT.ddl_make(item)[-1])
    assert "pg_extension" in next(work).text
    with pytest.raises(UnsupportedFeatureError, match="CREATE EXTENSION vector"):
        work.send([[], []])


def test_arguments_are_json() -> None:
    text, _ = compiled(fulltext_selection(Amber, "x", None, raw=False))
    assert json.loads(text.partition("(")[2].partition(") YIELD")[0])[2] == ["field's note", "place"]
