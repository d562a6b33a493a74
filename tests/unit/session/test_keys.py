"""Keys get their index on first use of a class, or a warning that they have none."""

from __future__ import annotations

import asyncio
import logging

import pytest

from runic.ogm.cypher.statement import Pause, Reply, Statement
from runic.ogm.exceptions import DatabaseError, TransientDatabaseError
from runic.ogm.model.metadata import NodeMeta
from runic.ogm.session import insisting
from runic.ogm.session.insisting import RETRIES
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


def test_index_that_others_are_in_the_way_of_is_made_all_the_same() -> None:
    keeper = KeyKeeper(Transactional(), ensure=True)
    steps = keeper.prepare([Buoy.__meta__])
    sent = next(steps)
    for _ in range(3):
        assert isinstance(steps.throw(TransientDatabaseError("a deadlock")), Pause)
        assert steps.send(NO_INDEX) == sent
    with pytest.raises(StopIteration):
        steps.send(NO_INDEX)
    assert keeper.is_unique(Buoy.__meta__)


def test_index_that_cannot_be_made_for_long_is_given_up() -> None:
    steps = KeyKeeper(Transactional(), ensure=True).prepare([Buoy.__meta__])
    next(steps)
    for _ in RETRIES:
        steps.throw(TransientDatabaseError("a deadlock"))
        steps.send(NO_INDEX)
    with pytest.raises(TransientDatabaseError):
        steps.throw(TransientDatabaseError("a deadlock"))


def test_pause_of_an_operation_is_waited_for(half: Half, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database()
    database.failures["INDEX"] = TransientDatabaseError("a deadlock")
    monkeypatch.setattr(insisting, "RETRIES", (0.0, 0.0))
    driver = half.driver(database, ensure_keys=True)
    with pytest.raises(TransientDatabaseError):
        asyncio.run(half.session(driver).get(Buoy, "n")) if half.is_async else half.session(driver).get(Buoy, "n")
    assert database.log == ["auto: INDEX Buoy"] * 3


class Shared(Transactional):
    """A database where a failed statement takes the whole transaction with it."""

    schema_in_transactions = True


def test_index_within_a_transaction_is_not_tried_again_by_itself() -> None:
    steps = KeyKeeper(Shared(), ensure=True).prepare([Buoy.__meta__])
    next(steps)
    with pytest.raises(TransientDatabaseError):
        steps.throw(TransientDatabaseError("a deadlock"))


class Jealous(Transactional):
    """A database where an index is in the way of a constraint."""

    constraint_replaces_index = True


@pytest.mark.parametrize(("found", "unique"), [(1, False), (2, True)])
def test_index_in_the_way_of_a_constraint_is_not_taken_for_one(found: int, unique: bool) -> None:
    keeper = KeyKeeper(Jealous(), ensure=True)
    steps = keeper.prepare([Buoy.__meta__])
    next(steps)
    steps.throw(DatabaseError("there already is an index"))
    with pytest.raises(StopIteration):
        steps.send(Reply([[[found]]]))
    assert keeper.is_unique(Buoy.__meta__) is unique


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
