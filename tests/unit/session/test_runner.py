"""How sessions drive operations: transactions, errors, the end of a block, and one user at a time."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from runic.ogm.cypher.statement import Reply, Statement
from runic.ogm.exceptions import (
    ConstraintViolationError,
    DatabaseError,
    DatabaseUnavailableError,
    OGMError,
)
from runic.ogm.session.async_session import AsyncSession
from runic.ogm.session.select import select
from runic.ogm.session.session import Session
from tests.unit.fake import AsyncFakeBackend, Beacon, Buoy, Database, Half, Plain, do

IN_USE = "in use by another thread or task"


def test_commit_opens_and_ends_one_transaction(half: Half) -> None:
    database = Database()
    session = half.session(half.driver(database))
    session.add(Buoy(id="n"))
    do(session.flush())
    session.add(Buoy(id="s"))
    do(session.commit())
    do(session.commit())
    assert database.steps == ["begin", "tx: UNWIND", "tx: UNWIND", "commit"]


def test_reads_go_on_the_open_transaction(half: Half) -> None:
    database = Database()
    session = half.session(half.driver(database))
    do(session.count(select(Buoy)))
    session.add(Buoy(id="n"))
    do(session.count(select(Buoy)))
    do(session.rollback())
    do(session.count(select(Buoy)))
    assert database.steps == ["auto: MATCH", "begin", "tx: UNWIND", "tx: MATCH", "rollback", "auto: MATCH"]


def test_without_transactions_none_is_opened(half: Half) -> None:
    database = Database(Plain())
    with half.block(half.driver(database)) as session:
        session.add(Buoy(id="n"))
    assert database.steps == ["auto: CALL"]


def test_what_makes_indexes_stays_out_of_the_transaction(half: Half) -> None:
    database = Database()
    session = half.session(half.driver(database, ensure_keys=True))
    session.add(Buoy(id="n"))
    do(session.flush())
    do(session.get(Beacon, "b"))
    assert [step for step in database.log if "INDEX" in step] == ["auto: INDEX Buoy", "auto: INDEX Beacon"]
    assert database.log[-1].startswith("tx: MATCH")


@pytest.mark.parametrize("rollback", [{}, {"rollback": DatabaseUnavailableError("gone")}], ids=["undone", "cut off"])
def test_failed_statement_rolls_back_and_keeps_what_was_staged(half: Half, rollback: dict[str, BaseException]) -> None:
    database = Database()
    session = half.session(half.driver(database))
    session.add(Buoy(id="n"))
    database.failures |= {"UNWIND": ConstraintViolationError("taken"), **rollback}
    with pytest.raises(ConstraintViolationError, match="taken"):
        do(session.commit())
    database.failures.clear()
    do(session.commit())
    found_out = ["begin", "tx: UNWIND", "rollback", "auto: UNWIND"]
    assert database.steps == [*found_out, "begin", "tx: UNWIND", "commit"]


def test_failed_commit_keeps_what_was_staged(half: Half) -> None:
    database = Database()
    session = half.session(half.driver(database))
    session.add(Buoy(id="n"))
    database.failures["commit"] = DatabaseError("disk full")
    with pytest.raises(DatabaseError, match="disk full"):
        do(session.commit())
    database.failures.clear()
    do(session.commit())
    assert database.steps == ["begin", "tx: UNWIND", "commit", "begin", "tx: UNWIND", "commit"]


def test_block_rolls_back_on_an_exception(half: Half) -> None:
    database = Database()
    with pytest.raises(KeyError), half.block(half.driver(database)) as session:
        session.add(Buoy(id="n"))
        do(session.flush())
        raise KeyError
    assert database.steps[-1] == "rollback"


def test_failing_rollback_does_not_hide_the_exception(half: Half, caplog: pytest.LogCaptureFixture) -> None:
    database = Database()
    database.failures["rollback"] = DatabaseUnavailableError("gone")
    with pytest.raises(KeyError), half.block(half.driver(database)) as session:
        session.add(Buoy(id="n"))
        do(session.flush())
        raise KeyError
    [record] = [record for record in caplog.records if record.name == "runic.ogm.session"]
    assert record.levelno == logging.WARNING
    assert "gone" in caplog.text


def test_failing_close_does_not_hide_the_failed_commit(half: Half) -> None:
    database = Database()
    with pytest.raises(ConstraintViolationError, match="taken"), half.block(half.driver(database)) as session:
        session.add(Buoy(id="n"))
        do(session.flush())
        session.add(Buoy(id="s"))
        database.failures |= {"UNWIND": ConstraintViolationError("taken"), "rollback": DatabaseUnavailableError("gone")}
    database.failures.clear()
    with pytest.raises(OGMError, match="closed"):
        session.add(Buoy(id="w"))


def test_close_rolls_back_what_was_flushed(half: Half) -> None:
    database = Database()
    session = half.session(half.driver(database))
    session.add(Buoy(id="n"))
    do(session.flush())
    do(session.close())
    do(session.close())
    assert database.steps == ["begin", "tx: UNWIND", "rollback"]


def test_session_is_for_one_user_at_a_time(half: Half) -> None:
    """While one waits for a reply, nobody else may read, write or stage."""
    database = Database()
    session = half.session(half.driver(database))
    attempts: list[Any] = [
        lambda: do(session.get(Buoy, "n")),
        lambda: session.add(Buoy(id="n")),
        lambda: session.reference(Buoy, "n"),
        lambda: do(session.commit()),
    ]

    def interfere() -> None:
        database.during = lambda: None
        for attempt in attempts:
            with pytest.raises(OGMError, match=IN_USE):
                attempt()

    database.during = interfere
    do(session.count(select(Buoy)))
    for attempt in attempts:
        attempt()


def test_tasks_may_not_share_a_session() -> None:
    class Slow(AsyncFakeBackend):
        async def execute(self, statement: Statement) -> Reply:
            await asyncio.sleep(0)
            return await super().execute(statement)

    async def both() -> list[Any]:
        driver = Half(is_async=True).driver(Database())
        driver._target = driver._backend = Slow(driver._backend.database)
        async with AsyncSession(driver) as session:
            reads = [session.get(Buoy, key) for key in "ns"]
            return await asyncio.gather(*reads, return_exceptions=True)

    first, second = asyncio.run(both())
    assert first is None
    assert isinstance(second, OGMError)
    assert IN_USE in str(second)


def test_cancelled_task_rolls_back() -> None:
    database = Database()
    database.failures["UNWIND"] = asyncio.CancelledError()
    session = AsyncSession(Half(is_async=True).driver(database))
    session.add(Buoy(id="n"))
    with pytest.raises(asyncio.CancelledError):
        do(session.commit())
    assert database.steps == ["begin", "tx: UNWIND", "rollback"]


def test_stream_asks_as_far_as_it_is_read(half: Half) -> None:
    database = Database()
    rows = [[f"n{i}", None, 0, str(i)] for i in range(3)]
    database.answers |= {"LIMIT": Reply([rows])}
    session = half.session(half.driver(database))
    stream = session.stream(select(Buoy).order_by(Buoy.id), 3)
    assert database.steps == []
    step = (lambda: do(anext(stream))) if half.is_async else (lambda: next(stream))
    assert [_awaited(step).id for _ in range(3)] == ["n0", "n1", "n2"]
    assert len(database.steps) == 1
    database.answers["LIMIT"] = Reply([[]])
    with pytest.raises((StopIteration, StopAsyncIteration)):
        _awaited(step)
    assert len(database.steps) == 2


def _awaited(step: Any) -> Any:
    async def call() -> Any:
        value = step()
        return await value if hasattr(value, "__await__") else value

    try:
        return do(call())
    except RuntimeError as error:  # what a coroutine makes of StopIteration
        raise error.__cause__ or error from None


@pytest.mark.parametrize(
    ("failure", "lasting"),
    [
        (None, True),
        (DatabaseError("no"), False),
        (DatabaseUnavailableError("not reached"), False),
        (DatabaseUnavailableError("?", outcome_unknown=True), True),
    ],
    ids=str,
)
def test_write_of_its_own_lasts_unless_it_was_refused(half: Half, failure: OGMError | None, *, lasting: bool) -> None:
    database = Database(Plain())
    session = half.session(half.driver(database))
    do(session.count(select(Buoy)))
    assert session.lasting is False
    session.add(Buoy(id="n"))
    if failure:
        database.failures["CALL"] = failure
        with pytest.raises(type(failure)):
            do(session.flush())
    else:
        do(session.flush())
    assert session.lasting is lasting


@pytest.mark.parametrize(
    ("failure", "lasting"),
    [
        (None, True),
        (DatabaseError("no"), False),
        (DatabaseUnavailableError("?"), True),
    ],
    ids=str,
)
def test_transaction_lasts_when_it_is_committed(half: Half, failure: OGMError | None, *, lasting: bool) -> None:
    database = Database()
    session = half.session(half.driver(database, ensure_keys=True))
    session.add(Buoy(id="n"))
    do(session.flush())
    assert session.lasting is False
    if failure:
        database.failures["commit"] = failure
        with pytest.raises(type(failure)):
            do(session.commit())
    else:
        do(session.commit())
    assert session.lasting is lasting


def test_driver_of_the_other_half_is_refused(half: Half) -> None:
    other = Half(is_async=not half.is_async).driver(Database())
    maker = r"create_async_driver\(\)" if half.is_async else r"create_driver\(\)"
    with pytest.raises(TypeError, match=f"must come from {maker}"):
        half.session(other)


@pytest.mark.parametrize("cls", [Session, AsyncSession])
def test_repr_tells_the_state_and_no_data(cls: Any) -> None:
    session = cls(Half(is_async=cls is AsyncSession).driver(Database()))
    session.reference(Buoy, "secret")
    assert repr(session) == f"<{cls.__name__} open, 1 nodes>"
    do(session.close())
    assert "closed" in repr(session)
