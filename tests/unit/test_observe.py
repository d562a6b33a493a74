"""One event a statement: who hears it, what the log shows, and that a listener can do no harm."""

from __future__ import annotations

import logging
import threading
from typing import Any

import pytest

from runic.ogm.cypher.statement import Reply, Statement
from runic.ogm.exceptions import DatabaseError, UnsendableValueError
from runic.ogm.observe import Observer, StatementEvent, count_statements, on_statement
from tests.unit.fake import Beacon, Buoy, Database, Half, do

READ = Statement("MATCH (n) RETURN n.id", {"key": "s3cret"}, (("str",),), origin="get")
LOG = "runic.ogm.statement"


def messages(caplog: pytest.LogCaptureFixture) -> list[tuple[int, str]]:
    return [(record.levelno, record.getMessage()) for record in caplog.records if record.name == LOG]


def test_event_tells_what_was_sent_and_what_came(half: Half) -> None:
    database = Database()
    database.answers["MATCH"] = Reply([[["n"], ["s"]], [["w"]]])
    driver, heard = half.driver(database), list[StatementEvent]()
    with on_statement(driver, heard.append):
        do(driver.execute(READ))
    do(driver.execute(READ))
    [event] = heard
    assert (event.text, event.parameters, event.origin) == (READ.text, READ.parameters, "get")
    assert (event.rows, event.error) == (3, None)
    assert 0 <= event.duration < 10
    assert "s3cret" not in repr(event)


def test_failed_statement_is_heard_with_its_error(half: Half) -> None:
    database, heard = Database(), list[StatementEvent]()
    error = database.failures["MATCH"] = DatabaseError("no")
    driver = half.driver(database)
    with on_statement(driver, heard.append), pytest.raises(DatabaseError):
        do(driver.execute(READ))
    assert [(event.error, event.rows) for event in heard] == [(error, 0)]
    assert "DatabaseError" in repr(heard[0])


@pytest.mark.parametrize("error", [UnsendableValueError(("key",), "too big"), TypeError("odd option")], ids=repr)
def test_what_was_never_sent_is_not_heard(half: Half, error: Exception) -> None:
    database = Database()
    database.failures["MATCH"] = error
    driver = half.driver(database)
    with count_statements(driver) as statements, pytest.raises(type(error)):
        do(driver.execute(READ))
    assert statements == []


def test_statements_of_a_transaction_are_heard(half: Half) -> None:
    driver = half.driver(Database())
    with count_statements(driver) as statements, half.block(driver) as session:
        session.add(Buoy(id="n"))
        do(session.flush())
        do(session.get(Buoy, "s"))
    assert [event.origin for event in statements] == ["flush", "get"]
    assert [text.split()[0] for text in statements.texts] == ["UNWIND", "MATCH"]


def test_indexes_are_heard_but_not_counted(half: Half) -> None:
    driver, heard = half.driver(Database(), ensure_keys=True), list[StatementEvent]()
    with on_statement(driver, heard.append), count_statements(driver) as statements:
        do(half.session(driver).get(Beacon, "b"))
    assert [event.origin for event in heard] == ["schema", "get"]
    assert [event.origin for event in statements] == ["get"]


def test_same_listener_twice_hears_twice_until_each_ends(half: Half) -> None:
    driver, heard = half.driver(Database()), list[StatementEvent]()
    with on_statement(driver, heard.append):
        with on_statement(driver, heard.append):
            do(driver.execute(READ))
        do(driver.execute(READ))
    assert len(heard) == 3
    assert not driver.observer.active


def test_failing_listener_fails_nothing_else(half: Half, caplog: pytest.LogCaptureFixture) -> None:
    """What was written is written."""
    database, heard = Database(), list[StatementEvent]()
    driver = half.driver(database)

    def broken(event: StatementEvent) -> None:
        raise RuntimeError(f"cannot count {event.rows}")

    with on_statement(driver, broken), on_statement(driver, heard.append), half.block(driver) as session:
        session.add(Buoy(id="n"))
    assert [event.origin for event in heard] == ["schema", "flush"]
    assert database.steps == ["begin", "tx: UNWIND", "commit"]
    assert "cannot count 1" in caplog.text


def test_nothing_is_built_while_nobody_listens(half: Half, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> Any:
        raise AssertionError("an event was made for nobody")

    monkeypatch.setattr(Observer, "watch", refuse)
    do(half.driver(Database()).execute(READ))


def test_threads_register_apart() -> None:
    observer = Observer()

    def come_and_go() -> None:
        def mine(event: StatementEvent) -> None:
            """Hear nothing."""

        for _ in range(300):
            observer.add(mine)
            observer.remove(mine)

    threads = [threading.Thread(target=come_and_go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not observer.active


def test_log_hides_parameters(half: Half, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, LOG):
        do(half.driver(Database()).execute(READ))
    [(level, message)] = messages(caplog)
    assert level == logging.DEBUG
    assert message.startswith(f"get {READ.text} <1 parameters>: 0 rows, ")


def test_log_shows_parameters_on_demand(half: Half, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, LOG):
        do(half.driver(Database(), Observer(log_parameters=True)).execute(READ))
    assert "{'key': 's3cret'}" in messages(caplog)[0][1]


def test_log_names_the_error_without_its_text(half: Half, caplog: pytest.LogCaptureFixture) -> None:
    database = Database()
    database.failures["MATCH"] = DatabaseError("value s3cret is odd")
    with caplog.at_level(logging.DEBUG, LOG), pytest.raises(DatabaseError):
        do(half.driver(database).execute(READ))
    message = messages(caplog)[0][1]
    assert "DatabaseError" in message
    assert "s3cret" not in message


def test_slow_statements_are_warnings(half: Half, caplog: pytest.LogCaptureFixture) -> None:
    do(half.driver(Database(), Observer(slow=60)).execute(READ))
    assert messages(caplog) == []
    do(half.driver(Database(), Observer(slow=0)).execute(READ))
    assert [level for level, _ in messages(caplog)] == [logging.WARNING]


@pytest.mark.parametrize(
    ("options", "name"),
    [({"log_parameters": 1}, "log_parameters")]
    + [({"slow": value}, "slow") for value in (-1, "1", True, float("nan"))],
    ids=str,
)
def test_odd_options_are_named(options: dict[str, Any], name: str) -> None:
    with pytest.raises((TypeError, ValueError), match=name):
        Observer(**options)


def test_listener_must_be_callable(half: Half) -> None:
    with pytest.raises(TypeError, match="listener"), on_statement(half.driver(Database()), "print"):  # type: ignore[arg-type]
        pass
