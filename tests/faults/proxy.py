"""A TCP proxy that breaks connections where it is told to: at a byte of a request or of a reply, or before either."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias
from urllib.parse import parse_qs, unquote, urlsplit

Direction: TypeAlias = Literal["request", "reply"]
Action: TypeAlias = Literal["cut", "reset", "stall", "delay"]
RESET = struct.pack("ii", 1, 0)  # of SO_LINGER: closing throws away what was not sent and tells so
CHUNK = 65_536


@dataclass
class Fault:
    """What is to happen once `after` bytes of a direction have passed: those bytes still do.

    cut: both ends are closed. reset: the same, abruptly. stall: nothing passes that way any more, until an
    end closes the connection. delay: `seconds` pass, once.
    """

    direction: Direction
    after: int
    action: Action = "cut"
    seconds: float = 0.0


class Proxy:
    """Listens on a port of this machine; what it accepts is passed on to `connect()`, and counted."""

    def __init__(self, connect: Callable[[], socket.socket]) -> None:
        self._connect = connect
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._fault: Fault | None = None
        self._passed: dict[str, int] = {"request": 0, "reply": 0}
        self.refusing = self.silent = False
        self.struck = 0
        threading.Thread(target=self._accept, daemon=True).start()

    # -- what a test says

    def arm(self, fault: Fault | None) -> None:
        """Let one fault happen, counting from now; None takes it back."""
        with self._lock:
            self._fault = fault
            self._passed = {"request": 0, "reply": 0}

    def passed(self, direction: Direction) -> int:
        """Return how many bytes went that way since the last `arm`."""
        return self._passed[direction]

    @property
    def open(self) -> int:
        """Return how many connections are open."""
        return len(self._pairs)

    def drop_all(self) -> None:
        """Break every connection, as a server does that is killed."""
        for pair in list(self._pairs):
            self._close(pair, abruptly=True)

    def close(self) -> None:
        """Listen no more, and break what is open."""
        self.refusing = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.drop_all()

    # -- what it does

    def welcome(self, client: socket.socket) -> socket.socket:
        """Return the connection as the server's bytes are sent on it."""
        return client

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self.refusing:
                client.close()
                continue
            try:
                client = self.welcome(client)
                server = self._connect()
            except OSError:
                client.close()
                continue
            pair = (client, server)
            with self._lock:
                self._pairs.add(pair)
            ways: tuple[tuple[socket.socket, socket.socket, Direction], ...] = (
                (client, server, "request"),
                (server, client, "reply"),
            )
            for source, target, direction in ways:
                threading.Thread(target=self._pump, args=(pair, source, target, direction), daemon=True).start()

    def _pump(
        self, pair: tuple[socket.socket, socket.socket], source: socket.socket, target: socket.socket, way: Direction
    ) -> None:
        stalled = False
        while True:
            try:
                data = source.recv(CHUNK)
            except OSError:
                data = b""
            if not data:
                self._close(pair)
                return
            let_through, fault = (0, None) if stalled or self.silent else self._judge(way, data)
            with contextlib.suppress(OSError):
                target.sendall(data[:let_through])
            if fault is None:
                continue
            if fault.action == "stall":
                stalled = True
                continue
            if fault.action == "delay":
                time.sleep(fault.seconds)
                with contextlib.suppress(OSError):
                    target.sendall(data[let_through:])
                continue
            self._close(pair, abruptly=fault.action == "reset")
            return

    def _judge(self, way: Direction, data: bytes) -> tuple[int, Fault | None]:
        """Return how much may pass, and the fault that strikes after it."""
        with self._lock:
            before = self._passed[way]
            self._passed[way] = before + len(data)
            fault = self._fault
            if fault is None or fault.direction != way or before + len(data) <= fault.after:
                return len(data), None
            self._fault = None
            self.struck += 1
            return max(0, fault.after - before), fault

    def _close(self, pair: tuple[socket.socket, socket.socket], *, abruptly: bool = False) -> None:
        with self._lock:
            self._pairs.discard(pair)
        for end in pair:
            with contextlib.suppress(OSError):
                if abruptly:
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                end.shutdown(socket.SHUT_RDWR)
            end.close()


def behind(url: str) -> tuple[Callable[[], socket.socket], Callable[[int], str]]:
    """Return how to reach the server of a URL, and the URL that reaches it through a port of this machine."""
    parts = urlsplit(url)
    if parts.scheme == "falkordb+unix":
        path, graph = unquote(parts.path), parse_qs(parts.query)["graph"][0]
        return lambda: _unix(path), lambda port: f"falkordb://127.0.0.1:{port}/{graph}"
    host, port = parts.hostname or "127.0.0.1", parts.port
    assert port is not None, url
    scheme = "bolt" if parts.scheme == "neo4j" else parts.scheme  # routing would lead around the proxy
    login, at, _ = parts.netloc.rpartition("@")
    return (
        lambda: socket.create_connection((host, port)),
        lambda mine: parts._replace(scheme=scheme, netloc=f"{login}{at}127.0.0.1:{mine}").geturl(),
    )


def _unix(path: str) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(path)
    return connection
