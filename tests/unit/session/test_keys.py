"""Keys get their index on first use of a class, or a warning that they have none."""

from __future__ import annotations

import logging

import pytest

from runic.ogm.cypher.statement import Reply, Statement
from runic.ogm.exceptions import DatabaseError
from runic.ogm.model.metadata import NodeMeta
from runic.ogm.session.keys import KeyKeeper
from tests.unit.fake import Beacon, Buoy, Database, Half, Transactional, do

NO_INDEX = Reply([[]])


def warnings_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.message for record in caplog.records if record.name == "runic.ogm.schema"]


def test_ensured_keys_are_made_once_a_driver(half: Half) -> None:
    database = Database()
    driver = half.driver(database, ensure_keys=True)
    for _ in range(2):
        with half.block(driver) as session:
            do(session.get(Buoy, "n"))
            do(session.get(Beacon, "b"))
    assert [step for step in database.log if "INDEX" in step] == ["auto: INDEX Buoy", "auto: INDEX Beacon"]


def test_index_that_is_already_there_is_no_error(half: Half) -> None:
    database = Database()
    database.failures["INDEX"] = DatabaseError("it is already there")
    driver = half.driver(database, ensure_keys=True)
    assert do(half.session(driver).get(Buoy, "n")) is None
    assert driver.keys.is_unique(Buoy.__meta__)


def test_index_that_cannot_be_made_is_tried_again(half: Half) -> None:
    database = Database()
    database.failures["INDEX"] = DatabaseError("no room")
    driver = half.driver(database, ensure_keys=True)
    with pytest.raises(DatabaseError, match="no room"):
        do(half.session(driver).get(Buoy, "n"))
    assert not driver.keys.is_unique(Buoy.__meta__)
    database.failures.clear()
    do(half.session(driver).get(Buoy, "n"))
    assert driver.keys.is_unique(Buoy.__meta__)


def test_missing_index_is_told_once(half: Half, caplog: pytest.LogCaptureFixture) -> None:
    database = Database()
    database.answers["INDEXED?"] = NO_INDEX
    driver = half.driver(database)
    for _ in range(3):
        do(half.session(driver).get(Buoy, "n"))
    [message] = warnings_of(caplog)
    assert message.startswith("Buoy.id has no index")
    assert "SchemaManager(driver).create(Buoy)" in message


def test_index_that_is_there_is_no_news(half: Half, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "runic.ogm.schema"):
        do(half.session(half.driver(Database())).get(Buoy, "n"))
    assert warnings_of(caplog) == []


def test_two_that_look_at_once_warn_once(caplog: pytest.LogCaptureFixture) -> None:
    keeper = KeyKeeper(Transactional(), ensure=False)
    one, two = keeper.prepare([Buoy.__meta__]), keeper.prepare([Buoy.__meta__])
    for operation in (one, two):
        next(operation)
    for operation in (one, two):
        with pytest.raises(StopIteration):
            operation.send(NO_INDEX)
    assert len(warnings_of(caplog)) == 1


def test_database_that_cannot_be_asked_is_not_asked() -> None:
    class Mute(Transactional):
        def key_index_statement(self, meta: NodeMeta) -> Statement | None:
            del meta
            return None

    assert list(KeyKeeper(Mute(), ensure=False).prepare([Buoy.__meta__])) == []
