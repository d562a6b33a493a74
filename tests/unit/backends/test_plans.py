"""Each database's own form of a plan, as it was seen, becomes the one that users get."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from runic.ogm.backends._age_plans import plan_text as age_text
from runic.ogm.backends._age_plans import read_plan as read_age
from runic.ogm.backends._bolt_plans import plan_text, read_lines, read_summary, read_text
from runic.ogm.backends._falkordb_plans import read_plan as read_falkordb
from runic.ogm.backends.neo4j_dialect import Neo4jDialect
from runic.ogm.cypher.statement import PLAN_COLUMNS, Statement
from runic.ogm.session.select import select
from tests.unit.sky import Star


def summary(plan: object = None, profile: object = None) -> Any:
    return SimpleNamespace(plan=plan, profile=profile)


def rows(reply: Any) -> list[list[Any]]:
    assert reply.columns == PLAN_COLUMNS
    assert len(reply.tables) == 1
    return list(reply.tables[0])


NEO4J: dict[str, Any] = {
    "operatorType": "ProduceResults@neo4j",
    "args": {"Details": "`n.name`", "EstimatedRows": 1.0},
    "rows": 2,
    "children": [
        {"operatorType": "NodeByLabelScan@neo4j", "args": {"Details": "n:Star", "Time": 2_500_000}, "rows": 7},
        {"operatorType": "Argument@neo4j", "args": {}},
    ],
}
TREE = """OpenCypher Native Execution Plan
=================================

Using Cost-Based Query Optimizer

Physical Plan:
+ ExpandAll(n)-[:SEEN_BY]->(n1:Tripod) [cost=5.00, rows=0]
  + NodeIndexSeek(n:Star) [index=Star[name], name=$p0, cost=5.00, rows=0]

Total Estimated Cost: 5.00
Total Estimated Rows: 0

Steps After the Optimized Match:
+ PROJECT [__row]
OrderByStep
+ FINAL PROJECTION [__row]
"""
STEPS = """OpenCypher Query Profile
========================

Execution Time: 2.929 ms
Rows Returned: 12

Execution Plan (Traditional):
+ MATCH NODE (a:Star) [filter: a.name = $p] (1,980μs, 1,204 rows)
+ MATCH RELATIONSHIP (a)-[:SEEN_BY]->(b) (12μs, 1 rows, traversal: optimized (1 vertices), debug: db=LocalDatabase)
+ SET (1 items)
+ CALL SUBQUERY { ... } (553μs)
+ FINAL PROJECTION [b] ()
"""
AGE: list[dict[str, Any]] = [
    {
        "Plan": {
            "Node Type": "Nested Loop",
            "Join Type": "Left",
            "Actual Rows": 2.5,
            "Actual Loops": 4,
            "Actual Total Time": 0.25,
            "Plans": [{"Node Type": "Sort", "Sort Key": ["a", "b"]}],
        }
    }
]


def test_tree_of_neo4j_keeps_its_depth() -> None:
    assert rows(read_summary([], summary(profile=NEO4J))) == [
        [0, "ProduceResults", "`n.name`", 2, None],
        [1, "NodeByLabelScan", "n:Star", 7, 2.5],
        [1, "Argument", "", None, None],
    ]
    assert rows(read_summary([], summary(plan=NEO4J)))[0][1] == "ProduceResults"
    assert rows(read_summary([], summary())) == [[0, "", "", None, None]]


def test_steps_of_arcadedb_come_last_one_first() -> None:
    plan = {"args": {"string-representation": TREE}}
    assert rows(read_text([], summary(plan=plan))) == [
        [0, "FINAL PROJECTION", "[__row]", None, None],
        [1, "OrderByStep", "", None, None],
        [2, "PROJECT", "[__row]", None, None],
        [3, "ExpandAll", "(n)-[:SEEN_BY]->(n1:Tripod) [cost=5.00, rows=0]", None, None],
        [4, "NodeIndexSeek", "(n:Star) [index=Star[name], name=$p0, cost=5.00, rows=0]", None, None],
    ]
    assert rows(read_text([], summary(plan={"args": {}}))) == []


def test_profile_of_arcadedb_has_figures() -> None:
    profile = {"args": {"string-representation": STEPS}}
    assert rows(read_text([], summary(profile=profile))) == [
        [0, "FINAL PROJECTION", "[b]", 12, None],
        [1, "CALL SUBQUERY", "{ ... }", None, 0.553],
        [2, "SET", "(1 items)", None, None],
        [3, "MATCH RELATIONSHIP", "(a)-[:SEEN_BY]->(b)", 1, 0.012],
        [4, "MATCH NODE", "(a:Star) [filter: a.name = $p]", 1204, 1.98],
    ]


def test_lines_of_memgraph_hang_on_one_another() -> None:
    lines = [
        " * Produce {n}",
        " * Cartesian {n : m}",
        " |\\ ",
        " | * ScanAll (m)",
        " | * Once",
        " * ScanAll (n)",
        " * Once",
    ]
    assert rows(read_lines([[line] for line in lines], summary())) == [
        [0, "Produce", "{n}", None, None],
        [1, "Cartesian", "{n : m}", None, None],
        [2, "ScanAll", "(m)", None, None],
        [3, "Once", "", None, None],
        [2, "ScanAll", "(n)", None, None],
        [3, "Once", "", None, None],
    ]
    profile = [["* Produce {n}", 3, " 10.5 %", " 0.25 ms"], ["* Once", 2, " 1.0 %", "0.01 ms"]]
    assert rows(read_lines(profile, summary())) == [[0, "Produce", "{n}", 3, 0.25], [1, "Once", "", 2, 0.01]]


def test_loops_of_postgresql_are_added_up() -> None:
    assert rows(read_age([[orjson.dumps(AGE)]])) == [
        [0, "Nested Loop", "Join Type: Left", 10, 1.0],
        [1, "Sort", 'Sort Key: ["a","b"]', None, None],
    ]


def test_lines_of_falkordb_tell_their_depth() -> None:
    lines = ["Results | Records produced: 2, Execution time: 0.5 ms", "    Node By Label Scan | (n:Star)"]
    assert rows(read_falkordb(lines)) == [
        [0, "Results", "", 2, 0.5],
        [1, "Node By Label Scan", "(n:Star)", None, None],
    ]


@pytest.mark.parametrize("mode", ["explain", "profile"])
def test_plan_is_asked_for_without_packing(mode: Any) -> None:
    text, parameters = select(Star).where(Star.name == "x").order_by("name").limit(2).build(Neo4jDialect())
    asked = plan_text(Statement(text, parameters, mode=mode))
    assert asked.startswith(f"{mode.upper()} MATCH ")
    assert asked.endswith("LIMIT $p1 RETURN __row")
    assert text.removesuffix(asked.rpartition("RETURN __row")[2]).startswith(
        asked[len(mode) + 1 : -len("RETURN __row")]
    )


def test_plan_of_parts_is_asked_for_without_packing() -> None:
    parts = [("", ["n.a"]), ("OPTIONAL MATCH (n)-->(m)", ["n.a", "m.a"]), ("MATCH (n)-->(m) WITH DISTINCT m", ["m.a"])]
    asked = plan_text(Statement(Neo4jDialect().render_parts("MATCH (n)", "n", parts), {}, mode="explain"))
    assert "__all[" not in asked
    assert "[n.a] AS __row RETURN __row, 0 AS __table UNION ALL " in asked
    assert asked.endswith("__part[1] AS __table UNWIND __all AS __row RETURN __row, __table } RETURN __row, __table")


def test_plan_of_age_is_of_the_whole_query() -> None:
    assert age_text("explain", "SELECT 1") == "EXPLAIN (FORMAT JSON) SELECT 1"
    assert age_text("profile", "SELECT 1") == "EXPLAIN (ANALYZE, FORMAT JSON) SELECT 1"
