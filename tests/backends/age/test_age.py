"""What only Apache AGE does: graphs, tables of labels, hostile text around Cypher, connections of the user's own."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from runic.ogm import (
    ConstraintViolationError,
    DatabaseUnavailableError,
    Driver,
    Field,
    Node,
    QueryError,
    QuerySyntaxError,
    Relation,
    Session,
    UnsupportedFeatureError,
    create_driver,
    select,
)
from runic.ogm.backends._age_url import read_target
from tests.servers import Target


class Plant(Node):
    """Grows."""

    id: str = Field(primary_key=True)
    name: str | None = None
    beside: list[Plant] = Relation(relationship="GROWS_BESIDE", target="Plant")


class Tree(Plant):
    """Grows tall."""

    height: float | None = None


class Oak(Tree):
    """Grows old."""

    rings: int | None = None


def rows(driver: Driver, text: str, **parameters: Any) -> list[tuple[Any, ...]]:
    with Session(driver) as session:
        return session.execute(text, parameters, write=True).rows


def sql(url: str, text: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(**read_target(url, {}).options, autocommit=True) as connection:
        cursor = connection.execute(text.encode())
        return cursor.fetchall() if cursor.description else []


def forest(driver: Driver) -> None:
    with Session(driver) as session:
        plants = [Plant(id="moss"), Tree(id="fir", height=20.5), Oak(id="oak", rings=90)]
        session.add_all(plants)
        plants[0].beside = [*plants[1:]]


def test_parent_finds_the_vertices_of_its_children(driver: Driver) -> None:
    forest(driver)
    assert sorted(rows(driver, "MATCH (n:Plant) RETURN n.id, label(n)")) == [
        ("fir", "Tree"), ("moss", "Plant"), ("oak", "Oak"),
    ]  # fmt: skip
    assert sorted(rows(driver, "MATCH (:Plant)-[:GROWS_BESIDE]->(n:Tree) RETURN n.id")) == [("fir",), ("oak",)]


def test_raw_nodes_have_the_labels_of_all_parents(driver: Driver) -> None:
    forest(driver)
    ((oak,),) = rows(driver, "MATCH (n:Oak) RETURN n")
    assert oak.labels == ("Plant", "Tree", "Oak")


def test_tables_inherit_once(driver: Driver, connect: Callable[..., Driver], url: str) -> None:
    """Another driver, which knows nothing of the first, makes nothing anew."""
    forest(driver)
    other = connect()
    with Session(other) as session:
        assert session.get(Plant, "oak") is session.get(Oak, "oak")
        session.add(Oak(id="holm"))
    graph = read_target(url, {}).graph
    found = sql(
        url,
        "SELECT c.relname, p.relname FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid JOIN pg_class p ON "
        f"p.oid = inhparent JOIN pg_namespace s ON s.oid = c.relnamespace WHERE s.nspname = '{graph}' ORDER BY 1",
    )
    assert found == [
        ("GROWS_BESIDE", "_ag_label_edge"), ("Oak", "Tree"), ("Plant", "_ag_label_vertex"), ("Tree", "Plant"),
    ]  # fmt: skip


def test_tables_are_undone_with_their_transaction(driver: Driver) -> None:
    session = Session(driver)
    session.execute("CREATE (:Soil)", write=True)
    session.add(Oak(id="o"))
    session.flush()
    session.rollback()
    session.close()
    forest(driver)
    assert sorted(rows(driver, "MATCH (n:Plant) RETURN n.id")) == [("fir",), ("moss",), ("oak",)]


def test_merge_into_another_class_is_refused(driver: Driver) -> None:
    """A vertex keeps its label, so that nothing may be stored of it as of another class."""
    forest(driver)
    session = Session(driver)
    session.merge(Oak(id="fir", rings=3))
    with pytest.raises(ConstraintViolationError, match=r"fir.*Oak"):
        session.commit()
    session.rollback()
    session.merge(Tree(id="oak", height=30.0))
    session.commit()
    session.close()
    assert sorted(rows(driver, "MATCH (n:Tree) RETURN n.id, n.height, n.rings, label(n)")) == [
        ("fir", 20.5, None, "Tree"), ("oak", 30.0, 90, "Oak"),
    ]  # fmt: skip


def test_key_is_one_within_the_hierarchy(connect: Callable[..., Driver]) -> None:
    driver = connect(ensure_keys=True)
    forest(driver)
    session = Session(driver)
    session.add(Plant(id="oak"))
    with pytest.raises(ConstraintViolationError, match="oak"):
        session.commit()
    session.close()


def test_each_table_has_the_index_of_its_key(connect: Callable[..., Driver], url: str) -> None:
    driver = connect(ensure_keys=True)
    forest(driver)
    graph = read_target(url, {}).graph
    indexes = sql(url, f"SELECT tablename FROM pg_indexes WHERE schemaname = '{graph}' AND indexname ~ '^runic_unique'")
    assert sorted(indexes) == [("Oak",), ("Plant",), ("Tree",)]


@pytest.mark.parametrize("text", ["%s %(a)s %", "$$ $cypher$ $1", "a::vertex", "\\ \\' \" ''", "Zoë\u2028\x7f\x01"])
def test_hostile_text_in_a_statement_is_only_text(driver: Driver, text: str) -> None:
    quoted = text.replace("\\", "\\\\").replace("'", "\\'")
    assert rows(driver, f"RETURN '{quoted}' AS t, $t AS p", t=text) == [(text, text)]


def test_graphs_of_one_database_are_apart(driver: Driver, connect: Callable[..., Driver], server: Target) -> None:
    other = server.url("only_age_other")
    try:
        forest(driver)
        there = connect(other)
        assert rows(there, "MATCH (n) RETURN count(*)") == [(0,)]
        forest(there)
        assert rows(driver, "MATCH (n) RETURN count(*)") == rows(there, "MATCH (n) RETURN count(*)") == [(3,)]
    finally:
        server.forget("only_age_other")


def test_graph_is_made_by_a_read(driver: Driver) -> None:
    with Session(driver) as session:
        assert session.scalars(select(Plant)) == []


def test_numerics_and_paths_are_read(driver: Driver) -> None:
    forest(driver)
    (row,) = rows(driver, "MATCH p = (:Plant)-[:GROWS_BESIDE]->(n:Oak) RETURN p, 1.50::numeric, [n, 1e300], {k: n}")
    path, number, values, mapped = row
    assert [node.properties["id"] for node in path.nodes] == ["moss", "oak"]
    assert path.edges[0].type == "GROWS_BESIDE"
    assert number == Decimal("1.50")
    assert values[1] == 1e300
    assert values[0] == mapped["k"] == path.nodes[1]


def test_columns_that_cannot_be_told_are_refused(driver: Driver) -> None:
    with pytest.raises(QueryError, match="name what to return"):
        rows(driver, "MATCH (n) RETURN *")


def test_strange_label_is_its_own(driver: Driver) -> None:
    rows(driver, "CREATE (:`my label` {a: 1})-[:`is: of`]->(:`my label` {a: 2})")
    ((node, edge),) = rows(driver, "MATCH (n:`my label`)-[r:`is: of`]->() RETURN n, r")
    assert (node.labels, edge.type) == (("my label",), "is: of")


def test_classes_that_share_a_table_are_refused(driver: Driver) -> None:
    class Herb(Node, labels=["Herb"]):
        id: str = Field(primary_key=True)

    class Spice(Node, labels=["Herb", "Spice"]):
        id: str = Field(primary_key=True)

    session = Session(driver)
    with pytest.raises(UnsupportedFeatureError, match="Herb"):
        session.add(Spice(id="x"))
        session.commit()
    session.close()
    assert len({Herb, Spice}) == 2


def test_pool_of_the_user_keeps_its_settings(url: str) -> None:
    target = read_target(url, {})
    options = {**target.options, "autocommit": False}
    with ConnectionPool(kwargs=options, min_size=1, max_size=1, open=True) as pool:
        with pool.connection() as connection:
            before = connection.execute("SHOW search_path").fetchall()
        driver = create_driver("age", client=pool, graph=target.graph)
        forest(driver)
        with Session(driver) as session:
            assert session.get(Plant, "oak") is not None
        driver.close()
        with pool.connection() as connection:
            assert connection.execute("SHOW search_path").fetchall() == before


def test_function_of_the_user_connects(url: str) -> None:
    target = read_target(url, {})
    made: list[psycopg.Connection[Any]] = []

    def make() -> psycopg.Connection[Any]:
        made.append(psycopg.connect(**target.options))
        return made[-1]

    driver = create_driver("age", client=make, graph=target.graph)
    forest(driver)
    assert rows(driver, "MATCH (n:Plant) RETURN count(*)") == [(3,)]
    assert made
    assert all(connection.closed for connection in made)


def test_broken_connection_is_replaced(driver: Driver) -> None:
    forest(driver)
    backend: Any = driver._backend
    connection = backend.lender.take()
    backend.lender.give(connection)
    connection.pgconn.finish()
    with Session(driver) as session:
        assert session.get(Plant, "oak") is not None


def test_closed_driver_says_so(driver: Driver) -> None:
    driver.close()
    with pytest.raises(DatabaseUnavailableError, match="closed"):
        rows(driver, "RETURN 1")


def test_syntax_error_is_named(driver: Driver) -> None:
    with pytest.raises(QuerySyntaxError, match="syntax error"):
        rows(driver, "MATCH (n RETURN n")


def test_options_beside_a_client_are_refused() -> None:
    with pytest.raises(ValueError, match="host"):
        create_driver("age", client=psycopg.connect, host="h")
    with pytest.raises(TypeError, match="function that connects"):
        create_driver("age", client=5)
