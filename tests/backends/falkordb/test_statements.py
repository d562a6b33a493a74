"""What a statement does, and what comes of a failing one, on a real FalkorDB."""

from __future__ import annotations

import asyncio

import pytest

from runic.ogm.backends.falkordb import FalkorDBBackend, connect, connect_async
from runic.ogm.cypher.dialect import Dialect
from runic.ogm.exceptions import (
    ConstraintViolationError,
    DatabaseError,
    GuardViolationError,
    QueryError,
    QuerySyntaxError,
    TransientDatabaseError,
    UnsupportedFeatureError,
)

from .conftest import SLOW_READ, count, eventually, statement, value, write


def test_missing_graph_reads_as_empty(backend: FalkorDBBackend) -> None:
    read = statement("MATCH (n) RETURN count(n)", ("int",))
    assert backend.execute(read).tables == [[[0]]]
    assert backend.execute(read).tables == [[[0]]]


def test_missing_graph_reads_as_empty_raw(backend: FalkorDBBackend) -> None:
    reply = backend.execute(statement("MATCH (n) RETURN n"))
    assert (reply.tables, list(reply.columns)) == ([[]], ["n"])


def test_missing_graph_has_no_names(backend: FalkorDBBackend) -> None:
    (node,) = write(backend, "CREATE (n:A {x: 1}) RETURN n").tables[0][0]
    assert (node.labels, node.properties) == (("A",), {"x": 1})


def test_counters_tell_changes(backend: FalkorDBBackend) -> None:
    reply = write(backend, "CREATE (:A {x: 1})-[:R]->(:B)")
    assert reply.counters == {"labels_added": 2, "nodes_created": 2, "properties_set": 1, "relationships_created": 1}


def test_tables_are_split(backend: FalkorDBBackend) -> None:
    write(backend, "CREATE (:A {f: 0.5}), (:A {f: 2.0}), (:B {b: true, l: [1]})")
    text = "MATCH (n:A) RETURN n.f AS x, null AS y, 0 AS t UNION ALL MATCH (n:B) RETURN n.b AS x, n.l AS y, 1 AS t"
    plain = backend.execute(statement(text, ("float",), ("bool",))).tables
    assert [sorted(row[0] for row in table) for table in plain] == [[0.5, 2.0], [True]]
    typed = backend.execute(statement(text, ("float",), ("bool", "any"))).tables
    assert [sorted(row[0] for row in table) for table in typed] == [[0.5, 2.0], [True]]
    assert typed[1][0][1] == [1]


def test_labels_are_equal_for_equal_lists(backend: FalkorDBBackend) -> None:
    write(backend, "CREATE (:A:B), (:A:B), (:A)")
    for columns in (("labels",), ("labels", "any")):
        text = f"MATCH (n) RETURN labels(n){', null' if len(columns) > 1 else ''} ORDER BY size(labels(n))"
        one, two, three = (row[0] for row in backend.execute(statement(text, columns)).tables[0])
        assert len({one, two}) == 2
        assert hash(two) == hash(three)
        assert two == three


def test_names_made_by_others_are_learnt(backend: FalkorDBBackend) -> None:
    other = connect("falkordb+unix", Dialect(), path=_path(backend), graph=backend.graph)
    for name in ("A", "B", "C"):
        write(backend, f"CREATE (:{name} {{`p{name}`: 1}})")
        node = value(other, f"MATCH (n:{name}) RETURN n")
        assert (node.labels, node.properties) == ((name,), {f"p{name}": 1})
    other.close()


def test_graph_made_anew_has_new_names(backend: FalkorDBBackend) -> None:
    other = connect("falkordb+unix", Dialect(), path=_path(backend), graph=backend.graph)
    write(backend, "CREATE (:Old {before: 1})")
    assert value(other, "MATCH (n) RETURN n").labels == ("Old",)
    backend.execute(statement("GRAPH.DELETE"))
    write(backend, "CREATE (:New {after: 1})-[:R]->(:Newer)")
    node = value(other, "MATCH (n:New) RETURN n")
    assert (node.labels, node.properties) == (("New",), {"after": 1})
    other.close()


def test_write_that_makes_names_runs_once(backend: FalkorDBBackend) -> None:
    write(backend, "CREATE (:A)")
    assert value(backend, "MATCH (n) RETURN n").labels == ("A",)
    write(backend, "CREATE (:B)")  # the backend's names are of yesterday now
    (node,) = write(backend, "CREATE (n:C {x: 1})-[:K]->(:D) RETURN n").tables[0][0]
    assert node.labels == ("C",)
    assert count(backend) == 4


def test_command_gets_graph_and_arguments(backend: FalkorDBBackend) -> None:
    write(backend, "CREATE INDEX FOR (n:A) ON (n.id)")
    arguments = ["UNIQUE", "NODE", "A", "PROPERTIES", 1, "id"]
    reply = backend.execute(statement("GRAPH.CONSTRAINT CREATE", write=True, arguments=arguments))
    assert reply.tables == [[["PENDING"]]]
    text = "CALL db.constraints() YIELD status RETURN status"
    assert eventually(lambda: value(backend, text) == "OPERATIONAL")
    write(backend, "CREATE (:A {id: 'x'})")
    with pytest.raises(ConstraintViolationError, match="unique"):
        write(backend, "UNWIND ['y', 'x'] AS id CREATE (:A {id: id})")
    assert count(backend) == 1


def test_command_refuses_odd_arguments(backend: FalkorDBBackend) -> None:
    with pytest.raises(QueryError, match=r"GRAPH\.DELETE"):
        backend.execute(statement("GRAPH.DELETE", arguments=[object()]))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("RETURN 1/0", GuardViolationError),
        ("MATCH (n", QuerySyntaxError),
        ("RETURN nope", QuerySyntaxError),
        ("RETURN $missing", QuerySyntaxError),
        ("RETURN foo(1)", QuerySyntaxError),
        ("CALL foo.bar()", QuerySyntaxError),
        ("RETURN toUpper(1)", DatabaseError),
    ],
)
@pytest.mark.parametrize("tables", [(), (("int",),)])
def test_failure_has_kind_and_cause(backend: FalkorDBBackend, text: str, kind: type[Exception], tables: tuple) -> None:
    for writes in (True, False):
        with pytest.raises(DatabaseError) as caught:
            backend.execute(statement(text, *tables, write=writes))
        assert type(caught.value) is kind
        assert caught.value.__cause__ is not None


def test_announced_read_cannot_write(backend: FalkorDBBackend) -> None:
    write(backend, "CREATE (:A)")
    with pytest.raises(DatabaseError, match="write=True"):
        backend.execute(statement("CREATE (:B)"))
    assert count(backend) == 1


@pytest.mark.slow
def test_server_timeout_is_transient(secured, request: pytest.FixtureRequest) -> None:  # noqa: ANN001 - see conftest
    from .conftest import PASSWORD

    backend = connect("falkordb", Dialect(), port=secured.port, password=PASSWORD, graph="slow")
    request.addfinalizer(backend.close)
    backend.execute(statement("CREATE (:A)", write=True))
    words = (
        "GRAPH.QUERY",
        "slow",
        SLOW_READ,
        "timeout",
        5,
    )
    with pytest.raises(TransientDatabaseError, match="timed out"):
        backend._sender.send(words)


def test_there_are_no_transactions(backend: FalkorDBBackend) -> None:
    with pytest.raises(UnsupportedFeatureError, match="transaction"):
        backend.begin(read_only=False)


def test_async_backend_does_the_same(backend: FalkorDBBackend) -> None:
    async def body() -> None:
        other = connect_async("falkordb+unix", Dialect(), path=_path(backend), graph=backend.graph)
        assert (await other.execute(statement("MATCH (n) RETURN count(n)", ("int",)))).tables == [[[0]]]
        created = await other.execute(statement("CREATE (n:A {x: $x}) RETURN n", write=True, x="\x02"))
        assert created.tables[0][0][0].properties == {"x": "\x02"}
        with pytest.raises(QuerySyntaxError):
            await other.execute(statement("MATCH (n"))
        with pytest.raises(UnsupportedFeatureError):
            await other.begin(read_only=True)
        many = await asyncio.gather(*[other.execute(statement("RETURN $i", i=i)) for i in range(200)])
        assert [reply.tables for reply in many] == [[[[i]]] for i in range(200)]
        await other.close()

    asyncio.run(body())
    assert count(backend) == 1


def _path(backend: FalkorDBBackend) -> str:
    return backend._sender._pool.connection_kwargs["path"]
