"""The process beside an embedded server: it ends the server and removes its traces once nobody uses it.

Run as a script by `_embedded.py`, with few imports, since it delays the start. It outlives its users, however they
end: each holds a shared lock, which the kernel releases.
"""

from __future__ import annotations

import _thread
import fcntl
import os
import signal
import sys
import time

TYPE_CHECKING = False  # as typing has it, whose import would delay the start
if TYPE_CHECKING:
    import socket

PR_SET_PDEATHSIG = 1
PATIENCE = 60.0
WORTH_COMPACTING = 65_536  # bytes of statements appended since the data was last written down
COMPACTING = 60.0  # seconds
ANSWER = 65_536  # bytes: far more than an answer has


def main() -> None:
    """Start the server of the command line and wait for its end: USERS DIRECTORY SOCKET COMMAND..."""
    users, directory, socket_path, *command = sys.argv[1:]
    if os.fork():
        os._exit(0)  # the process that uses the server need not wait for this one
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    server = os.fork()
    if server == 0:
        run_server(command)
    signal.signal(signal.SIGTERM, lambda _number, _frame: start_end(server, socket_path))
    _thread.start_new_thread(wait_for_users, (users, server, socket_path))
    os.waitpid(server, 0)
    remove(directory)


def run_server(command: list[str]) -> None:
    """Become the server, which the kernel ends (on Linux) should the supervisor be killed."""
    try:
        if sys.platform == "linux":
            import ctypes  # noqa: PLC0415 - slower than all the rest, so it waits until the supervisor is under way

            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        os.execv(command[0], command)  # noqa: S606 - the command is our own
    finally:
        os._exit(127)


def start_end(server: int, socket_path: str) -> None:
    """End the server while the main thread goes on waiting for that."""
    _thread.start_new_thread(end_server, (server, socket_path))


def wait_for_users(users: str, server: int, socket_path: str) -> None:
    """Wait until no process holds the shared lock any more, then end the server."""
    fcntl.flock(os.open(users, os.O_RDWR), fcntl.LOCK_EX)
    end_server(server, socket_path)


def end_server(server: int, socket_path: str) -> None:
    """End the server: in peace where it keeps data and `socket_path` is given, else at once."""
    if socket_path:
        ask_for_shutdown(socket_path)
        os.kill(server, signal.SIGTERM)
        time.sleep(PATIENCE)
    os.kill(server, signal.SIGKILL)


def ask_for_shutdown(socket_path: str) -> None:
    """Ask by command, which is faster than a signal: the server looks for signals ten times a second."""
    import socket  # noqa: PLC0415 - not needed before the end

    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PATIENCE)
            connection.connect(socket_path)
            compact(connection)
            connection.sendall(b"SHUTDOWN\r\n")
            connection.recv(1)  # nothing comes but the end, unless it failed
    except OSError:
        return


def compact(connection: socket.socket) -> None:
    """Write the appended statements down as data, if there are many: to run them again at the next start is slow."""
    state = persistence(connection)
    appended = int(state.get("aof_current_size", 0)) - int(state.get("aof_base_size", 0))
    if state.get("aof_enabled") != "1" or appended < WORTH_COMPACTING:
        return
    connection.sendall(b"BGREWRITEAOF\r\n")
    connection.recv(ANSWER)
    end = time.monotonic() + COMPACTING
    while time.monotonic() < end:
        state = persistence(connection)
        if state.get("aof_rewrite_in_progress") == state.get("aof_rewrite_scheduled") == "0":
            return
        time.sleep(0.005)


def persistence(connection: socket.socket) -> dict[str, str]:
    """Return what the server says of its files."""
    connection.sendall(b"INFO persistence\r\n")
    lines = connection.recv(ANSWER).decode(errors="replace").splitlines()
    return dict(line.split(":", 1) for line in lines if ":" in line)


def remove(directory: str) -> None:
    """Remove the private temporary directory: the socket, the log, and data that is not kept."""
    import shutil  # noqa: PLC0415 - not needed before the end

    shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
