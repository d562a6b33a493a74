"""The exact SQL of what a unit writes on Apache AGE, and what is left to AGE."""

from __future__ import annotations

import pytest

from runic.ogm.backends._age_text import expect, few_rows, returned
from runic.ogm.backends._age_writes import spell_writes
from runic.ogm.cypher.statement import Statement

ROWS = "UNWIND $r0 AS row "
NODE = f"{ROWS}MATCH (n:`Port`) WHERE n.`id` = row[0] "
COUNT = "RETURN count(*) AS c0"


def found(text: str, *columns: str, number: int = 0) -> str:
    kinds = ", ".join(f"c{place} ag_catalog.agtype" for place in range(len(columns)))
    cypher = f"$cypher$ {text}RETURN {', '.join(columns)} $cypher$"
    return f"f{number} AS MATERIALIZED (SELECT * FROM ag_catalog.cypher('g', {cypher}, $1) AS ({kinds}))"


def checked(table: str, last: str = "", number: int = 0) -> str:
    told = "'Entity failed to be updated' ELSE '0' END"
    check = f"SELECT CASE WHEN count(*) < (SELECT count(DISTINCT f{number}.c0) FROM f{number}) THEN {told} FROM {table}"
    return f"SELECT (count(*) + ({check})::pg_catalog.int8)::ag_catalog.agtype FROM {last or table}"


AS_FOUND = "t.id = f0.c0::ag_catalog.graphid AND t.properties IS NOT DISTINCT FROM f0.c1"
MADE = "ag_catalog.agtype_build_map_nonull"
STATEMENTS = {
    "create": (
        f"{ROWS}CREATE (n:`Port` {{`id`: row[0], `a, b`: date(row[1])}}) {COUNT}",
        (f"WITH {found(ROWS, 'row[0]', 'date(row[1])')}, "
        f"""w0_0 AS (INSERT INTO "g"."Port" (properties) SELECT {MADE}('id', f0.c0, 'a, b', f0.c1) """
        "FROM f0 RETURNING 1) SELECT (count(*))::ag_catalog.agtype FROM w0_0"),
    ),
    "update": (
        f"{NODE}SET n.`name` = row[1], n.`o'x` = row[2] {COUNT}",
        (f"WITH {found(NODE, 'id(n)', 'properties(n)', 'row[1]', 'row[2]')}, "
        """w0_0 AS (UPDATE "g"."Port" t SET properties = """
        f"""(t.properties - '["name","o''x"]'::ag_catalog.agtype) || {MADE}('name', f0.c2, 'o''x', f0.c3) """
        f"FROM f0 WHERE {AS_FOUND} RETURNING 1) {checked('w0_0')}"),
    ),
    "delete": (
        f"{NODE}DETACH DELETE n {COUNT}",
        (f"WITH {found(NODE, 'id(n)', 'properties(n)')}, "
        """w0_0 AS (DELETE FROM "g"."_ag_label_edge" t USING f0 """
        "WHERE t.start_id = f0.c0::ag_catalog.graphid RETURNING 1), "
        """w0_1 AS (DELETE FROM "g"."_ag_label_edge" t USING f0 """
        "WHERE t.end_id = f0.c0::ag_catalog.graphid RETURNING 1), "
        f"""w0_2 AS (DELETE FROM "g"."Port" t USING f0 WHERE {AS_FOUND} RETURNING 1) {checked('w0_2')}"""),
    ),
    "delete of an edge": (
        f"{ROWS}MATCH (a)-[r:`NEAR`]-(b) DELETE r {COUNT}",
        (f"WITH {found(f'{ROWS}MATCH (a)-[r:`NEAR`]-(b) ', 'id(r)', 'start_id(r)', 'properties(r)')}, "
        """w0_0 AS (DELETE FROM "g"."NEAR" t USING f0 WHERE t.id = f0.c0::ag_catalog.graphid """
        "AND t.start_id = f0.c1::ag_catalog.graphid AND t.properties IS NOT DISTINCT FROM f0.c2 RETURNING 1) "
        f"{checked('w0_0')}"),
    ),
    "merge": (
        (f"{ROWS}OPTIONAL MATCH (n:`Port`) WHERE n.`id` = row[0] SET n.`name` = row[1] "
        f"WITH n, row LIMIT 1000000000 WHERE n IS NULL CREATE (:`Port` {{`id`: row[0], `name`: row[1]}}) {COUNT}"),
        "WITH "
        + found(
            f"{ROWS}OPTIONAL MATCH (n:`Port`) WHERE n.`id` = row[0] ", "id(n)", "properties(n)", "row[1]", "row[0]"
        )
        + f""", w0_0 AS (UPDATE "g"."Port" t SET properties = (t.properties - '["name"]'::ag_catalog.agtype) """
        f"|| {MADE}('name', f0.c2) FROM f0 WHERE {AS_FOUND} RETURNING 1), "
        f"""w0_1 AS (INSERT INTO "g"."Port" (properties) SELECT {MADE}('id', f0.c3, 'name', f0.c2) """
        f"FROM f0 WHERE f0.c0 IS NULL RETURNING 1) {checked('w0_0', 'w0_1')}",
    ),
    "relate": (
        (f"{ROWS}MATCH (a) MATCH (b) {COUNT} UNION ALL {ROWS}MATCH (a) MATCH (b) OPTIONAL MATCH (a)-[r:`NEAR`]->(b) "
        f"WITH a, b, r, row LIMIT 1000000000 WHERE r IS NULL CREATE (a)-[:`NEAR`]->(b) {COUNT}"),
        (
            "WITH "
            + found(
                f" {ROWS}MATCH (a) MATCH (b) OPTIONAL MATCH (a)-[r:`NEAR`]->(b) ",
                "id(a)", "id(b)", "id(r)", number=1,
            )
            + """, w1_0 AS (INSERT INTO "g"."NEAR" (start_id, end_id, properties) """
            "SELECT f1.c0::ag_catalog.graphid, f1.c1::ag_catalog.graphid, ag_catalog.agtype_build_map() FROM f1 "
            "WHERE f1.c2 IS NULL RETURNING 1) SELECT count(*)::ag_catalog.agtype FROM (SELECT DISTINCT "
            "f1.c0::ag_catalog.graphid, f1.c1::ag_catalog.graphid FROM f1) AS wanted "
            "UNION ALL SELECT (count(*))::ag_catalog.agtype FROM w1_0"
        ),
    ),
    "relate with properties": (
        (f"{ROWS}MATCH (a) {COUNT} UNION ALL {ROWS}MATCH (a) OPTIONAL MATCH (a)-[r:`NEAR`]->(b) WHERE r.`no` = row[2] "
        "SET r.`no` = row[2], r.`km` = row[3] WITH a, b, r, row LIMIT 1000000000 WHERE r IS NULL "
        f"CREATE (a)-[:`NEAR` {{`no`: row[2], `km`: row[3]}}]->(b) {COUNT}"),
        (
            "WITH "
            + found(
                f" {ROWS}MATCH (a) OPTIONAL MATCH (a)-[r:`NEAR`]->(b) WHERE r.`no` = row[2] ",
                "id(r)", "start_id(r)", "properties(r)", "row[2]", "row[3]", "id(a)", "id(b)", number=1,
            )
            + """, w1_0 AS (UPDATE "g"."NEAR" t SET properties = (t.properties - '["no","km"]'::ag_catalog.agtype) """
            f"|| {MADE}('no', f1.c3, 'km', f1.c4) FROM f1 WHERE t.id = f1.c0::ag_catalog.graphid "
            "AND t.start_id = f1.c1::ag_catalog.graphid AND t.properties IS NOT DISTINCT FROM f1.c2 RETURNING 1), "
            """w1_1 AS (INSERT INTO "g"."NEAR" (start_id, end_id, properties) """
            f"SELECT f1.c5::ag_catalog.graphid, f1.c6::ag_catalog.graphid, {MADE}('no', f1.c3, 'km', f1.c4) FROM f1 "
            "WHERE f1.c0 IS NULL RETURNING 1) SELECT count(*)::ag_catalog.agtype FROM (SELECT DISTINCT "
            "f1.c5::ag_catalog.graphid, f1.c6::ag_catalog.graphid, f1.c3, f1.c4 FROM f1) AS wanted "
            f"UNION ALL {checked('w1_0', 'w1_1', number=1)}"
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", list(STATEMENTS))
def test_exact_text(case: str) -> None:
    cypher, expected = STATEMENTS[case]
    assert spell_writes("g", cypher) == expected


@pytest.mark.parametrize(
    "text",
    [
        f"{ROWS}MATCH (n:`Port`) {COUNT}",
        f"{ROWS}MERGE (n:`Port` {{`id`: row[0]}}) {COUNT}",
        f"{ROWS}MATCH (n) SET n.`a` = 1 {COUNT}",
        f"{ROWS}MATCH (n) DETACH DELETE n {COUNT}",
        f"{ROWS}MATCH (n:`Port`) CREATE (n)<-[:`NEAR`]-(m) {COUNT}",
        f"{NODE}SET n.`a` = 1, n += row[1] {COUNT}",
        f"{NODE}SET n.`a` = 1, n.`a` = 2 {COUNT}",
        f"{ROWS}CREATE (n:`Port` $all) {COUNT}",
    ],
    ids=[
        "no write",
        "another clause",
        "a vertex of no label",
        "deletion of it",
        "another direction",
        "a whole map",
        "a property twice",
        "a map as a parameter",
    ],
)
def test_other_forms_are_left_to_age(text: str) -> None:
    assert spell_writes("g", text) is None


def test_many_properties_are_several_maps() -> None:
    """A function of PostgreSQL takes a hundred arguments."""
    properties = ", ".join(f"`p{place}`: row[{place}]" for place in range(100))
    text = spell_writes("g", f"{ROWS}CREATE (n:`Port` {{{properties}}}) {COUNT}") or ""
    maps = text.split(f"{MADE}(")[1:]
    assert [part.count("f0.c") for part in maps] == [45, 45, 10]


def test_labels_are_spelt_as_they_are_stored() -> None:
    text = spell_writes("g", f'{ROWS}CREATE (n:`A "b`) {COUNT}') or ""
    assert 'INSERT INTO "g"."A_x20__x22_b" (properties)' in text


@pytest.mark.parametrize(("rows", "bound"), [(1, 10), (10, 10), (11, 100), (100, 100), (101, None)])
def test_few_rows_are_expected(rows: int, bound: int | None) -> None:
    section = Statement(NODE, {"r0": [[0]] * rows}, origin="flush")
    assert few_rows(section) == bound
    wanted = NODE if bound is None else NODE.replace("AS row", f"AS row WITH row LIMIT {bound}")
    assert expect(NODE, bound) == wanted


def test_nothing_is_said_of_other_parameters() -> None:
    assert few_rows(Statement("UNWIND $keys AS k RETURN k", {"keys": [1]}, origin="execute")) is None
    assert few_rows(Statement("MATCH (n) WHERE n.`x` = $keys RETURN n", {"keys": 1}, origin="select")) is None


def test_parameters_may_be_called_like_clauses() -> None:
    text = "MATCH (n:`Port`) WHERE n.`id` = $SET WITH DISTINCT n SET n.`name` = $UNION RETURN count(*)"
    assert "UPDATE" in (spell_writes("g", text) or "")
    assert [part.items[0].text for part in returned("MATCH (n) WHERE n.`id` = $RETURN RETURN n.`id` LIMIT $UNION")] == [
        "n.`id`"
    ]
