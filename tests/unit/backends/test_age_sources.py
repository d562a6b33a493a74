"""What is asked for before a statement of Apache AGE: no database."""

from __future__ import annotations

import pytest

from runic.ogm import QueryError
from runic.ogm.backends._age_sources import Source, Split, spell_found, split, with_found

GOES_ON = "UNWIND $_found_0 AS _found WITH _found[0] AS `n` OPTIONAL MATCH (`n`)"


def test_statement_without_sources_stays() -> None:
    for text in ("MATCH (n:`CALL { x }`) RETURN n", "MATCH (n) WHERE n.`a` = 'CALL { RETURN 1 }' RETURN n"):
        assert split(text) == Split(text)


def test_parts_of_a_union_are_asked_for_before() -> None:
    union = "CALL { MATCH (n:A) RETURN n AS n UNION MATCH (m:B) WITH m LIMIT $p0 RETURN m AS n }"
    text = f"{union} WITH n WHERE n.x > 1 RETURN n"
    parts = (Split("MATCH (n:A) RETURN n AS n"), Split("MATCH (m:B) WITH m LIMIT $p0 RETURN m AS n"))
    assert split(text) == Split(f"{GOES_ON} WITH n WHERE n.x > 1 RETURN n", (Source("_found_0", parts),))


def test_equal_sources_are_asked_for_once() -> None:
    call = "CALL { MATCH (n) RETURN n AS n UNION MATCH (n) RETURN n AS n } WITH n"
    found = split(f"{call} RETURN n.a UNION ALL {call} RETURN n.b")
    assert found.text == f"{GOES_ON} WITH n RETURN n.a UNION ALL {GOES_ON} WITH n RETURN n.b"
    assert len(found.sources) == 1


def test_unions_within_a_union_have_parameters_of_their_own() -> None:
    inner = "CALL { MATCH (a) RETURN a AS n UNION MATCH (b) RETURN b AS n } WITH n RETURN n AS n"
    found = split(f"CALL {{ {inner} UNION {inner} }} WITH n RETURN n")
    names = [part.sources[0].parameter for part in found.sources[0].parts]
    assert names == ["_found_0_0_0", "_found_0_1_0"]
    assert found.sources[0].parts[0].text.startswith("UNWIND $_found_0_0_0 AS _found")


def test_search_is_asked_for_before() -> None:
    text = 'CALL runic.search(["A", ["x)", "}"], "$p0"]) YIELD n, `score` WITH n, `score` RETURN n'
    expected = "UNWIND $_found_0 AS _found WITH _found[0] AS n, _found[1] AS `score` OPTIONAL MATCH (n)"
    source = Source("_found_0", search=("A", ["x)", "}"], "$p0"))
    assert split(text) == Split(f"{expected} WITH n, `score` RETURN n", (source,))


def test_subquery_of_another_form_is_refused() -> None:
    for text in ("CALL { MATCH (n) SET n.a = 1 } RETURN 1", "CALL { MATCH (n) RETURN n, n.a } RETURN n"):
        with pytest.raises(QueryError, match="one vertex"):
            split(text)


def test_found_rows_join_the_parameters() -> None:
    vertex = b'{"id": 1, "label": "A", "properties": {"x": "::vertex"}}::vertex'
    rows = spell_found([[vertex, None], [b"0.5", b"1"]])
    assert rows == f"[[{vertex.decode()}, 0.5], [null, 1]]"
    assert spell_found([]) == spell_found([[], []]) == "[]"
    assert with_found(None, [("_found_0", "[]")]) == '{"_found_0": []}'
    assert with_found("{}", [("a", "[]"), ("b", "[1]")]) == '{"a": [], "b": [1]}'
    assert with_found('{"p0": 1}', [("a", "[]")]) == '{"p0": 1, "a": []}'
    assert with_found('{"p0": 1}', []) == '{"p0": 1}'
