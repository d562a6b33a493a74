"""The queries that one statement, or a transaction, becomes; no database."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from runic.ogm import DatabaseError
from runic.ogm.backends._age_errors import WriteRefusedError
from runic.ogm.backends._age_exchange import Exchange, Request
from runic.ogm.backends._age_url import read_target
from runic.ogm.cypher.statement import Reply, Statement

READ = Statement("RETURN 1 AS a", {}, (("int",),), origin="query")
RAW = Statement("RETURN 1 AS a", {})


def exchange(*, local: bool = False) -> Exchange:
    made = Exchange(read_target("age", {"graph": "graph"}), local=local)
    made.ready = True
    return made


def asked(work: Generator[Request, Any, Any]) -> tuple[list[str], Any]:
    """Answer each query with one 1; return the queries, cut, and the result."""
    texts: list[str] = []
    try:
        request = next(work)
        while True:
            texts.append(request.text.partition(" $cypher$")[0].partition(", pg_catalog.set_config")[0])
            request = work.send([[b"1"]])
    except StopIteration as done:
        return texts, done.value


CALL = "SELECT * FROM ag_catalog.cypher('graph',"
SET_UP = "BEGIN; SELECT '1'::ag_catalog.agtype"


def test_a_read_is_one_query() -> None:
    assert asked(exchange().run_alone(READ, begins=True)) == ([CALL], Reply([[[1]]]))


def test_a_raw_read_cannot_write() -> None:
    assert asked(exchange().run_alone(RAW, begins=True))[0] == ["BEGIN; SET TRANSACTION READ ONLY", CALL, "COMMIT"]


def test_a_raw_read_that_writes_is_named() -> None:
    work = exchange().run_alone(RAW, begins=True)
    next(work)
    work.send([])
    assert work.throw(WriteRefusedError("no")) == Request("ROLLBACK")
    with pytest.raises(DatabaseError, match="write=True"):
        work.send([])


def test_a_bound_needs_a_transaction() -> None:
    texts, _ = asked(exchange().run_alone(READ._replace(timeout=0.25), begins=True))
    assert texts == ["BEGIN; SET LOCAL statement_timeout = 250", CALL, "COMMIT"]


def test_a_connection_of_the_user_is_set_up_for_one_transaction() -> None:
    assert asked(exchange(local=True).run_alone(READ, begins=True))[0] == [SET_UP, CALL, "COMMIT"]
    assert asked(exchange(local=True).run_alone(READ, begins=False))[0] == [
        SET_UP.removeprefix("BEGIN; "),
        CALL,
        "COMMIT",
    ]


def test_the_graph_is_made_once() -> None:
    made = exchange()
    made.ready = False
    first, _ = asked(made.run_alone(READ, begins=True))
    assert first[0].startswith("DO $runic$")
    assert "create_graph('graph')" in first[0]
    assert asked(made.run_alone(READ, begins=True))[0] == first[1:]


def test_a_statement_of_a_transaction_may_have_its_own_bound() -> None:
    within = exchange().run_within
    assert asked(within(READ, None))[0] == asked(within(READ._replace(timeout=1.0), 1.0))[0] == [CALL]
    assert asked(within(READ._replace(timeout=0.5), None))[0] == [
        "SET LOCAL statement_timeout = 500", CALL, "SET LOCAL statement_timeout = 0",
    ]  # fmt: skip


def test_an_unknown_label_is_learnt_once() -> None:
    made = exchange()
    statement = Statement("MATCH (n) RETURN n.`a`, id(n), labels(n)", {}, (("int", "int", "labels"),), origin="query")
    vertex = b'{"id": 5, "label": "Oak", "properties": {"a": 1}}::vertex'
    work = made.run(statement)
    next(work)
    assert work.send([[vertex]]).text.startswith("SELECT pg_catalog.json_agg")
    with pytest.raises(StopIteration) as done:
        work.send([[b'[["Oak", "v", ["Tree"]], ["Tree", "v", ["_ag_label_vertex"]]]']])
    assert done.value.value == Reply([[[1, 5, ("Tree", "Oak")]]])
    again = made.run(statement)
    next(again)
    with pytest.raises(StopIteration):
        again.send([[vertex]])
