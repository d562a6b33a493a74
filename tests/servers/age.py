"""Apache AGE: PostgreSQL as WebAssembly under Node, from npm, on a loopback port, with a graph a test."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.servers import CannotStartError, cache_directory
from tests.servers.guarded import GuardedProcess

PACKAGES = {
    "@electric-sql/pglite": "0.5.14",
    "@electric-sql/pglite-age": "0.0.15",
    "@electric-sql/pglite-socket": "0.2.17",
    "@electric-sql/pglite-pgvector": "0.0.15",
}
VERSION = "-".join(PACKAGES.values())
SCRIPT = Path(__file__).with_name("age_server.mjs")
OPTIONS = "sslmode=disable&connect_timeout=10&pool_timeout=10"


class AgeServer:
    """One server process, whose single backend serves all connections."""

    shared = False
    concurrent = False
    """While one connection has a transaction open, all others wait for its end."""

    def __init__(self, node: str, packages: Path) -> None:
        folder = Path(tempfile.mkdtemp(prefix="runic-age-"))
        self._process = GuardedProcess([node, str(SCRIPT), str(packages)], folder)
        output = self._process.await_text("listening on port", 120)
        found = re.search(r"port (\d+)\.", output)
        assert found is not None, output
        self.port = int(found[1])

    def url(self, graph: str) -> str:
        return f"age://postgres:postgres@127.0.0.1:{self.port}/postgres?graph={graph}&{OPTIONS}"

    def forget(self, graph: str) -> None:
        import psycopg

        with psycopg.connect(
            host="127.0.0.1", port=self.port, user="postgres", dbname="postgres", sslmode="disable",
            connect_timeout=10, autocommit=True, prepare_threshold=None,
        ) as connection:  # fmt: skip
            connection.execute(
                "SELECT ag_catalog.drop_graph(name, true) FROM ag_catalog.ag_graph WHERE name = %s", [graph]
            )

    def close(self) -> None:
        self._process.close()


def start() -> AgeServer:
    """Start the server of the npm packages, which are installed once."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise CannotStartError("Apache AGE runs under Node here, and there is no node and npm on the PATH")
    return AgeServer(node, _packages(npm))


def _packages(npm: str) -> Path:
    """Return the folder that holds the packages; it is there whole, or not at all."""
    cache = cache_directory("age")
    home = cache / VERSION
    if not home.exists():
        with tempfile.TemporaryDirectory(dir=cache) as name:
            folder = Path(name) / "packages"
            _install(npm, folder)
            try:
                folder.rename(home)
            except OSError:  # another process was faster
                if not home.exists():
                    raise
    return home


def _install(npm: str, folder: Path) -> None:
    folder.mkdir()
    (folder / "package.json").write_text(json.dumps({"private": True, "dependencies": PACKAGES}))
    command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        why = (done.stderr.strip().splitlines() or ["npm said nothing"])[-1]
        raise CannotStartError(f"the packages of PGlite cannot be installed: {why}")
