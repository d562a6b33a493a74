"""Reads that meet nodes which others are deleting, on a database that reads without snapshots."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from runic.ogm.cypher.statement import Reply, Statement
from runic.ogm.exceptions import FieldValidationError, TransientDatabaseError
from runic.ogm.session.select import select
from runic.ogm.session.vanished import TRIES
from tests.unit.fake import Buoy, Database, Half, Transactional, do
from tests.unit.sky import Body

HERE, GONE = ["n", "red", 3, "0"], [None, None, None, "1"]


class Passing(Transactional):
    reads_snapshots = False


class Scripted(Database):
    """Gives one table after another, the last one for ever."""

    def __init__(self, *tables: list[Any], dialect: Any = None) -> None:
        super().__init__(dialect or Passing())
        self.tables: Iterator[list[Any]] = iter(tables)
        self.last: list[Any] = []
        self.reads = 0

    def answer(self, place: str, statement: Statement) -> Reply:
        if "MATCH" not in statement.text:
            return super().answer(place, statement)
        self.reads += 1
        self.last = next(self.tables, self.last)
        return Reply([[row[:] for row in self.last]])


def test_statement_is_read_again(half: Half) -> None:
    database = Scripted([HERE, GONE], [HERE])
    assert [buoy.id for buoy in do(half.session(half.driver(database)).scalars(select(Buoy)))] == ["n"]
    assert database.reads == 2


def test_get_finds_nothing(half: Half) -> None:
    database = Scripted([GONE[:3]], [])
    assert do(half.session(half.driver(database)).get(Buoy, "n")) is None


def test_get_many_is_read_again(half: Half) -> None:
    database = Scripted([HERE, GONE], [HERE])
    found = do(half.session(half.driver(database)).get_many(Buoy, ["n", "s"]))
    assert [buoy and buoy.id for buoy in found] == ["n", None]


def test_node_without_a_key_is_told_as_that(half: Half) -> None:
    database = Scripted([GONE])
    with pytest.raises(FieldValidationError, match="no key"):
        do(half.session(half.driver(database)).scalars(select(Buoy)))
    assert database.reads == 2


def test_snapshots_are_read_once(half: Half) -> None:
    database = Scripted([GONE], dialect=Transactional())
    with pytest.raises(FieldValidationError, match="no key"):
        do(half.session(half.driver(database)).get(Buoy, "n"))
    assert database.reads == 1


def test_endless_deletions_are_transient(half: Half) -> None:
    database = Scripted(*([[None, None, None, str(number)]] for number in range(TRIES)))
    with pytest.raises(TransientDatabaseError, match="deleting"):
        do(half.session(half.driver(database)).scalars(select(Buoy)))


def test_node_without_labels_is_read_again(half: Half) -> None:
    database = Scripted()
    session = half.session(half.driver(database))
    family = session.mapper.family((Body,))
    gone: list[Any] = [None] * (family.width + 1)
    gone[family.labels_position], gone[family.id_position] = (), "1"
    database.tables = iter([[gone], []])
    assert do(session.scalars(select(Body))) == []
    assert database.reads == 2
