"""Connections: passwords, clients of one's own, broken and closed ones, threads, forks and event loops."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import falkordb
import falkordb.asyncio
import pytest
import redis
import redis.asyncio

from runic.ogm.backends import _falkordb_exchange
from runic.ogm.backends._falkordb_errors import ConnectionBrokenError
from runic.ogm.backends.falkordb import FalkorDBBackend, connect, connect_async
from runic.ogm.cypher.dialect import Dialect
from runic.ogm.exceptions import DatabaseUnavailableError, TransientDatabaseError

from .conftest import PASSWORD, SLOW_READ, Secured, count, statement, value, write

QUOTED = PASSWORD.replace("@", "%40").replace("/", "%2F").replace(":", "%3A").replace("#", "%23")
ONE = statement("RETURN 1", ("int",))


@pytest.fixture
def tcp(secured: Secured) -> Iterator[FalkorDBBackend]:
    backend = connect(f"falkordb://default:{QUOTED}@127.0.0.1:{secured.port}/over%20tcp", Dialect())
    yield backend
    backend.close()


def test_password_of_url_opens(tcp: FalkorDBBackend) -> None:
    assert value(tcp, "RETURN 1") == 1
    assert tcp.graph == "over tcp"


def test_server_shows_whose_connections_they_are(tcp: FalkorDBBackend, secured: Secured) -> None:
    tcp.execute(ONE)
    with redis.Redis(port=secured.port, password=PASSWORD, decode_responses=True) as operator:
        assert "runic-ogm" in {client["lib-name"] for client in operator.client_list()}


@pytest.mark.parametrize("password", ["sesame", None])
def test_wrong_password_is_not_told(secured: Secured, password: str | None) -> None:
    backend = connect("falkordb", Dialect(), port=secured.port, password=password)
    with pytest.raises(DatabaseUnavailableError, match="refused") as caught:
        backend.execute(ONE)
    assert "sesame" not in str(caught.value)
    backend.close()


def test_nobody_listens() -> None:
    backend = connect("falkordb://127.0.0.1:1", Dialect())
    with pytest.raises(DatabaseUnavailableError, match=r"127.0.0.1:1 cannot be reached"):
        backend.execute(ONE)
    backend.close()


def test_tls_against_plain_server_fails_by_name(secured: Secured) -> None:
    backend = connect(f"falkordbs://127.0.0.1:{secured.port}", Dialect(), socket_connect_timeout=0.3)
    with pytest.raises(DatabaseUnavailableError):
        backend.execute(ONE)
    backend.close()


def test_tls_is_verified() -> None:
    backend = connect("falkordbs://db", Dialect(), ssl_ca_certs="/ca.pem")
    connection = backend._sender._pool.make_connection()
    assert isinstance(connection, redis.SSLConnection)
    assert (connection.cert_reqs.name, connection.check_hostname, connection.ca_certs) == (
        "CERT_REQUIRED",
        True,
        "/ca.pem",
    )
    backend.close()


def test_slow_answer_is_given_up(secured: Secured) -> None:
    backend = connect("falkordb", Dialect(), port=secured.port, password=PASSWORD, socket_timeout=0.05)
    backend.execute(ONE)
    with pytest.raises(DatabaseUnavailableError, match="socket_timeout"):
        write(backend, SLOW_READ)
    backend.close()


def test_full_pool_is_transient(secured: Secured) -> None:
    options: dict[str, Any] = {"port": secured.port, "password": PASSWORD, "max_connections": 1, "pool_timeout": 0.05}
    backend = connect("falkordb", Dialect(), **options)
    held = backend._sender._pool.get_connection()
    with pytest.raises(TransientDatabaseError, match="max_connections"):
        backend.execute(ONE)
    backend._sender._pool.release(held)
    assert backend.execute(ONE).tables == [[[1]]]
    backend.close()


def test_idle_connection_closed_by_server_is_renewed(tcp: FalkorDBBackend) -> None:
    for _ in range(2):
        write(tcp, "MERGE (:A)")
        _kill_connections(tcp)
    assert count(tcp) == 1


class Breaking:
    """A pool whose connection breaks after the command has left, a number of times."""

    def __init__(self, pool: Any, times: int) -> None:
        self._pool, self.times, self.sent = pool, times, []

    def get_connection(self) -> Any:
        connection = self._pool.get_connection()
        read = connection.read_response

        def read_response() -> Any:
            if self.times:
                self.times -= 1
                connection.disconnect()
                raise redis.ConnectionError("broken")
            return read()

        send = connection.send_command
        breaking = type("", (), {})()
        breaking.send_command = lambda *words: (self.sent.append(words[0]), send(*words))
        breaking.read_response = read_response
        breaking.inner = connection
        return breaking

    def release(self, connection: Any) -> None:
        self._pool.release(connection.inner)

    def disconnect(self) -> None:
        self._pool.disconnect()


def test_write_is_sent_once(backend: FalkorDBBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    pool = Breaking(backend._sender._pool, 1)
    monkeypatch.setattr(backend._sender, "_pool", pool)
    with pytest.raises(ConnectionBrokenError):
        write(backend, "CREATE (:A)")
    assert pool.sent == ["GRAPH.QUERY"]


def test_read_is_sent_twice_at_most(backend: FalkorDBBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    write(backend, "CREATE (:A)")
    pool = Breaking(backend._sender._pool, 1)
    monkeypatch.setattr(backend._sender, "_pool", pool)
    assert count(backend) == 1
    pool.times = 2
    with pytest.raises(ConnectionBrokenError):
        count(backend)
    assert pool.sent == ["GRAPH.RO_QUERY"] * 4


def test_schema_that_never_rests_is_given_up(backend: FalkorDBBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    exchange = _falkordb_exchange.Exchange.__new__(_falkordb_exchange.Exchange)
    exchange.__dict__.update(backend._exchange.__dict__)
    run = exchange.run(statement("MATCH (n) RETURN n"))
    exchange._names = exchange._names._replace(version=1)
    next(run)
    with pytest.raises(TransientDatabaseError, match="schema"):
        for number in range(100):
            run.send([redis.ResponseError("version"), number])
            for _ in range(3):
                run.send([["name"], [], []])


def test_closed_backend_refuses(backend: FalkorDBBackend) -> None:
    backend.close()
    backend.close()
    with pytest.raises(DatabaseUnavailableError, match="closed"):
        backend.execute(ONE)


def _clients(secured: Secured) -> list[Any]:
    options: dict[str, Any] = {"port": secured.port, "password": PASSWORD, "decode_responses": True}
    return [
        falkordb.FalkorDB(port=secured.port, password=PASSWORD),
        redis.Redis(**options),
        redis.ConnectionPool(**options),
        redis.BlockingConnectionPool(**options),
    ]


@pytest.mark.parametrize("number", range(4))
def test_client_of_ones_own_stays_open(secured: Secured, number: int) -> None:
    client = _clients(secured)[number]
    backend = connect("falkordb", Dialect(), client=client, graph="own")
    assert value(backend, "RETURN 1") == 1
    backend.close()
    again = connect("falkordb", Dialect(), client=client, graph="own")
    assert value(again, "RETURN 1") == 1
    _innermost(client).close()


@pytest.mark.parametrize("number", range(3))
def test_async_client_of_ones_own_stays_open(secured: Secured, number: int) -> None:
    async def body() -> None:
        options: dict[str, Any] = {"port": secured.port, "password": PASSWORD, "decode_responses": True}
        if number == 0:
            client: Any = falkordb.asyncio.FalkorDB(port=secured.port, password=PASSWORD)
        else:
            client = (redis.asyncio.Redis, redis.asyncio.ConnectionPool)[number - 1](**options)
        backend = connect_async("falkordb", Dialect(), client=client, graph="own")
        assert (await backend.execute(ONE)).tables == [[[1]]]
        await backend.close()
        again = connect_async("falkordb", Dialect(), client=client, graph="own")
        assert (await again.execute(ONE)).tables == [[[1]]]
        await _innermost(client).aclose()

    asyncio.run(body())


def test_client_of_other_kind_is_refused() -> None:
    for client in (object(), redis.asyncio.ConnectionPool(decode_responses=True), "falkordb"):
        with pytest.raises(TypeError, match="client"):
            connect("falkordb", Dialect(), client=client)
    with pytest.raises(TypeError, match="client"):
        connect_async("falkordb", Dialect(), client=redis.ConnectionPool(decode_responses=True))


def test_client_that_does_not_decode_is_refused() -> None:
    with pytest.raises(ValueError, match="decode_responses"):
        connect("falkordb", Dialect(), client=redis.ConnectionPool())


def test_threads_share_a_backend(backend: FalkorDBBackend) -> None:
    start = threading.Barrier(8)

    def work(number: int) -> list[Any]:
        start.wait()
        return [value(backend, "RETURN $n", n=number * 1000 + i) for i in range(50)]

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(work, range(8)))
    assert found == [[number * 1000 + i for i in range(50)] for number in range(8)]


def _in_child(backend: FalkorDBBackend, answers: Any) -> None:
    answers.put([value(backend, "RETURN $n", n=i) for i in range(20)])


def test_fork_uses_connections_of_its_own(backend: FalkorDBBackend) -> None:
    context = multiprocessing.get_context("fork")
    assert value(backend, "RETURN 1") == 1
    answers = context.SimpleQueue()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 on warns of threads in the parent
        child = context.Process(target=_in_child, args=(backend, answers))
        child.start()
    assert [value(backend, "RETURN $n", n=-i) for i in range(20)] == [-i for i in range(20)]
    assert answers.get() == list(range(20))
    child.join()
    assert child.exitcode == 0


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_one_async_backend_serves_loop_after_loop(secured: Secured) -> None:
    backend = connect_async("falkordb", Dialect(), port=secured.port, password=PASSWORD)
    for _ in range(3):
        assert asyncio.run(backend.execute(ONE)).tables == [[[1]]]
    asyncio.run(backend.close())
    del backend
    gc.collect()  # what asyncio says of connections whose loop is gone is said here, and ignored


def test_few_connections_serve_many_threads(secured: Secured) -> None:
    """Whoever waits for a connection is given one, however they come back."""
    backend = connect("falkordb", Dialect(), port=secured.port, password=PASSWORD, max_connections=2)

    def ask(number: int) -> list[int]:
        return [value(backend, "RETURN $n", n=number + i) for i in range(100)]

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(ask, range(0, 6000, 1000)))
    assert answers == [[start + i for i in range(100)] for start in range(0, 6000, 1000)]
    assert len(backend._sender._pool._connections) == 2
    backend.close()


def test_few_connections_serve_many_tasks(secured: Secured) -> None:
    async def body() -> None:
        backend = connect_async("falkordb", Dialect(), port=secured.port, password=PASSWORD, max_connections=2)

        async def ask(number: int) -> list[Any]:
            return [(await backend.execute(statement("RETURN $n", n=number + i))).tables for i in range(30)]

        answers = await asyncio.gather(*map(ask, range(0, 10_000, 1000)))
        assert answers == [[[[[start + i]]] for i in range(30)] for start in range(0, 10_000, 1000)]
        await backend.close()

    asyncio.run(body())


def test_cancelled_statement_leaves_no_answer_behind(secured: Secured) -> None:
    async def body() -> None:
        options: dict[str, Any] = {"port": secured.port, "password": PASSWORD, "max_connections": 1}
        backend = connect_async("falkordb", Dialect(), **options)
        for i in range(20):
            slow = asyncio.create_task(backend.execute(statement("UNWIND range(1, 100000) AS x RETURN count(x)")))
            await asyncio.sleep(0.0005 * (i % 5))
            slow.cancel()
            await asyncio.gather(slow, return_exceptions=True)
            assert (await backend.execute(statement("RETURN $i", i=i))).tables == [[[i]]]
        await backend.close()

    asyncio.run(body())


def _kill_connections(backend: FalkorDBBackend) -> None:
    port = backend._sender._pool.connection_kwargs["port"]
    client = redis.Redis(port=port, password=PASSWORD)
    client.client_kill_filter(_type="normal", skipme=True)
    client.close()


def _innermost(client: Any) -> Any:
    return client.connection if hasattr(client, "select_graph") else client
