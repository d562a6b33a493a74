"""The whole text of statements, by construct and dialect."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from runic.ogm.backends._bolt_replies import PACKED
from runic.ogm.backends.age_dialect import AgeDialect
from runic.ogm.backends.arcadedb_dialect import ArcadeDBDialect
from runic.ogm.backends.falkordb_dialect import FalkorDBDialect
from runic.ogm.cypher.dialect import Dialect
from runic.ogm.cypher.plan import EdgeColumn, NodeColumn
from runic.ogm.cypher.select import compile_count, compile_exists, compile_paths, compile_prefix, compile_select
from runic.ogm.exceptions import QueryError
from runic.ogm.mapping.mapper import Mapper
from runic.ogm.model.fields import desc
from runic.ogm.query.functions import param
from runic.ogm.session.select import Select, select
from tests.unit.sky import Body, Lens, Sighting, Star, Tripod, Watcher

DIALECTS: dict[str, Dialect] = {
    "cypher": Dialect(),
    "falkordb": FalkorDBDialect(),
    "arcadedb": ArcadeDBDialect(),
    "age": AgeDialect(),
}
WATCHER = "n.`id`, n.`name`"
EDGE = "e1.`at`, e1.`notes`, e1.`magnitude`, elementId(e1)"


def lens(variable: str) -> str:
    return f"{variable}.`id`, {variable}.`width`"


# What the dialects differ in here is the name of the id's function alone.
CASES: dict[str, tuple[Callable[[], Select[Any]], str]] = {
    "all": (lambda: select(Lens), f"MATCH (n:`Lens`) RETURN {lens('n')}"),
    "alias": (lambda: select(Lens).alias("the lens"), f"MATCH (`the lens`:`Lens`) RETURN {lens('`the lens`')}"),
    "where": (lambda: select(Lens).where(Lens.id == "a"), f"MATCH (n:`Lens`) WHERE n.`id` = $p0 RETURN {lens('n')}"),
    "order": (
        lambda: select(Lens).order_by(Lens.width, desc(Lens.id)),
        f"MATCH (n:`Lens`) RETURN {lens('n')} ORDER BY n.`width`, n.`id` DESC",
    ),
    "page": (
        lambda: select(Lens).skip(2).limit(3),
        f"MATCH (n:`Lens`) RETURN {lens('n')} SKIP $p0 LIMIT $p1",
    ),
    "distinct": (
        lambda: select(Lens).distinct().order_by("width").limit(1),
        f"MATCH (n:`Lens`) WITH DISTINCT n ORDER BY n.`width` LIMIT $p0 RETURN {lens('n')}",
    ),
    "optional step": (
        lambda: select(Watcher).traverse(Watcher.tutor),
        f"MATCH (n:`Watcher`) OPTIONAL MATCH (n)-[:`TAUGHT_BY`]->(n1:`Watcher`) RETURN {WATCHER}",
    ),
    "required step": (
        lambda: select(Watcher).traverse(Watcher.tutor, optional=False),
        f"MATCH (n:`Watcher`) MATCH (n)-[:`TAUGHT_BY`]->(n1:`Watcher`) RETURN {WATCHER}",
    ),
    "step by name": (
        lambda: select(Watcher).traverse("tutor", optional=False),
        f"MATCH (n:`Watcher`) MATCH (n)-[:`TAUGHT_BY`]->(n1:`Watcher`) RETURN {WATCHER}",
    ),
    "incoming step": (
        lambda: select(Star).traverse("watchers").alias("w").return_target("w"),
        (
            "MATCH (n:`Body`:`Star`) OPTIONAL MATCH (n)<-[:`SAW`]-(`w`:`Watcher`) "
            "RETURN `w`.`id`, `w`.`name`, elementId(`w`)"
        ),
    ),
    "step of either direction": (
        lambda: select(Watcher).traverse("bodies").traverse(Body.near),
        (
            "MATCH (n:`Watcher`) OPTIONAL MATCH (n)-[:`SAW`]->(n1:`Body`) OPTIONAL MATCH (n1)-[:`NEAR`]-(n2:`Body`) "
            f"RETURN {WATCHER}"
        ),
    ),
    "step of a subclass": (
        lambda: select(Watcher).traverse("bodies").traverse(Star.planets),
        (
            "MATCH (n:`Watcher`) OPTIONAL MATCH (n)-[:`SAW`]->(n1:`Body`) "
            f"OPTIONAL MATCH (n1)-[:`ORBITED_BY`]->(n2:`Body`) WHERE n1:`Body`:`Star` RETURN {WATCHER}"
        ),
    ),
    "step to a union": (
        lambda: select(Watcher).traverse(Watcher.owns).alias("o").where(Lens.width > 1),
        (
            "MATCH (n:`Watcher`) OPTIONAL MATCH (n)-[:`OWNS`]->(`o`) "
            f"WHERE ((`o`:`Lens`) OR (`o`:`Tripod`)) AND `o`.`width` > $p0 RETURN {WATCHER}"
        ),
    ),
    "conditions of required steps": (
        lambda: (
            select(Watcher)
            .where(Watcher.id == "a")
            .traverse(Watcher.bodies, edge_alias="e", optional=False)
            .where(Body.id == "b", Sighting.magnitude > 1.0)
        ),
        (
            "MATCH (n:`Watcher`) MATCH (n)-[`e`:`SAW`]->(n1:`Body`) "
            f"WHERE n.`id` = $p0 AND n1.`id` = $p1 AND `e`.`magnitude` > $p2 RETURN {WATCHER}"
        ),
    ),
    "conditions of an optional step": (
        lambda: (
            select(Watcher)
            .alias("w")
            .traverse(Watcher.bodies)
            .where(Body.id == "b")
            .where(Watcher.name == "x", on="w")
            .where(Sighting.notes == None)  # noqa: E711 - builds a condition
        ),
        (
            "MATCH (`w`:`Watcher`) WHERE `w`.`name` = $p0 OPTIONAL MATCH (`w`)-[e1:`SAW`]->(n1:`Body`) "
            "WHERE n1.`id` = $p1 AND e1.`notes` IS NULL RETURN `w`.`id`, `w`.`name`"
        ),
    ),
    "required after optional": (
        lambda: (
            select(Watcher)
            .alias("w")
            .traverse("tutor")
            .where(Watcher.id == "t")
            .traverse("owns", on="w", optional=False)
            .where(Lens.width == 1)
        ),
        (
            "MATCH (`w`:`Watcher`) OPTIONAL MATCH (`w`)-[:`TAUGHT_BY`]->(n1:`Watcher`) WHERE n1.`id` = $p0 "
            "WITH `w`, n1 MATCH (`w`)-[:`OWNS`]->(n2) WHERE ((n2:`Lens`) OR (n2:`Tripod`)) AND n2.`width` = $p1 "
            "RETURN `w`.`id`, `w`.`name`"
        ),
    ),
    "step after a page": (
        lambda: select(Watcher).where(Watcher.id > "a").order_by("id").limit(2).traverse("tutor").limit(5),
        (
            "MATCH (n:`Watcher`) WHERE n.`id` > $p0 WITH n ORDER BY n.`id` LIMIT $p1 "
            f"OPTIONAL MATCH (n)-[:`TAUGHT_BY`]->(n1:`Watcher`) RETURN {WATCHER} ORDER BY n.`id` LIMIT $p2"
        ),
    ),
    "conditions after a page": (
        lambda: (
            select(Watcher)
            .alias("w")
            .limit(2)
            .traverse("tutor")
            .where(Watcher.id == "t")
            .where(Watcher.id == "a", on="w")
        ),
        (
            "MATCH (`w`:`Watcher`) WITH `w` LIMIT $p0 WHERE `w`.`id` = $p1 "
            "OPTIONAL MATCH (`w`)-[:`TAUGHT_BY`]->(n1:`Watcher`) WHERE n1.`id` = $p2 "
            "RETURN `w`.`id`, `w`.`name`"
        ),
    ),
    "node, edge, node": (
        lambda: select(Watcher).traverse("bodies", edge_alias="e1").return_edge("e1"),
        f"MATCH (n:`Watcher`) OPTIONAL MATCH (n)-[`e1`:`SAW`]->(n1:`Body`) RETURN {WATCHER}, "
        + EDGE.replace("e1", "`e1`")
        + ", n1.`id`, n1.`title`, n1.`mass`, n1.`rank`, n1.`brightness`, n1.`seen`, n1.`tags`, n1.`prices`, "
        "n1.`spectrum`, n1.`colour`, n1.`notes`, n1.`age`, labels(n1), elementId(n1)",
    ),
    "edge without a class": (
        lambda: select(Watcher).traverse("tutor", edge_alias="t").return_edge("t"),
        (
            f"MATCH (n:`Watcher`) OPTIONAL MATCH (n)-[`t`:`TAUGHT_BY`]->(n1:`Watcher`) RETURN {WATCHER}, "
            "elementId(`t`), n1.`id`, n1.`name`, elementId(n1)"
        ),
    ),
    "nodes alone": (
        lambda: select(Watcher).alias("w").traverse("owns", optional=False).alias("o").return_nodes("o", "w"),
        (
            "MATCH (`w`:`Watcher`) MATCH (`w`)-[:`OWNS`]->(`o`) WHERE ((`o`:`Lens`) OR (`o`:`Tripod`)) "
            "RETURN `w`.`id`, `w`.`name`, "
            "`o`.`id`, `o`.`width`, `o`.`height`, labels(`o`)"
        ),
    ),
    "distinct rows": (
        lambda: select(Watcher, Watcher).traverse("tutor").distinct().order_by("name").skip(1),
        (
            "MATCH (n:`Watcher`) OPTIONAL MATCH (n)-[:`TAUGHT_BY`]->(n1:`Watcher`) WITH DISTINCT n, n1 "
            f"ORDER BY n1.`name` SKIP $p0 RETURN {WATCHER}, n1.`id`, n1.`name`, elementId(n1)"
        ),
    ),
    "aliases like the names made here": (
        lambda: select(Watcher).traverse("tutor", edge_alias="n").alias("e1").return_target("e1"),
        (
            "MATCH (n_:`Watcher`) OPTIONAL MATCH (n_)-[:`TAUGHT_BY`]->(`e1`:`Watcher`) "
            "RETURN `e1`.`id`, `e1`.`name`, elementId(`e1`)"
        ),
    ),
    "hostile alias": (
        lambda: select(Lens).alias("a) DETACH DELETE (b").order_by("id"),
        (
            f"MATCH (`a) DETACH DELETE (b`:`Lens`) RETURN {lens('`a) DETACH DELETE (b`')} "
            "ORDER BY `a) DETACH DELETE (b`.`id`"
        ),
    ),
}


def packed(text: str) -> str:
    """Return a statement with its rows as lists, a thousand in a record."""
    head, columns = text.rsplit(" RETURN ", 1)
    found = re.search(r" (?:ORDER BY|SKIP|LIMIT) .*", columns)
    tail = found.group() if found else ""
    return (
        f"{head} WITH [{columns.removesuffix(tail)}] AS __row{tail} WITH collect(__row) AS __all "
        f"UNWIND range(0, size(__all) - 1, 1000) AS __i RETURN __all[__i..__i + 1000] AS {PACKED}"
    )


@pytest.mark.parametrize("dialect", list(DIALECTS))
@pytest.mark.parametrize("case", list(CASES))
def test_statement_is_spelt(case: str, dialect: str) -> None:
    build, text = CASES[case]
    if dialect == "falkordb":
        text = text.replace("elementId(", "id(")
        text = text.replace("n.`id` > $p0", "coalesce(n.`id`) > $p0")
        text = text.replace("WITH `w` LIMIT $p0", "WITH `w` ORDER BY 1 LIMIT $p0")
    if dialect == "arcadedb":  # back-ticks do not keep it from taking a variable apart
        text = packed(text)
        text = text.replace("`a) DETACH DELETE (b`", "`a_29__20_DETACH_20_DELETE_20__28_b`").replace(
            "`the lens`", "`the_20_lens`"
        )
    if dialect in {"falkordb", "arcadedb"}:
        text = text.replace("LIMIT $p0 WHERE `w`.`id` = $p1", "LIMIT $p0 WITH `w`, `w`.`id` = $p1 AS _kept WHERE _kept")
    if dialect == "age":
        text = re.sub(
            r"(MATCH \(n:`Watcher`\)) (MATCH .*?) WHERE (n\.`id` = \$p0) AND ", r"\1 WHERE \3 \2 WHERE ", text
        )
        text = re.sub(r"WITH DISTINCT ([^()]*?) ORDER BY", r"WITH DISTINCT \1 WITH \1 ORDER BY", text)
        text = re.sub(r"\((`?\w+`?):`(\w+)`\)(?= OR |\) )", r"(label(\1) IN ['\2'])", text)  # a condition, no pattern
        text = text.replace("WHERE n1:`Body`:`Star`", "WHERE label(n1) IN ['Star']")
        text = text.replace("`Body`:`Star`", "`Star`")
        text = re.sub(r"elementId\(startNode\((\S+?)\)\)", r"start_id(\1)", text).replace("elementId(", "id(")
    assert build().build(DIALECTS[dialect])[0] == text


@pytest.mark.parametrize("case", list(CASES))
def test_default_is_standard_cypher(case: str) -> None:
    build, text = CASES[case]
    assert build().build()[0] == repr(build()) == text


def seen() -> Select[Any]:
    return select(Watcher).alias("w").traverse("bodies", edge_alias="e", optional=False).alias("b").where(Body.rank > 1)


PATTERN = "MATCH (`w`:`Watcher`) MATCH (`w`)-[:`SAW`]->(`b`:`Body`) WHERE `b`.`rank` > $p0"
COUNTED: dict[str, tuple[Callable[[Select[Any]], Select[Any]], str, str]] = {
    "plain": (lambda s: s, "RETURN count(*)", "RETURN 1 LIMIT 1"),
    "ordered": (lambda s: s.order_by(Body.rank), "RETURN count(*)", "RETURN 1 LIMIT 1"),
    "distinct": (lambda s: s.distinct(), "WITH DISTINCT `w` RETURN count(*)", "RETURN 1 LIMIT 1"),
    "distinct target": (
        lambda s: s.distinct().return_target("b"),
        "WITH DISTINCT `b` RETURN count(*)",
        "RETURN 1 LIMIT 1",
    ),
    "distinct rows": (
        lambda s: s.distinct().return_nodes("w", "b"),
        "WITH DISTINCT `w`, `b` RETURN count(*)",
        "RETURN 1 LIMIT 1",
    ),
    "page": (
        lambda s: s.skip(1).limit(2),
        "WITH `w` SKIP $p1 LIMIT $p2 RETURN count(*)",
        "WITH `w` SKIP $p1 LIMIT $p2 RETURN 1 LIMIT 1",
    ),
    "distinct page": (
        lambda s: s.distinct().limit(2),
        "WITH DISTINCT `w` LIMIT $p1 RETURN count(*)",
        "WITH DISTINCT `w` LIMIT $p1 RETURN 1 LIMIT 1",
    ),
}


@pytest.mark.parametrize("case", list(COUNTED))
def test_counting_honours_pages(case: str) -> None:
    extend, count, exists = COUNTED[case]
    selection = extend(seen()).selection
    for dialect in DIALECTS.values():
        counted, existing = compile_count(selection, dialect), compile_exists(selection, dialect)
        assert (counted.text, counted.columns) == (f"{PATTERN} {count}", ("int",))
        assert (existing.text, existing.columns) == (f"{PATTERN} {exists}", ("int",))


PREFIXES: dict[str, tuple[Callable[[], Select[Any]], str, str]] = {
    "all": (lambda: select(Lens).alias("x"), "MATCH (n:`Lens`)", "n"),
    "condition": (lambda: select(Lens).where(Lens.id == "a"), "MATCH (n:`Lens`) WHERE n.`id` = $p0", "n"),
    "order and page": (
        lambda: select(Lens).order_by(Lens.id).skip(1).limit(2),
        "MATCH (n:`Lens`) WITH n ORDER BY n.`id` SKIP $p0 LIMIT $p1",
        "n",
    ),
    "distinct": (lambda: select(Lens).distinct(), "MATCH (n:`Lens`) WITH DISTINCT n", "n"),
    "target": (
        lambda: seen().return_target("b"),
        "MATCH (n:`Watcher`) MATCH (n)-[:`SAW`]->(n1:`Body`) WHERE n1.`rank` > $p0 WITH n1",
        "n1",
    ),
}


@pytest.mark.parametrize("case", list(PREFIXES))
def test_prefix_binds_the_results(case: str) -> None:
    build, text, variable = PREFIXES[case]
    compiled, root = compile_prefix(build().selection, Dialect())
    assert (compiled.text, root) == (text, variable)
    assert set(compiled.parameters) == {f"p{number}" for number in range(text.count("$"))}


def compiled(statement: Select[Any]) -> Any:
    dialect = FalkorDBDialect()
    return compile_select(statement.selection, dialect, Mapper(dialect))


def paths(statement: Select[Any], *classes: type[Any]) -> Any:
    dialect = FalkorDBDialect()
    return compile_paths(statement.selection, dialect, Mapper(dialect), classes)


def test_plan_of_entities_is_one_column() -> None:
    found = compiled(select(Lens))
    [column] = found.plan
    assert (column.offset, column.nullable, found.single, found.shape) == (0, False, True, (0,))
    assert found.columns == ("str", "int")
    assert found.statement().tables == (found.columns,)


def test_plan_covers_the_columns() -> None:
    found = paths(seen())
    watcher, sighting, body = found.plan
    assert (type(watcher), type(sighting), type(body)) == (NodeColumn, EdgeColumn, NodeColumn)
    assert (watcher.offset, sighting.offset, body.offset) == (0, 2, 6)
    assert (sighting.id_offset, sighting.source, sighting.target) == (5, 0, 2)
    assert found.columns[sighting.id_offset] == "int"
    assert len(found.columns) == body.offset + len(body.family.bare_wires)
    assert (found.shape, found.single) == ((0, 1, 2), False)


def test_edge_brings_its_ends() -> None:
    found = paths(seen().return_edge("e"))
    assert len(found.plan) == 3
    assert found.shape == (1,)


def test_optional_parts_may_be_missing() -> None:
    found = paths(select(Watcher).traverse("bodies").traverse("near", optional=False))
    assert [column.nullable for column in found.plan] == [False, True, True, False, False]


def test_classes_name_the_parts() -> None:
    assert paths(seen(), Watcher, Sighting, Body).shape == (0, 1, 2)
    assert paths(seen(), Watcher, Sighting, Star).shape == (0, 1, 2)
    assert paths(seen(), Watcher, Body).shape == (0, 1)
    assert compiled(select(Watcher, Sighting, Body).traverse("bodies")).shape == (0, 1, 2)


@pytest.mark.parametrize("classes", [(Watcher, Sighting, Lens), (Watcher, Watcher), (Body, Sighting, Watcher)])
def test_other_classes_are_refused(classes: tuple[type, ...]) -> None:
    with pytest.raises(QueryError, match=r"Watcher 'w', Sighting 'e', Body 'b'"):
        paths(seen(), *classes)
    with pytest.raises(QueryError):
        paths(seen().return_nodes("w", "b").return_edge("e"), *classes)


def test_rows_need_a_step() -> None:
    with pytest.raises(QueryError, match="traverse"):
        paths(select(Lens))
    with pytest.raises(QueryError, match="traverse"):
        compiled(select(Watcher, Body))


def test_order_of_distinct_results_must_be_theirs() -> None:
    with pytest.raises(QueryError, match="distinct"):
        compiled(seen().distinct().order_by(Body.rank))


def test_missing_parameters_are_known() -> None:
    statement = select(Lens).where(Lens.width > param("least"))
    assert compiled(statement).unbound == ("least",)
    assert compiled(statement.params(least=3)).unbound == ()


def test_union_of_all_classes_is_read() -> None:
    found = compiled(select(Watcher).traverse("owns").alias("o").return_target("o"))
    assert found.plan[0].family.names == f"{Lens.__name__} or {Tripod.__name__}"
