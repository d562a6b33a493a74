"""The exact statements of Apache AGE, where they differ from the standard."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from runic.ogm.backends.age_dialect import AgeDialect
from runic.ogm.cypher.load import GraphPlan, plan_fetch, render_by_keys
from runic.ogm.cypher.patterns import Hop, Shortest
from runic.ogm.cypher.persist import (
    Diagnosis,
    compile_section,
    relate_sections,
    render_create,
    render_ends,
    render_merge,
    render_relate,
)
from runic.ogm.exceptions import UnsupportedFeatureError
from runic.ogm.mapping.mapper import Mapper
from runic.ogm.model.base import Edge, Node
from runic.ogm.model.fields import Field, Relation

AGE = AgeDialect()
MAPPER = Mapper(AGE)


class Flight(Edge, type="FLIES_TO"):
    number: str = Field(primary_key=True)
    hours: float | None = None


class Port(Node):
    id: str
    name: str | None = None
    near: list[Port] = Relation(relationship="NEAR", direction="BOTH", target="Port")
    flights: list[Port] = Relation(relationship="FLIES_TO", target="Port", edge_model=Flight)


class AirPort(Port):
    runways: int = 1


class Island(Node):
    id: str
    reached: list[AirPort | Island] = Relation(relationship="REACHED", target=("AirPort", "Island"))


def relate(name: str) -> str:
    relation = Port.__meta__.relations[name]
    edge = MAPPER.entity(relation.edge_model) if relation.edge_model is not None else None
    ends = render_ends(AGE, Port.__meta__, AirPort.__meta__)
    nothing = Diagnosis("", lambda _, __: None)
    rows = [["a", "b"]]
    (section,) = relate_sections(AGE, ends, render_relate(AGE, relation, edge, rows), rows, nothing, None)
    return compile_section(section).text


def fetched(cls: type[Node], *names: str) -> str:
    plan = GraphPlan(AGE, MAPPER, "n", {"key": "a"}, one=True)
    plan.add_roots(MAPPER.family((cls,)))
    plan.add_steps(plan_fetch((cls,), names))
    return plan.compile(render_by_keys(AGE, cls.__meta__, many=False), "get").text


ENDS = "UNWIND $r0 AS row MATCH (a:`Port`) WHERE a.`id` = row[0] MATCH (b:`Port`) WHERE b.`id` = row[1]"
PORT = "id(n), labels(n)"
STATEMENTS: dict[str, tuple[Callable[[], str], str]] = {
    "create": (
        lambda: render_create(AGE, MAPPER.entity(AirPort), AirPort.__meta__),
        "CREATE (n:`AirPort` {`id`: row[0], `name`: row[1], `runways`: row[2]})",
    ),
    "merge": (
        lambda: render_merge(AGE, MAPPER.entity(AirPort), AirPort.__meta__, [["a", "b", 1]]),
        (
            "OPTIONAL MATCH (n:`Port`) WHERE n.`id` = row[0] "
            "SET n.`id` = row[0], n.`name` = row[1], n.`runways` = row[2] "
            "WITH n, row LIMIT 1000000000 WHERE n IS NULL "
            "CREATE (:`AirPort` {`id`: row[0], `name`: row[1], `runways`: row[2]})"
        ),
    ),
    "relate both ways": (
        lambda: relate("near"),
        (
            f"{ENDS} RETURN count(*) AS c0 UNION ALL {ENDS} OPTIONAL MATCH (a)-[r:`NEAR`]-(b) "
            "WITH a, b, r, row LIMIT 1000000000 WHERE r IS NULL CREATE (a)-[:`NEAR`]->(b) RETURN count(*) AS c0"
        ),
    ),
    "relate by key": (
        lambda: relate("flights"),
        (
            f"{ENDS} RETURN count(*) AS c0 UNION ALL {ENDS} OPTIONAL MATCH (a)-[r:`FLIES_TO`]->(b) "
            "WHERE r.`number` = row[2] SET r.`number` = row[2], r.`hours` = row[3] "
            "WITH a, b, r, row LIMIT 1000000000 WHERE r IS NULL "
            "CREATE (a)-[:`FLIES_TO` {`number`: row[2], `hours`: row[3]}]->(b) RETURN count(*) AS c0"
        ),
    ),
    "one by key": (
        lambda: render_by_keys(AGE, AirPort.__meta__, many=False),
        "MATCH (n:`AirPort`) WHERE n.`id` = $key",
    ),
    "many by key": (
        lambda: render_by_keys(AGE, Port.__meta__, many=True),
        "UNWIND $keys AS k MATCH (n:`Port`) WHERE n.`id` = k",
    ),
    "a union of classes": (
        lambda: fetched(Island, "reached"),
        (
            "MATCH (n:`Island`) WHERE n.`id` = $key RETURN n.`id`, id(n), 0 UNION ALL "
            "MATCH (n:`Island`) WHERE n.`id` = $key OPTIONAL MATCH (n)-[r1:`REACHED`]->(m1) "
            "WHERE ((label(m1) IN ['AirPort']) OR (label(m1) IN ['Island'])) RETURN id(n), id(m1), 1 UNION ALL "
            "MATCH (n:`Island`) WHERE n.`id` = $key MATCH (n)-[r1:`REACHED`]->(m1) "
            "WHERE ((label(m1) IN ['AirPort']) OR (label(m1) IN ['Island'])) WITH DISTINCT m1 "
            "RETURN m1.`id`, m1.`name`, m1.`runways`, labels(m1), id(m1), 2"
        ),
    ),
    "the first of each": (
        lambda: AGE.render_first("n", "m", "r", "m.`x` DESC, id(m)", "$p0"),
        (
            "WITH DISTINCT n, m WITH n, m ORDER BY n, m.`x` DESC, id(m) "
            "WITH n, collect(m)[0..$p0] AS _some UNWIND _some AS m"
        ),
    ),
    "a hop without direction": (
        lambda: AGE.render_hop(Hop(Port.__meta__.relations["near"], "n", "r", "m", ":`Port`", ("m.`x` = 1",)), "MATCH"),
        (
            "WITH n LIMIT 1000000000 MATCH ()-[r:`NEAR`]->() WHERE start_id(r) = id(n) OR end_id(r) = id(n) "
            "MATCH (m:`Port`) WHERE id(m) = CASE WHEN start_id(r) = id(n) THEN end_id(r) ELSE start_id(r) END "
            "AND m.`x` = 1"
        ),
    ),
    "shortest path": (
        lambda: AGE.render_shortest_path(Shortest("p", Port.__meta__.relations["near"], "a", "b", 4), "a, b"),
        "MATCH p = (a)-[:`NEAR`*1..4]-(b) WITH a, b, p ORDER BY a, b, length(p) WITH a, b, collect(p)[0] AS p",
    ),
    "a page with its relations": (
        lambda: AGE.render_parts("MATCH (n:`Port`) WITH n ORDER BY n.`name` SKIP $p0 LIMIT $p1", "n", [("", ["x"])]),
        "MATCH (n:`Port`) WITH n ORDER BY n.`name`, id(n) SKIP $p0 LIMIT $p1 RETURN x, 0",
    ),
    "a page without an order": (
        lambda: AGE.render_parts("MATCH (n:`Port`) WITH n LIMIT $p1", "n", [("", ["x"])]),
        "MATCH (n:`Port`) WITH n ORDER BY id(n) LIMIT $p1 RETURN x, 0",
    ),
    "what all of a label lead to": (
        lambda: AGE.render_parts(
            "MATCH (n:`Port`)",
            "n",
            [
                ("", ["x"]),
                ("OPTIONAL MATCH (n)-[r:`R`]->(m)", ["y"]),
                ("MATCH (n)<-[r:`R`]-(m) WHERE m.`a` = 1 WITH DISTINCT m", ["z"]),
            ],
        ),
        (
            "MATCH (n:`Port`) RETURN x, 0 UNION ALL "
            "MATCH (n:`Port`) OPTIONAL MATCH (n)-[r:`R`]->(m) RETURN y, 1 UNION ALL "
            "MATCH (n:`Port`)<-[r:`R`]-(m) WHERE m.`a` = 1 WITH DISTINCT m RETURN z, 2"
        ),
    ),
    "an element of a list": (lambda: AGE.render_any("x", "n.`l`", "x > 1"), "size([x IN n.`l` WHERE x > 1]) > 0"),
}


@pytest.mark.parametrize("case", list(STATEMENTS))
def test_statement_is_spelt(case: str) -> None:
    build, text = STATEMENTS[case]
    assert build() == text


def test_labels_of_a_class_are_its_own() -> None:
    assert AGE.render_labels(["Port", "AirPort"]) == AGE.render_labels(["AirPort", "Port"]) == ":`AirPort`"
    assert AGE.render_label_test("n", ["Port"]) == "label(n) IN ['AirPort', 'Port']"


def test_tables_of_a_class_come_before_it() -> None:
    (statement,) = AGE.ddl_first_use(AirPort.__meta__)
    assert statement.text == "AGE LABELS"
    assert statement.parameters == {
        "vertices": [("Port", []), ("AirPort", ["Port"])],
        "edges": ["FLIES_TO", "NEAR"],
    }


def test_constraint_counts_where_the_class_stands_alone() -> None:
    assert AGE.enforces_key(Island.__meta__)
    assert not AGE.enforces_key(Port.__meta__)
    assert not AGE.enforces_key(AirPort.__meta__)
    assert AGE.key_item(AirPort.__meta__).label == "AirPort"


def test_label_that_is_an_edge_type_is_refused() -> None:
    class Near(Node, labels=["NEAR"]):
        id: str

    with pytest.raises(UnsupportedFeatureError, match="NEAR"):
        AGE.check_class(Near.__meta__)
