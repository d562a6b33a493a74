"""The text of what databases spell differently, as one table: a row a construct, a column a dialect.

A further dialect is one more entry of `DIALECTS` and one more text where it differs from the standard.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from runic.ogm.backends.falkordb_dialect import FalkorDBDialect
from runic.ogm.cypher.dialect import Dialect
from runic.ogm.cypher.kept import kept
from runic.ogm.cypher.keyset import compile_keyset, plan_keyset
from runic.ogm.cypher.load import GraphPlan, plan_fetch
from runic.ogm.cypher.rows import compile_rows
from runic.ogm.cypher.select import compile_count, compile_exists
from runic.ogm.exceptions import QueryError
from runic.ogm.expressions import not_
from runic.ogm.mapping.mapper import Mapper
from runic.ogm.model.fields import col, desc
from runic.ogm.query.functions import count, max_, param
from runic.ogm.query.references import hops, ref
from runic.ogm.session.select import Select, select
from tests.unit.sky import Body, Lens, Sighting, Watcher

DIALECTS: dict[str, Dialect] = {"cypher": Dialect(), "falkordb": FalkorDBDialect()}
Texts = Mapping[str, str]


def watchers() -> Select[Any]:
    return select(Watcher).alias("w")


STATEMENTS: dict[str, tuple[Callable[[], Select[Any]], Texts]] = {
    "reference to a step": (
        lambda: (
            watchers().traverse("tutor", optional=False).alias("t")
            .where(ref("t", Watcher.name) == ref("w", Watcher.name))
        ),
        {"cypher": "MATCH (`w`:`Watcher`) MATCH (`w`)-[:`TAUGHT_BY`]->(`t`:`Watcher`) WHERE `t`.`name` = `w`.`name`"},
    ),
    "two edges of one relation": (
        lambda: (
            watchers().traverse("bodies", edge_alias="e", optional=False).traverse("bodies", edge_alias="f", on="w")
            .where(ref("f", Sighting.magnitude) > ref("e", Sighting.magnitude))
        ),
        {"cypher": ("MATCH (`w`:`Watcher`) MATCH (`w`)-[`e`:`SAW`]->(n1:`Body`) "
                    "OPTIONAL MATCH (`w`)-[`f`:`SAW`]->(n2:`Body`) WHERE `f`.`magnitude` > `e`.`magnitude`")},
    ),
    "order of text": (
        lambda: select(Lens).where(Lens.id < "b", not_(Lens.id > "a")),
        {
            "cypher": "MATCH (n:`Lens`) WHERE n.`id` < $p0 AND NOT (n.`id` > $p1)",
            "falkordb": "MATCH (n:`Lens`) WHERE coalesce(n.`id`) < $p0 AND NOT (coalesce(n.`id`) > $p1)",
        },
    ),
    "condition after a limit": (
        lambda: select(Lens).alias("l").limit(3).with_("l").where(Lens.width > 1),
        {
            "cypher": "MATCH (`l`:`Lens`) WITH `l` LIMIT $p0 WHERE `l`.`width` > $p1",
            "falkordb": "MATCH (`l`:`Lens`) WITH `l` LIMIT $p0 WITH `l`, `l`.`width` > $p1 AS _kept WHERE _kept",
        },
    ),
    "chain of hops": (
        lambda: watchers().traverse("tutor", optional=False).traverse("tutor", optional=False),
        {
            "cypher": ("MATCH (`w`:`Watcher`) MATCH (`w`)-[:`TAUGHT_BY`]->(n1:`Watcher`) "
                       "MATCH (n1)-[:`TAUGHT_BY`]->(n2:`Watcher`)"),
            "falkordb": ("MATCH (`w`:`Watcher`) MATCH (`w`)-[:`TAUGHT_BY`]->(n1:`Watcher`) "
                         "MATCH (n1)-[:`TAUGHT_BY`]->(n2:`Watcher`) WITH `w`, n1, n2"),
        },
    ),
    "named values": (
        lambda: (
            watchers().traverse("bodies", optional=False).with_("w", count().as_("n"), max_(Body.rank).as_("top"))
            .where(ref("n") > 1).with_("w", "n", (ref("n") + 1).as_("next")).where(ref("next") < 5)
        ),
        {"cypher": ("MATCH (`w`:`Watcher`) MATCH (`w`)-[:`SAW`]->(n1:`Body`) "
                    "WITH `w`, count(*) AS `n`, max(n1.`rank`) AS `top` WHERE `n` > $p0 "
                    "WITH `w`, `n`, `n` + $p1 AS `next` WHERE `next` < $p2")},
    ),
    "shortest path": (
        lambda: watchers().shortest_path(Watcher.tutor, to="x", max_hops=4),
        {
            "cypher": ("MATCH (`w`:`Watcher`) MATCH (n1:`Watcher`) WHERE elementId(`w`) <> elementId(n1) "
                       "AND n1.`id` = $p0 MATCH _p1 = shortestPath((`w`)-[:`TAUGHT_BY`*1..4]->(n1))"),
            "falkordb": ("MATCH (`w`:`Watcher`) MATCH (n1:`Watcher`) WHERE id(`w`) <> id(n1) AND n1.`id` = $p0 "
                         "WITH `w`, n1, shortestPath((`w`)-[:`TAUGHT_BY`*1..4]->(n1)) AS _p1 WHERE _p1 IS NOT NULL"),
        },
    ),
    "shortest path of either direction": (
        lambda: select(Body).alias("b").shortest_path(Body.near, to=Body.rank > 3),
        {
            "cypher": ("MATCH (`b`:`Body`) MATCH (n1:`Body`) WHERE elementId(`b`) <> elementId(n1) "
                       "AND n1.`rank` > $p0 MATCH _p1 = shortestPath((`b`)-[:`NEAR`*1..]-(n1))"),
            "falkordb": ("MATCH (`b`:`Body`) MATCH (n1:`Body`) WHERE id(`b`) <> id(n1) AND n1.`rank` > $p0 "
                         "WITH `b`, n1 MATCH _p1 = allShortestPaths((`b`)-[:`NEAR`*..]-(n1)) "
                         "WITH `b`, n1, collect(_p1)[0] AS _p1"),
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("dialect", list(DIALECTS))
@pytest.mark.parametrize("case", list(STATEMENTS))
def test_clause_is_spelt(case: str, dialect: str) -> None:
    build, texts = STATEMENTS[case]
    text = texts.get(dialect, texts["cypher"])
    assert compile_count(build().selection, DIALECTS[dialect]).text == f"{text} RETURN count(*)"


def grouped() -> Select[Any]:
    return select(Body).aggregate(count().as_("n"), group_by=Body.rank)


ROWS: dict[str, tuple[Callable[[], Select[Any]], str, str]] = {
    "condition on an aggregate": (
        lambda: grouped().where(count() > 2).order_by("n").limit(1),
        "MATCH (n:`Body`) WITH n.`rank` AS `rank`, count(*) AS `n` WHERE `n` > $p0",
        "RETURN `rank`, `n` ORDER BY `n` LIMIT $p1",
    ),
    "condition on a column": (
        lambda: grouped().where((ref("n") > 2) | (Body.rank == 1)),
        "MATCH (n:`Body`) WITH n.`rank` AS `rank`, count(*) AS `n` WHERE (`n` > $p0 OR `rank` = $p1)",
        "RETURN `rank`, `n`",
    ),
    "condition on what is not shown": (
        lambda: grouped().where(max_(Body.mass) > 2.0),
        "MATCH (n:`Body`) WITH n.`rank` AS `rank`, count(*) AS `n`, max(n.`mass`) AS _h0 WHERE _h0 > $p0",
        "RETURN `rank`, `n`",
    ),
}


@pytest.mark.parametrize("dialect", list(DIALECTS))
@pytest.mark.parametrize("case", list(ROWS))
def test_condition_on_rows_is_spelt(case: str, dialect: str) -> None:
    build, made, returned = ROWS[case]
    chosen = DIALECTS[dialect]
    assert compile_rows(build().selection, chosen, Mapper(chosen)).text == f"{made} {returned}"
    page = " WITH 1 AS _row LIMIT $p1" if "LIMIT" in returned else ""
    assert compile_count(build().selection, chosen).text == f"{made}{page} RETURN count(*)"
    assert compile_exists(build().selection, chosen).text == f"{made}{page} RETURN 1 LIMIT 1"


SEEN = "(n)-[r1:`SAW`]->(m1:`Body`)"
FETCHES: dict[str, tuple[dict[str, Any], str, str]] = {
    "whole": ({}, f"OPTIONAL MATCH {SEEN}", f"MATCH {SEEN} WITH DISTINCT m1"),
    "order": (
        {"order_by": [Body.rank, desc(Sighting.at)]},
        f"OPTIONAL MATCH {SEEN} WITH n, m1, r1 ORDER BY m1.`rank`, r1.`at` DESC",
        f"MATCH {SEEN} WITH DISTINCT m1",
    ),
    "filter": (
        {"where": [Body.rank > 1, (Sighting.magnitude > 2.0) | (Body.name == "x")]},
        f"OPTIONAL MATCH {SEEN} WHERE m1.`rank` > $fetch_0 AND (r1.`magnitude` > $fetch_1 OR m1.`title` = $fetch_2)",
        (f"MATCH {SEEN} WHERE m1.`rank` > $fetch_0 AND (r1.`magnitude` > $fetch_1 OR m1.`title` = $fetch_2) "
        "WITH DISTINCT m1"),
    ),
    "limit": (
        {"order_by": Body.rank, "limit": 3},
        (f"MATCH {SEEN} WITH n, m1, r1 ORDER BY m1.`rank`, ID(m1) "
        "WITH n, collect(DISTINCT m1)[0..$fetch_0] AS _some UNWIND _some AS m1"),
        (f"MATCH {SEEN} WITH n, m1, r1 ORDER BY m1.`rank`, ID(m1) "
        "WITH n, collect(DISTINCT m1)[0..$fetch_0] AS _some UNWIND _some AS m1 WITH DISTINCT m1"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("dialect", list(DIALECTS))
@pytest.mark.parametrize("case", list(FETCHES))
def test_fetch_is_spelt(case: str, dialect: str) -> None:
    """The parts of one statement: pairs of ids, and the targets."""
    options, pairs, targets = FETCHES[case]
    chosen = DIALECTS[dialect]
    plan = GraphPlan(chosen, Mapper(chosen), "n")
    plan.add_steps(plan_fetch((Watcher,), select(Watcher).fetch(Watcher.bodies, **options).selection.fetched))
    found = [body for body, _ in plan.bodies]
    assert found == [text.replace("ID(m1)", chosen.render_id("m1")) for text in (pairs, targets)]


def test_fetch_follows_itself() -> None:
    steps = plan_fetch((Watcher,), select(Watcher).fetch("tutor", depth=3).selection.fetched)
    depth = 0
    while steps:
        depth, steps = depth + 1, steps["tutor"].children
    assert depth == 3


def test_fetch_needs_its_parameters() -> None:
    dialect = DIALECTS["falkordb"]
    plan = GraphPlan(dialect, Mapper(dialect), "n")
    statement = select(Watcher).fetch("bodies", where=col(Body.rank) > param("x"))
    plan.add_steps(plan_fetch((Watcher,), statement.selection.fetched))
    with pytest.raises(QueryError, match="x"):
        plan.compile("MATCH (n)", "load")


LENS = "n.`id`, n.`width`"
ORDERED = "RETURN n.`id`, n.`width`, n.`width` AS _v0, n.`id` AS _v1 ORDER BY n.`width` DESC, n.`id` LIMIT $"
EXACT = (
    (
        "CASE typeOf(`_k0`) WHEN 'Float' THEN CASE WHEN abs(F) > 1e-290 THEN [toInteger(F * 2.0 ^ "
        "(52 - toInteger(floor(log(abs(F)) / 0.6931471805599453)))), "
        "toInteger(floor(log(abs(F)) / 0.6931471805599453))] ELSE `_k0` END ELSE `_k0` END"
    )
    .replace("F)", "toFloatOrNull(`_k0`))")
    .replace("F *", "toFloatOrNull(`_k0`) *")
)
KEYSETS: dict[str, tuple[Callable[[], Select[Any]], list[object] | None, Texts]] = {
    "first": (
        lambda: select(Lens),
        None,
        {"cypher": f"MATCH (n:`Lens`) RETURN {LENS}, n.`id` AS _v0 ORDER BY n.`id` LIMIT $p0"},
    ),
    "next": (
        lambda: select(Lens),
        ["a"],
        {
            "cypher": f"MATCH (n:`Lens`) WHERE n.`id` > $p0 RETURN {LENS}, n.`id` AS _v0 ORDER BY n.`id` LIMIT $p1",
            "falkordb": (
                f"MATCH (n:`Lens`) WHERE coalesce(n.`id`) > $p0 RETURN {LENS}, n.`id` AS _v0 ORDER BY n.`id` LIMIT $p1"
            ),
        },
    ),
    "next of two keys": (
        lambda: select(Lens).order_by(desc(Lens.width)),
        [3, "a"],
        {
            "cypher": ("MATCH (n:`Lens`) WHERE n.`width` <= $p0 AND (n.`width` < $p1 OR (n.`width` = $p2 AND "
                       f"n.`id` > $p3)) {ORDERED}p4"),
            "falkordb": ("MATCH (n:`Lens`) WHERE n.`width` <= $p0 AND (n.`width` < $p1 OR (n.`width` = $p2 AND "
                         f"coalesce(n.`id`) > $p3)) {ORDERED}p4"),
        },
    ),
    "computed": (
        lambda: select(Lens).order_by(col(Lens.width) * 2),
        [6, "a"],
        {"cypher": ("MATCH (n:`Lens`) WITH DISTINCT n, n.`width` * $p0 AS `_k0`, n.`id` AS `_k1` "
                    "WHERE ((`_k0` > $p1 OR `_k0` IS NULL) OR (`_k0` = $p2 AND `_k1` > $p3)) "
                    f"RETURN {LENS}, `_k0` AS _v0, `_k1` AS _v1 ORDER BY `_k0`, `_k1` LIMIT $p4"),
         "falkordb": ("MATCH (n:`Lens`) WITH DISTINCT n, n.`width` * $p0 AS `_k0`, n.`id` AS `_k1` "
                      "WHERE ((`_k0` > $p1 OR `_k0` IS NULL) OR (`_k0` = $p2 AND `_k1` > $p3)) "
                      f"RETURN {LENS}, {EXACT} AS _v0, `_k1` AS _v1 ORDER BY `_k0`, `_k1` LIMIT $p4")},
    ),
}  # fmt: skip


@pytest.mark.parametrize("dialect", list(DIALECTS))
@pytest.mark.parametrize("case", list(KEYSETS))
def test_keyset_page_is_spelt(case: str, dialect: str) -> None:
    build, values, texts = KEYSETS[case]
    chosen = DIALECTS[dialect]
    plan = plan_keyset(build().selection, chosen)
    found = compile_keyset(plan, values, 5, chosen, Mapper(chosen))
    assert found.text == texts.get(dialect, texts["cypher"])
    assert list(found.parameters.values())[-1] == 5


def test_float_comes_in_two_integers_where_replies_round() -> None:
    falkordb, standard = DIALECTS["falkordb"], DIALECTS["cypher"]
    assert standard.render_exact("x") == "x"
    assert standard.read_exact(0.1) == 0.1
    assert "toInteger" in falkordb.render_exact("x")
    assert [falkordb.read_exact(value) for value in (None, 0.5, [5404319552844596, -2])] == [None, 0.5, 0.1 + 0.2]


def test_hops_belong_to_a_path() -> None:
    path = select(Watcher).shortest_path(Watcher.tutor, to="x")
    assert path.order_by(hops()).build()[0].endswith("ORDER BY length(_p1)")
    assert "WITH n, n1, _p1 WHERE length(_p1) > $p1 RETURN" in path.where(hops() > 2).build()[0]
    with pytest.raises(QueryError, match="shortest_path"):
        select(Watcher).where(hops() > 2).build()


def test_statement_compiles_once_for_each_dialect() -> None:
    statement, made = select(Lens).where(Lens.width > 1), []

    def compile_(selection: Any, dialect: Dialect) -> Any:
        made.append(dialect)
        return compile_count(selection, dialect)

    for _ in range(3):
        for dialect in DIALECTS.values():
            assert kept(statement.selection, compile_, dialect).parameters == {"p0": 1}
    assert made == [*DIALECTS.values()]
    assert kept(statement.limit(3).selection, compile_, made[0]).parameters == {"p0": 1, "p1": 3}
    assert len(made) == 3
