"""What becomes of a statement's text on its way to Apache AGE."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runic.ogm import QueryError
from runic.ogm.backends._age_commands import spell_command
from runic.ogm.backends._age_names import shown_name, stored_name
from runic.ogm.backends._age_replies import Reader
from runic.ogm.backends._age_sql import call, literal, name
from runic.ogm.backends._age_text import compile_text
from runic.ogm.cypher.statement import Columns, Statement


def sent(text: str, *widths: int) -> str:
    return compile_text(text, widths).text


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("MATCH (n) RETURN n.name AS name, count(*)", ("name", "count(*)")),
        ("RETURN 1 AS `a b`, [1, 2] AS c ORDER BY c SKIP 1 LIMIT 2", ("a b", "c")),
        ("RETURN DISTINCT n.a, {b: 1, c: 2} AS m", ("n.a", "m")),
        ("RETURN ', RETURN x' AS text // , and more", ("text",)),
        ("return 'it''s' as a /* RETURN b */, \"RETURN\" AS q;", ("a", "q")),
        ("MATCH (n) WHERE EXISTS { MATCH (n)-[:R]->(m) RETURN m } RETURN n", ("n",)),
        ("RETURN 1 AS a UNION ALL RETURN 2 AS b", ("a",)),
        ("CREATE (n {name: 'RETURN'})", ()),
        ("MATCH (n) WITH n.`RETURN` AS x RETURN x", ("x",)),
    ],
)
def test_columns_of_raw_cypher(text: str, names: tuple[str, ...]) -> None:
    compiled = compile_text(text, ())
    assert compiled.names == names
    assert compiled.width == max(1, len(names))
    assert compiled.text == text


def test_star_is_refused() -> None:
    with pytest.raises(QueryError, match="name what to return"):
        compile_text("MATCH (n) RETURN *", ())


def test_entity_is_returned_whole() -> None:
    assert sent("MATCH (n:`A`) RETURN n.`a`, n.`b`, id(n), labels(n) ORDER BY n.`a` LIMIT 3", 4) == (
        "MATCH (n:`A`) RETURN n ORDER BY n.`a` LIMIT 3"
    )
    assert sent("MATCH (n)-[e]->(m) RETURN n.`a`, id(n), e.`w`, id(e), start_id(e), m.`a`, id(m)", 7) == (
        "MATCH (n)-[e]->(m) RETURN n, e, m"
    )


def test_parts_are_padded() -> None:
    parts = "MATCH (n) RETURN n.`a`, id(n), 0 UNION ALL MATCH (n)-[r]->(m) RETURN id(n), id(m), 1"
    assert sent(parts, 2, 2) == "MATCH (n) RETURN n, null, 0 UNION ALL MATCH (n)-[r]->(m) RETURN id(n), id(m), 1"


def test_entity_without_its_id_comes_whole_too() -> None:
    assert sent("MATCH (n) RETURN n.`a`, n.`b`", 2) == "MATCH (n) RETURN n"


@pytest.mark.parametrize(
    "text",
    [
        "MATCH (n) RETURN n.`a`",
        "MATCH (n) RETURN n.`a` AS `x`, n.`b` AS `y`",
        "MATCH (n) RETURN count(*)",
        "MATCH (n) RETURN DISTINCT n.`a`, id(n)",
        "MATCH (n) RETURN n.`a` + id(n) AS `x`, id(n)",
    ],
)
def test_values_stay_values(text: str) -> None:
    assert sent(text, text.count(",") + 1) == text


@given(st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="`"), min_size=1, max_size=7))
def test_names_of_tables_come_back(label: str) -> None:
    stored = stored_name(label)
    assert stored.isascii()
    assert stored.isidentifier()
    assert shown_name(stored) == label


@pytest.mark.parametrize("label", ["Person", "KNOWS_OF", "_x", "a_x4_b"])
def test_plain_names_stay(label: str) -> None:
    assert shown_name(stored_name(label)) == label
    assert (stored_name(label) == label) is (label != "a_x4_b")


def test_long_name_is_refused() -> None:
    with pytest.raises(QueryError, match="too long"):
        stored_name("a" * 64)


def test_odd_labels_are_encoded_in_patterns_only() -> None:
    text = "MATCH (n:`my label`)-[r:`A|B`]->(m:`Plain`) WHERE n.`my label` = ':`my label`' RETURN {x: `my label`}"
    assert sent(text) == (
        "MATCH (n:`my_x20_label`)-[r:`A_x7c_B`]->(m:`Plain`) WHERE n.`my label` = ':`my label`' RETURN {x: `my label`}"
    )


@given(st.text())
def test_nothing_leaves_the_dollar_quotes(text: str) -> None:
    for hostile in (text, f"{text}$cypher$", f"$cypher$ {text} $cypher1$", f"{text}$cypher"):
        query = call("graph", hostile, 1, bound=True)
        head, tag, rest = query.partition("$cypher" + ("$" if f"$cypher$ {hostile} $cypher$" in query else ""))
        tag = query[len(head) :].split(" ", 1)[0]
        inside, _, after = query[len(head) + len(tag) :].partition(tag)
        assert inside == f" {hostile} "
        assert after == ", $1) AS (c0 ag_catalog.agtype)"
        assert rest


def test_literals_and_names_are_quoted() -> None:
    assert literal("it's") == "'it''s'"
    assert literal("a\\'b") == "E'a\\\\''b'"
    assert name('a"b') == '"a""b"'


def test_unknown_command_is_refused() -> None:
    with pytest.raises(QueryError, match="AGE NONSENSE"):
        spell_command(Statement("AGE NONSENSE", {}), "graph")


def read(text: str, columns: list[list[bytes | None]], *tables: Columns) -> Any:
    compiled = compile_text(text, tuple(map(len, tables)))
    return Reader(compiled, tables).read(columns, {"City": ("Place", "City"), "": ()}.__getitem__)


def test_rows_of_whole_entities() -> None:
    city = b'{"id": 7, "label": "City", "properties": {"a": "x::vertex"}}::vertex'
    reply = read("MATCH (n) RETURN n.`a`, n.`b`, id(n), labels(n)", [[city, None]], ("str", "int", "int", "labels"))
    assert reply.tables == [[["x::vertex", None, 7, ("Place", "City")], [None, None, None, None]]]


def test_tables_are_told_apart_by_their_index() -> None:
    text = "MATCH (n) RETURN n.`a`, id(n), 0 UNION ALL MATCH (n)-[r]->(m) RETURN id(n), id(m), 1"
    city = b'{"id": 7, "label": "City", "properties": {"a": 1.5}}::vertex'
    columns: list[list[bytes | None]] = [[b"7", city, b"8"], [b"9", None, None], [b"1", b"0", b"1"]]
    reply = read(text, columns, ("float", "int"), ("int", "int"))
    assert reply.tables == [[[1.5, 7]], [[7, 9], [8, None]]]


def test_raw_rows_have_names() -> None:
    reply = read("RETURN 1 AS a, n", [[b"1"], [b'{"id": 7, "label": "City", "properties": {}}::vertex']])
    assert reply.columns == ("a", "n")
    assert reply.tables[0][0][1].labels == ("Place", "City")
