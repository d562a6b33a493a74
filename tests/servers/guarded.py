"""Child processes that end with their parent, whatever becomes of it, and leave no files."""

from __future__ import annotations

import contextlib
import random
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.servers import CannotStartError

GUARD = """
import shutil, subprocess, sys, threading
folder, log, *command = sys.argv[1:]
with open(log, "wb") as out:
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True)
def wait_for_parent():
    sys.stdin.buffer.read()  # it ends when the parent closes the pipe, or is gone
    child.kill()
threading.Thread(target=wait_for_parent, daemon=True).start()
try:
    child.wait()
finally:
    child.kill()
    shutil.rmtree(folder, ignore_errors=True)
"""


class GuardedProcess:
    """A command under a guard, which kills it and removes its folder once this process is gone or says so."""

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        self.folder, self.log = folder, folder / "guarded.log"
        self._guard = subprocess.Popen(
            [sys.executable, "-I", "-c", GUARD, str(folder), str(self.log), *command],
            cwd=folder,  # where servers may leave logs
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the parent alone; the guard follows it
        )

    def await_text(self, text: str, seconds: float) -> str:
        """Return the command's output once it holds `text`; raises CannotStartError with the output's end."""
        deadline = time.monotonic() + seconds
        output = ""
        while time.monotonic() < deadline:
            ended = self.ended
            if self.log.exists():
                output = self.log.read_text(errors="replace")
            if text in output:
                return output
            if ended:
                break
            time.sleep(0.05)
        self.close()
        last = (output.strip().splitlines() or ["no output"])[-1]
        raise CannotStartError(f"it did not become ready; its last words: {last[:300]}")

    @property
    def ended(self) -> bool:
        """Whether the command has ended by itself, or was closed."""
        return self._guard.poll() is not None

    def close(self) -> None:
        """End the command and remove its folder."""
        if self._guard.stdin is not None:
            self._guard.stdin.close()
        self._guard.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)


def free_ports(number: int) -> list[int]:
    """Return ports of the loopback interface that nothing listens on.

    They are below those that the ends of clients get on Linux, so that a server which is started again finds its own.
    """
    found: list[int] = []
    while len(found) < number:
        port = random.randrange(15_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            found += [port] if port not in found else []
    return found
