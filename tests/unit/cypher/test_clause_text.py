"""The text of what reaches beyond one page and one step, of rows of values and of changes."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from runic.ogm.backends.falkordb_dialect import FalkorDBDialect
from runic.ogm.cypher.dialect import Dialect
from runic.ogm.cypher.plan import NodeColumn, ValueColumn
from runic.ogm.cypher.rows import compile_rows
from runic.ogm.cypher.select import compile_count, compile_select
from runic.ogm.cypher.writes import compile_write
from runic.ogm.exceptions import FieldValidationError, QueryError, UnsupportedFeatureError
from runic.ogm.mapping.mapper import Mapper
from runic.ogm.model.fields import col, desc
from runic.ogm.query.functions import avg, case, coalesce, collect, count, fn, max_, sum_, to_lower
from runic.ogm.query.related import count_related, exists
from runic.ogm.session.select import Select, select
from tests.unit.sky import DIM, Body, Lens, Sighting, Star, Watcher

STANDARD, FALKORDB = Dialect(), FalkorDBDialect()
LENS = "n.`id`, n.`width`"
SEEN = "(n)-[_e0:`SAW`]->(_n0:`Body`)"

Case = tuple[Callable[[], Select[Any]], str, str]
COUNTED: dict[str, Case] = {
    "exists": (
        lambda: select(Watcher).where(exists(Watcher.bodies)),
        f"MATCH (n:`Watcher`) WHERE EXISTS {{ MATCH {SEEN} }}",
        f"MATCH (n:`Watcher`) WITH n, size([{SEEN} | 1]) AS _c1 WHERE _c1 > 0",
    ),
    "exists with conditions": (
        lambda: select(Watcher).where(exists(Watcher.bodies, Sighting.magnitude > 1.0, Body.name == Watcher.name)),
        f"MATCH (n:`Watcher`) WHERE EXISTS {{ MATCH {SEEN} WHERE _e0.`magnitude` > $p0 AND _n0.`title` = n.`name` }}",
        (f"MATCH (n:`Watcher`) WITH n, size([{SEEN} WHERE _e0.`magnitude` > $p0 AND _n0.`title` = n.`name` | 1]) "
        "AS _c1 WHERE _c1 > 0"),
    ),
    "nothing exists": (
        lambda: select(Watcher).where(~exists(Watcher.bodies), Watcher.name == "x"),
        f"MATCH (n:`Watcher`) WHERE NOT (EXISTS {{ MATCH {SEEN} }}) AND n.`name` = $p0",
        f"MATCH (n:`Watcher`) WHERE n.`name` = $p0 WITH n, size([{SEEN} | 1]) AS _c1 WHERE NOT (_c1 > 0)",
    ),
    "exists of a union": (
        lambda: select(Watcher).where(exists(Watcher.owns, Lens.width > 1)),
        ("MATCH (n:`Watcher`) WHERE EXISTS { MATCH (n)-[_e0:`OWNS`]->(_n0) "
        "WHERE ((_n0:`Lens`) OR (_n0:`Tripod`)) AND _n0.`width` > $p0 }"),
        ("MATCH (n:`Watcher`) WITH n, size([(n)-[_e0:`OWNS`]->(_n0) "
        "WHERE ((_n0:`Lens`) OR (_n0:`Tripod`)) AND _n0.`width` > $p0 | 1]) AS _c1 WHERE _c1 > 0"),
    ),
    "count of what is related": (
        lambda: select(Watcher).where(count_related(Watcher.bodies) > 2),
        f"MATCH (n:`Watcher`) WHERE COUNT {{ MATCH {SEEN} }} > $p0",
        f"MATCH (n:`Watcher`) WITH n, size([{SEEN} | 1]) AS _c1 WHERE _c1 > $p0",
    ),
    "repeat": (
        lambda: select(Watcher).repeat(Watcher.tutor, 1, 3, optional=False),
        "MATCH (n:`Watcher`) MATCH (n)-[:`TAUGHT_BY`*1..3]->(n1:`Watcher`) WITH DISTINCT n, n1",
        ("MATCH (n:`Watcher`) MATCH _h1 = (n)-[:`TAUGHT_BY`*1..3]->(n1:`Watcher`) WHERE length(_h1) >= 1 "
        "WITH DISTINCT n, n1"),
    ),
    "repeat without an end": (
        lambda: select(Body).repeat(Body.near, 0).where(Body.rank > 1),
        "MATCH (n:`Body`) OPTIONAL MATCH (n)-[:`NEAR`*0..]-(n1:`Body`) WHERE n1.`rank` > $p0 WITH DISTINCT n, n1",
        "",
    ),
    "repeat keeps rows of other steps apart": (
        lambda: select(Watcher).traverse("tutor", optional=False).repeat(Watcher.tutor, optional=False),
        ("MATCH (n:`Watcher`) MATCH (n)-[e1:`TAUGHT_BY`]->(n1:`Watcher`) "
        "MATCH (n1)-[:`TAUGHT_BY`*1..]->(n2:`Watcher`) WITH DISTINCT n, e1, n1, n2"),
        "",
    ),
    "with_": (
        lambda: (
            select(Watcher).alias("w").traverse("bodies", optional=False).alias("b").order_by(Body.rank).limit(3)
            .with_("b").traverse(Body.near, optional=False).return_target("b")
        ),
        ("MATCH (`w`:`Watcher`) MATCH (`w`)-[:`SAW`]->(`b`:`Body`) WITH `b` ORDER BY `b`.`rank` LIMIT $p0 "
        "MATCH (`b`)-[:`NEAR`]-(n2:`Body`)"),
        "",
    ),
    "union": (
        lambda: select(Lens).where(Lens.width > 1).union(select(Lens).alias("x").order_by("id").limit(2)),
        ("CALL { MATCH (n:`Lens`) WHERE n.`width` > $p0 RETURN n AS n "
        "UNION MATCH (`x`:`Lens`) WITH `x` ORDER BY `x`.`id` LIMIT $p1 RETURN `x` AS n } WITH n"),
        "",
    ),
    "union with a condition": (
        lambda: select(Lens).union(select(Lens)).where(Lens.width == 3),
        "CALL { MATCH (n:`Lens`) RETURN n AS n UNION MATCH (n:`Lens`) RETURN n AS n } WITH n WHERE n.`width` = $p0",
        "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", list(COUNTED))
def test_clause_is_spelt(case: str) -> None:
    """The third text is FalkorDB's, where it has another."""
    build, standard, falkordb = COUNTED[case]
    assert compile_count(build().selection, STANDARD).text == f"{standard} RETURN count(*)"
    assert compile_count(build().selection, FALKORDB).text == f"{falkordb or standard} RETURN count(*)"


def test_order_by_what_is_related() -> None:
    statement = select(Watcher).order_by(desc(count_related(Watcher.bodies)))
    columns = "n.`id`, n.`name`"
    assert statement.build()[0] == (f"MATCH (n:`Watcher`) RETURN {columns} ORDER BY COUNT {{ MATCH {SEEN} }} DESC")
    assert statement.build(FALKORDB)[0] == (
        f"MATCH (n:`Watcher`) WITH n, size([{SEEN} | 1]) AS _c1 RETURN {columns} ORDER BY _c1 DESC"
    )
    assert statement.distinct().build(FALKORDB)[0] == (
        f"MATCH (n:`Watcher`) WITH n, size([{SEEN} | 1]) AS _c1 WITH DISTINCT n, _c1 ORDER BY _c1 DESC RETURN {columns}"
    )


def test_what_one_database_cannot_is_refused() -> None:
    optional = select(Watcher).traverse("bodies").where(exists(Body.near))
    assert "EXISTS" in optional.build()[0]
    with pytest.raises(UnsupportedFeatureError, match="falkordb"):
        optional.build(FALKORDB)
    within = select(Watcher).update(name=case((exists(Watcher.bodies, exists(Body.near)), "x"), else_=Watcher.name))
    assert "EXISTS" in compile_write(within.selection, STANDARD).text
    with pytest.raises(UnsupportedFeatureError, match="falkordb"):
        compile_write(within.selection, FALKORDB)


ROWS: dict[str, tuple[Callable[[], Select[Any]], str, list[str]]] = {
    "fields": (
        lambda: select(Body).project(Body.id, "name").order_by("name").limit(1),
        "MATCH (n:`Body`) RETURN n.`id` AS `id`, n.`title` AS `name` ORDER BY `name` LIMIT $p0",
        ["id", "name"],
    ),
    "named": (
        lambda: select(Body).project(col(Body.id).as_("the id"), (col(Body.rank) + 1).as_("next")),
        "MATCH (n:`Body`) RETURN n.`id` AS `the id`, n.`rank` + $p0 AS `next`",
        ["the id", "next"],
    ),
    "ordered by what is not shown": (
        lambda: select(Body).project(Body.id).order_by(desc(Body.rank)),
        "MATCH (n:`Body`) RETURN n.`id` AS `id` ORDER BY n.`rank` DESC",
        ["id"],
    ),
    "distinct": (
        lambda: select(Body).project(Body.rank).distinct().order_by(Body.rank),
        "MATCH (n:`Body`) RETURN DISTINCT n.`rank` AS `rank` ORDER BY `rank`",
        ["rank"],
    ),
    "one name twice": (
        lambda: (
            select(Watcher).alias("w").traverse("bodies", edge_alias="e", optional=False).alias("b")
            .project(Watcher.name, Body.name, Body.rank, Sighting.magnitude)
        ),
        ("MATCH (`w`:`Watcher`) MATCH (`w`)-[`e`:`SAW`]->(`b`:`Body`) RETURN `w`.`name` AS `w.name`, "
        "`b`.`title` AS `b.name`, `b`.`rank` AS `rank`, `e`.`magnitude` AS `magnitude`"),
        ["w.name", "b.name", "rank", "magnitude"],
    ),
    "aggregates": (
        lambda: select(Body).aggregate(count(), avg(Body.rank), sum_(Body.mass, distinct=True).as_("total")),
        "MATCH (n:`Body`) RETURN count(*) AS `count`, avg(n.`rank`) AS `avg`, sum(DISTINCT n.`mass`) AS `total`",
        ["count", "avg", "total"],
    ),
    "by a field": (
        lambda: select(Body).aggregate(count().as_("n"), group_by=Body.rank).order_by("n", desc=True),
        "MATCH (n:`Body`) RETURN n.`rank` AS `rank`, count(*) AS `n` ORDER BY `n` DESC",
        ["rank", "n"],
    ),
    "by a node": (
        lambda: (
            select(Watcher).alias("w").traverse("bodies", edge_alias="e").aggregate(
                count(Sighting.at).as_("seen"), max_(Body.rank), group_by="w"
            ).order_by(desc(max_(Body.rank))).order_by(Watcher.name).limit(5)
        ),
        ("MATCH (`w`:`Watcher`) OPTIONAL MATCH (`w`)-[`e`:`SAW`]->(n1:`Body`) "
        "WITH `w`, count(`e`.`at`) AS `seen`, max(n1.`rank`) AS `max` ORDER BY `max` DESC, `w`.`name` LIMIT $p0 "
        "RETURN `w`.`id`, `w`.`name`, `seen`, `max`"),
        ["w", "seen", "max"],
    ),
    "how much is related": (
        lambda: select(Watcher).project(Watcher.id, count_related(Watcher.bodies)).order_by("id"),
        f"MATCH (n:`Watcher`) RETURN n.`id` AS `id`, COUNT {{ MATCH {SEEN} }} AS `bodies` ORDER BY `id`",
        ["id", "bodies"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", list(ROWS))
def test_rows_are_spelt(case: str) -> None:
    build, text, names = ROWS[case]
    found = compile_rows(build().selection, STANDARD, Mapper(STANDARD))
    assert found.text == repr(build()) == text
    assert [column.name for column in found.plan] == names
    assert len(found.columns) == found.plan[-1].offset + 1


def value(operand: Any) -> ValueColumn:
    found = compile_rows(select(Body).project(operand).selection, FALKORDB, Mapper(FALKORDB))
    [column] = found.plan
    assert isinstance(column, ValueColumn)
    return column


READ: dict[str, tuple[Callable[[], Any], object, object]] = {
    "field": (lambda: Body.brightness, "1a0.65 6.5", DIM),
    "min": (lambda: max_(Body.brightness), "1a0.65 6.50", Decimal("6.50")),
    "coalesce": (lambda: coalesce(Body.brightness, Decimal(1)), "1a0.1 1", Decimal(1)),
    "collect": (lambda: collect(Body.brightness), ["1a0.1 1", "1a0.65 6.5"], [Decimal(1), DIM]),
    "sum of int": (lambda: sum_(Body.rank), 3.0, 3),
    "sum of float": (lambda: sum_(Body.mass), 3, 3.0),
    "avg": (lambda: avg(Body.rank), 3, 3.0),
}


@pytest.mark.parametrize("case", list(READ))
def test_values_pass_through_converters(case: str) -> None:
    build, wire, expected = READ[case]
    codec = value(build()).codec
    assert codec is not None
    assert codec.decode is not None
    assert codec.decode(wire) == expected
    assert type(codec.decode(wire)) is type(expected)


def test_group_is_an_entity() -> None:
    statement = select(Watcher).alias("w").aggregate(count(), group_by="w")
    entity, number = compile_rows(statement.selection, FALKORDB, Mapper(FALKORDB)).plan
    assert isinstance(entity, NodeColumn)
    assert isinstance(number, ValueColumn)


def test_count_counts_rows() -> None:
    statement = select(Body).aggregate(count(), group_by=Body.rank).limit(3)
    assert compile_count(statement.selection, STANDARD).text == (
        "MATCH (n:`Body`) WITH n.`rank` AS `rank`, count(*) AS `count` LIMIT $p0 RETURN count(*)"
    )


CHANGES: dict[str, tuple[Callable[[], Select[Any]], str, list[object]]] = {
    "value": (
        lambda: select(Lens).where(Lens.width < 3).update(width=3),
        "MATCH (n:`Lens`) WHERE n.`width` < $p0 WITH DISTINCT n SET n.`width` = $p1 RETURN count(*)",
        [3, 3],
    ),
    "expression": (
        lambda: select(Lens).update(width=col(Lens.width) + 1),
        "MATCH (n:`Lens`) WITH DISTINCT n SET n.`width` = (n.`width` + $p0) RETURN count(*)",
        [1],
    ),
    "None": (
        lambda: select(Star).update(name="x", mass=None, brightness=DIM),
        ("MATCH (n:`Body`:`Star`) WITH DISTINCT n "
        "SET n.`title` = $p0, n.`mass` = null, n.`brightness` = $p1 RETURN count(*)"),
        ["x", "1a0.65 6.5"],
    ),
    "page of a step": (
        lambda: (
            select(Watcher).traverse("bodies", optional=False).alias("b").return_target("b")
            .order_by(Body.rank).limit(2).update(rank=0)
        ),
        ("MATCH (n:`Watcher`) MATCH (n)-[:`SAW`]->(n1:`Body`) WITH n1 ORDER BY n1.`rank` LIMIT $p0 "
        "WITH DISTINCT n1 SET n1.`rank` = $p1 RETURN count(*)"),
        [2, 0],
    ),
    "optional step": (
        lambda: select(Watcher).traverse("bodies").alias("b").return_target("b").update(rank=0),
        ("MATCH (n:`Watcher`) OPTIONAL MATCH (n)-[:`SAW`]->(n1:`Body`) WITH DISTINCT n1 WHERE n1 IS NOT NULL "
        "SET n1.`rank` = $p0 RETURN count(*)"),
        [0],
    ),
    "delete": (
        lambda: select(Lens).where(Lens.id == "a").delete(),
        "MATCH (n:`Lens`) WHERE n.`id` = $p0 WITH DISTINCT n DETACH DELETE n RETURN count(*)",
        ["a"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", list(CHANGES))
def test_change_is_spelt(case: str) -> None:
    build, text, values = CHANGES[case]
    for dialect in (STANDARD, FALKORDB):
        found = compile_write(build().selection, dialect)
        assert (found.text, list(found.parameters.values())) == (text, values)
        assert found.statement().write


@pytest.mark.parametrize("case", list(CHANGES))
def test_change_is_no_question(case: str) -> None:
    with pytest.raises(QueryError, match="execute"):
        compile_select(CHANGES[case][0]().selection, STANDARD, Mapper(STANDARD))
    with pytest.raises(QueryError, match="execute"):
        compile_count(CHANGES[case][0]().selection, STANDARD)


IMPOSSIBLE: dict[str, Callable[[], Select[Any]]] = {
    "aggregate in a condition": lambda: select(Body).where(count() > 1),
    "order by an aggregate of no row": lambda: select(Body).project(Body.id).order_by(count()),
    "order by what is not grouped": lambda: select(Body).aggregate(count(), group_by=Body.rank).order_by(Body.name),
    "order of distinct rows": lambda: select(Body).project(Body.id).distinct().order_by(Body.rank),
    "column without a name": lambda: select(Body).project(col(Body.rank) + 1),
    "two columns of one name": lambda: select(Body).project(Body.id, Body.id),
    "sum of text": lambda: select(Body).aggregate(sum_(Body.name)),
    "avg of a Decimal": lambda: select(Body).aggregate(avg(Body.brightness)),
    "unknown column": lambda: select(Body).project("nothing"),
    "unknown group": lambda: select(Body).aggregate(count(), group_by="nothing"),
    "column of another class": lambda: select(Body).project(Lens.width),
    "update of nothing": lambda: select(Body).update(),
    "update of an unknown field": lambda: select(Body).update(nothing=1),
    "update of the key": lambda: select(Body).update(id="x"),
    "update of a relation": lambda: select(Watcher).update(tutor=None),
    "update from another node": lambda: select(Watcher).alias("w").traverse("bodies").update(name=Body.name),
    "update and delete": lambda: select(Body).update(rank=1).delete(),
    "delete and update": lambda: select(Body).delete().update(rank=1),
    "union of rows": lambda: select(Body).project(Body.id).union(select(Body)),
    "union with a change": lambda: select(Body).union(select(Body).delete()),
    "union of tuples": lambda: select(Watcher, Body).traverse("bodies").union(select(Watcher, Body)),
    "repeat that does not go on": lambda: select(Watcher).repeat(Watcher.bodies),
    "edge of a repeat": lambda: select(Watcher).repeat(Watcher.tutor).where(Sighting.notes == "x"),
    "exists of another class": lambda: select(Lens).where(exists(Watcher.bodies)),
    "exists with a field of another class": lambda: select(Watcher).where(exists(Watcher.bodies, Lens.width > 1)),
    "unknown relation": lambda: select(Watcher).exists("nothing"),
    "what with_ left": lambda: (
        select(Watcher).alias("w").traverse("bodies").alias("b").with_("b").where(Watcher.id == "")
    ),
    "root that with_ left": lambda: select(Watcher).traverse("bodies").alias("b").with_("b"),
    "with_ nothing": lambda: select(Watcher).with_(),
    "with_ an unknown alias": lambda: select(Watcher).with_("x"),
}


@pytest.mark.parametrize("case", list(IMPOSSIBLE))
def test_impossible_clause_is_refused(case: str) -> None:
    with pytest.raises(QueryError):
        IMPOSSIBLE[case]().build()


def test_update_checks_values() -> None:
    with pytest.raises(FieldValidationError, match=r"Body\.rank"):
        select(Body).update(rank="x").build()
    with pytest.raises(FieldValidationError, match=r"Body\.name.*None"):
        select(Body).update(name=None).build()


@pytest.mark.parametrize("hops", [(-1,), (2, 1), (1.0,), (True,), ("1",), (1, "2"), (None,)], ids=repr)
def test_odd_hops_are_refused(hops: tuple[Any, ...]) -> None:
    with pytest.raises((TypeError, ValueError), match="hops"):
        select(Watcher).repeat(Watcher.tutor, *hops)


def test_wrong_arguments_are_type_errors() -> None:
    wrong: Any = None
    for build in (
        lambda: select(Body).union(wrong),
        lambda: exists(wrong),
        lambda: count_related(wrong),
        lambda: select(Body).exists(Body.near, wrong),
        lambda: exists(Body.near, True),
        lambda: select(Body).project(wrong),
        lambda: select(Body).aggregate(1),
        lambda: select(Body).repeat(wrong),
    ):
        with pytest.raises(TypeError):
            build()


def test_functions_may_nest() -> None:
    text, parameters = select(Body).where(fn("size", to_lower(Body.name)) > 3).build()
    assert "WHERE size(toLower(n.`title`)) > $p0" in text
    assert parameters == {"p0": 3}
