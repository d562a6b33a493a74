"""ArcadeDB: the jars and the Java runtime of a wheel, on loopback ports, with a database a test."""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
import sys
import tempfile
import zipfile
from base64 import b64encode
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.servers import CannotStartError, cache_directory
from tests.servers.guarded import GuardedProcess, free_ports

VERSION = "26.10.2.post1"
WHEEL = f"arcadedb-embedded=={VERSION}"
"""It is downloaded, not installed: 71 MB that only these tests use."""
OPTIONS = ("-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")  # it lives for minutes: no long compilation
SETTINGS = {
    "server.rootPath": "{folder}",
    "server.rootPassword": "{password}",
    "server.plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
    "bolt.host": "127.0.0.1",
    "bolt.port": "{bolt}",
    "server.httpIncomingHost": "127.0.0.1",
    "server.httpIncomingPort": "{http}",
}


class ArcadeServer:
    """A server in a temporary folder; making a database in it takes some 25 ms."""

    shared = False

    def __init__(self, home: Path) -> None:
        self.password = secrets.token_hex(16)
        self.port, self._http = free_ports(2)
        folder = Path(tempfile.mkdtemp(prefix="runic-arcadedb-"))
        values = {"folder": folder, "password": self.password, "bolt": self.port, "http": self._http}
        settings = [f"-Darcadedb.{name}={value.format(**values)}" for name, value in SETTINGS.items()]
        command = [str(home / "jre/bin/java"), *OPTIONS, *settings, "-cp", str(home / "jars/*")]
        self._process = GuardedProcess([*command, "com.arcadedb.server.ArcadeDBServer"], folder)
        self._process.await_text("ArcadeDB Server started", 120)
        self._known: set[str] = set()

    def url(self, graph: str) -> str:
        if graph not in self._known:
            self._command(f"create database {graph}")
            self._known.add(graph)
        return f"arcadedb://root:{self.password}@127.0.0.1:{self.port}/{graph}?http_port={self._http}"

    def forget(self, graph: str) -> None:
        if graph in self._known:
            self._command(f"drop database {graph}")
            self._known.remove(graph)

    def close(self) -> None:
        self._process.close()

    def _command(self, text: str) -> None:
        credentials = b64encode(f"root:{self.password}".encode()).decode()
        request = Request(
            f"http://127.0.0.1:{self._http}/api/v1/server",
            data=json.dumps({"command": text}).encode(),
            headers={"Authorization": f"Basic {credentials}", "Content-Type": "application/json"},
        )
        try:
            with urlopen(request, timeout=60) as reply:
                reply.read()
        except HTTPError as error:
            raise RuntimeError(f"{text}: {error.read().decode(errors='replace')}") from error


def start() -> ArcadeServer:
    """Start the server of the wheel `arcadedb-embedded`, which is downloaded once."""
    return ArcadeServer(_home())


def _home() -> Path:
    """Return the folder that holds `jars` and `jre`; it is there whole, or not at all."""
    cache = cache_directory("arcadedb")
    home = cache / VERSION
    if not home.exists():
        with tempfile.TemporaryDirectory(dir=cache) as name:
            unpacked = _unpack(_download(Path(name)), Path(name))
            try:
                unpacked.rename(home)
            except OSError:  # another process was faster
                if not home.exists():
                    raise
    return home


def _download(folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary", ":all:", "--dest", str(folder), WHEEL]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        why = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
        raise CannotStartError(f"{WHEEL} cannot be downloaded for this platform: {why}")
    return next(folder.glob("*.whl"))


def _unpack(wheel: Path, folder: Path) -> Path:
    """Unpack what runs the server, with the modes that zipfile forgets."""
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            if entry.filename.startswith(("arcadedb_embedded/jars/", "arcadedb_embedded/jre/")):
                path = archive.extract(entry, folder)
                if not entry.is_dir() and entry.external_attr >> 16:
                    Path(path).chmod((entry.external_attr >> 16) & 0o777)
    home = folder / "arcadedb_embedded"
    if shutil.which(str(home / "jre/bin/java")) is None:
        raise CannotStartError(f"{WHEEL} holds no Java runtime for this platform")
    return home
