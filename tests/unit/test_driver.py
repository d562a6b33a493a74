"""`create_driver` finds its backend; `run` tries again what may be tried again, and nothing else."""

from __future__ import annotations

import asyncio
import sys
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from runic.ogm import driver as module
from runic.ogm.driver import create_async_driver, create_driver
from runic.ogm.exceptions import (
    DatabaseError,
    DatabaseUnavailableError,
    OGMError,
    RollbackWarning,
    TransientDatabaseError,
)
from runic.ogm.session import retrying
from runic.ogm.session.select import select
from tests.unit.fake import AsyncFakeBackend, Buoy, Database, FakeBackend, Half, Plain, do


class Stub:
    """Stands for the module of a backend, and keeps what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.database = Database()

    def load(self, name: str, _extra: str) -> Any:
        def connect(url: str, _: object, **options: Any) -> FakeBackend:
            self.asked.append((name, url, options))
            return FakeBackend(self.database)

        def connect_async(url: str, _: object, **options: Any) -> AsyncFakeBackend:
            self.asked.append((name, url, options))
            return AsyncFakeBackend(self.database)

        return SimpleNamespace(
            connect=connect, connect_async=connect_async, create_dialect=lambda: self.database.dialect
        )


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Stub:
    made = Stub()
    monkeypatch.setattr(module, "_load_backend", made.load)
    monkeypatch.delenv("RUNIC_URL", raising=False)
    return made


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let nobody wait, and keep how long it would have been."""
    kept: list[float] = []

    async def sleep(seconds: float) -> None:
        kept.append(seconds)

    monkeypatch.setattr(module.time, "sleep", kept.append)
    monkeypatch.setattr(module, "sleep", sleep)
    return kept


def create(half: Half, *args: Any, **options: Any) -> Any:
    return (create_async_driver if half.is_async else create_driver)(*args, **options)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("falkordb://h/g", "falkordb"), ("falkordbs://h/g", "falkordb"), ("falkordb+unix:///s?graph=g", "falkordb"),
        ("falkordb+embedded://", "falkordb"), ("neo4j://h", "neo4j"), ("neo4j+s://h", "neo4j"), ("bolt://h", "neo4j"),
        ("bolt+s://h", "neo4j"), ("memgraph://h", "memgraph"), ("memgraph+s://h", "memgraph"),
        ("arcadedb://u:p@h:1/d", "arcadedb"), ("age://u:p@h:1/d?graph=g", "age"),
    ],
)  # fmt: skip
def test_scheme_names_the_backend(half: Half, stub: Stub, url: str, name: str) -> None:
    create(half, url)
    assert stub.asked == [(name, url, {})]


def test_name_with_options_reaches_the_backend_as_it_is(half: Half, stub: Stub) -> None:
    client = object()
    create(half, "falkordb", host="::1", port=6380, graph="tides", ensure_keys=True, log_parameters=True, slow=1.5)
    create(half, "neo4j", client=client)
    create(half, "falkordb+embedded", directory="/data", durability="always")
    assert stub.asked == [
        ("falkordb", "falkordb", {"host": "::1", "port": 6380, "graph": "tides"}),
        ("neo4j", "neo4j", {"client": client}),
        ("falkordb", "falkordb+embedded", {"directory": "/data", "durability": "always"}),
    ]


def test_without_a_url_the_environment_decides(half: Half, stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    create(half)
    monkeypatch.setenv("RUNIC_URL", "bolt://h/d")
    create(half)
    assert [url for _, url, _ in stub.asked] == ["falkordb+embedded://", "bolt://h/d"]


@pytest.mark.parametrize(
    ("url", "given", "ensured"),
    [("falkordb+embedded://", None, True), ("falkordb+embedded:///d", False, True), ("falkordb://h", None, False),
     ("falkordb://h", True, True)],
)  # fmt: skip
def test_embedded_database_always_gets_key_indexes(
    half: Half, stub: Stub, url: str, *, given: bool | None, ensured: bool
) -> None:
    driver = create(half, url, ensure_keys=given)
    do(half.session(driver).get(Buoy, "n"))
    assert any("INDEX Buoy" in step for step in stub.database.log) is ensured


@pytest.mark.parametrize("url", ["mysql://h", "", "  ", "://h", "falkor", "FALKORDB://h"])
def test_url_of_no_backend_is_refused(half: Half, url: str) -> None:
    with pytest.raises(ValueError, match=r"url is empty|known are falkordb, falkordbs, neo4j, bolt, memgraph"):
        create(half, url)


@pytest.mark.parametrize(
    ("arguments", "options", "name"),
    [((5,), {}, "url"), ((b"falkordb://h",), {}, "url"), ((), {"ensure_keys": "yes"}, "ensure_keys"),
     ((), {"slow": -1}, "slow"), ((), {"log_parameters": None}, "log_parameters")],
    ids=str,
)  # fmt: skip
def test_odd_arguments_are_named_before_anything_is_opened(
    half: Half, stub: Stub, arguments: tuple[Any, ...], options: dict[str, Any], name: str
) -> None:
    with pytest.raises((TypeError, ValueError), match=name):
        create(half, *arguments, **options)
    assert stub.asked == []


def test_missing_client_library_names_the_extra(half: Half, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("runic.ogm.backends.") and "falkordb" in name]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(OGMError, match=r"'redis'.* pip install 'runic-ogm\[falkordb\]'"):
        create(half, "falkordb://h")
    with pytest.raises(OGMError, match=r"'redis'.* pip install 'runic-ogm\[embedded\]'"):
        create(half, "falkordb+embedded://")


def test_no_text_holds_the_password(half: Half) -> None:
    driver = create(half, "falkordb://ida:s3cret@127.0.0.1:1/g")
    with pytest.raises(DatabaseError) as caught:
        _get(half, driver)
    assert "s3cret" not in repr(driver) + str(caught.value) + repr(caught.value.__cause__)


def _get(half: Half, driver: Any) -> None:
    if not half.is_async:
        half.session(driver).get(Buoy, "n")
        return

    async def get() -> None:
        await half.session(driver).get(Buoy, "n")

    asyncio.run(get())


def test_driver_closes_its_backend_at_the_end_of_a_block(half: Half) -> None:
    database = Database()
    driver = half.driver(database)
    if half.is_async:
        do(driver.__aenter__())
        do(driver.__aexit__(None, None, None))
    else:
        with driver:
            pass
    assert database.log == ["close"]


# -- run


def test_run_commits_and_gives_what_work_returned(half: Half) -> None:
    database = Database()
    assert half.run(half.driver(database), lambda session: session.add(Buoy(id="n")) or "done") == "done"
    assert database.steps == ["begin", "tx: UNWIND", "commit"]


def test_run_tries_again_with_growing_waits(half: Half, waits: list[float]) -> None:
    database = Database()
    database.failures["UNWIND"] = TransientDatabaseError("busy")
    tries: list[Any] = []

    def work(session: Any) -> None:
        tries.append(session)
        session.add(Buoy(id="n"))
        if len(tries) == 4:
            database.failures.clear()

    half.run(half.driver(database), work)
    assert len(set(tries)) == 4
    assert database.steps == ["begin", "tx: UNWIND", "rollback"] * 3 + ["begin", "tx: UNWIND", "commit"]
    assert len(waits) == 3
    assert all(0 <= wait <= 0.05 * 2**attempt for attempt, wait in enumerate(waits))


def test_waits_are_bounded_and_random() -> None:
    found = [wait for wait in retrying._waits(2000) if wait is not None]
    assert max(found) <= 2.0
    assert len({*found[-20:]}) == 20


def test_run_gives_up_with_the_last_error(half: Half, waits: list[float]) -> None:
    database = Database()
    database.failures["MATCH"] = TransientDatabaseError("busy")
    with pytest.raises(TransientDatabaseError, match="busy"):
        half.run(half.driver(database), _reading(half), retries=2)
    assert len(waits) == 2
    with pytest.raises(TransientDatabaseError, match="busy"):
        half.run(half.driver(database), _reading(half), retries=0)
    assert len(waits) == 2


def _reading(half: Half) -> Any:
    return lambda session: do(session.count(select(Buoy)))


@pytest.mark.parametrize("error", [DatabaseError("no"), DatabaseUnavailableError("gone"), KeyError("x")], ids=repr)
def test_run_repeats_no_other_error(half: Half, waits: list[float], error: Exception) -> None:
    database = Database()
    database.failures["commit"] = error
    with pytest.raises(type(error)):
        half.run(half.driver(database), lambda session: session.add(Buoy(id="n")))
    assert waits == []


def test_run_repeats_a_commit_that_was_refused(half: Half, waits: list[float]) -> None:
    """The database says that it undid it."""
    database = Database()
    database.failures["commit"] = TransientDatabaseError("busy")
    with pytest.raises(TransientDatabaseError):
        half.run(half.driver(database), lambda session: session.add(Buoy(id="n")), retries=1)
    assert len(waits) == 1


@pytest.mark.parametrize("dialect", [Plain, None], ids=["flush without transactions", "early commit"])
def test_run_repeats_nothing_that_is_stored_in_part(half: Half, waits: list[float], dialect: Any) -> None:
    database = Database(dialect and dialect())

    def work(session: Any) -> None:
        session.add(Buoy(id="n"))
        do(session.flush() if dialect else session.commit())
        raise TransientDatabaseError("busy")

    told: Any = pytest.warns(RollbackWarning) if dialect else nullcontext()
    with told, pytest.raises(TransientDatabaseError) as caught:
        half.run(half.driver(database), work)
    assert waits == []
    assert "stored for good" in caught.value.__notes__[-1]


def test_run_repeats_nothing_after_an_unknown_outcome(half: Half, waits: list[float]) -> None:
    """Also if the work itself swallows the error."""
    database = Database(Plain())
    database.failures["CALL"] = DatabaseUnavailableError("cut off", outcome_unknown=True)

    def work(session: Any) -> None:
        session.add(Buoy(id="n"))
        with pytest.raises(DatabaseUnavailableError):
            do(session.flush())
        session.expunge_all()
        raise TransientDatabaseError("busy")

    with pytest.raises(TransientDatabaseError):
        half.run(half.driver(database), work)
    assert waits == []


@pytest.mark.parametrize("work", [None, "work", 5], ids=repr)
def test_run_of_no_function_is_refused(half: Half, work: Any) -> None:
    with pytest.raises(TypeError, match="work must be a function"):
        do(half.driver(Database()).run(work))


def test_run_of_a_coroutine_function_needs_the_other_half() -> None:
    async def work(session: Any) -> None:
        """Await nothing."""

    with pytest.raises(TypeError, match=r"create_async_driver\(\)"):
        Half(is_async=False).driver(Database()).run(work)


@pytest.mark.parametrize("name", ["url", "dialect"])
def test_option_that_no_client_has_is_refused(stub: Stub, name: str) -> None:
    options: dict[str, Any] = {name: "x"}
    for make in (create_driver, create_async_driver):
        with pytest.raises(TypeError, match=r"without a keyword|is no option"):
            make("neo4j", **options)
    assert stub.asked == []


async def _nothing() -> None:
    """Await nothing."""


class Calls:
    async def __call__(self, session: Any) -> None:
        """Await nothing."""


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("work", [lambda _: _nothing(), Calls()], ids=["lambda", "object"])
def test_run_of_what_has_to_be_awaited_is_refused_and_undone(work: Any) -> None:
    def staged(session: Any) -> Any:
        session.add(Buoy(id="b"))
        session.flush()
        return work(session)

    database = Database()
    with pytest.raises(TypeError, match="run it with an AsyncDriver"):
        Half(is_async=False).driver(database).run(work)
    with pytest.raises(TypeError, match="run it with an AsyncDriver"):
        Half(is_async=False).driver(database).run(staged)
    assert database.steps == ["begin", "tx: UNWIND", "rollback"]


def test_run_of_what_cannot_be_awaited_is_refused() -> None:
    with pytest.raises(TypeError, match="work must be a coroutine function"):
        do(Half(is_async=True).driver(Database()).run(lambda _: 5))
