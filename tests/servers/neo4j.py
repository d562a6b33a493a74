"""Neo4j: the jars of Maven Central under a Java runtime of this machine, on a loopback port, with one graph for all."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import neo4j

from tests.servers import CannotStartError, cache_directory
from tests.servers.guarded import GuardedProcess

VERSION = "2026.09.0"
ARTIFACTS = ("neo4j", "neo4j-bolt")
OLDEST_JAVA = 21
LAUNCHER = Path(__file__).with_name("Neo4jLauncher.java")
VIRTUAL_MACHINES = ("/usr/lib/jvm/*", "/Library/Java/JavaVirtualMachines/*/Contents/Home", "/opt/java/*")
LISTINGS = {
    "CONSTRAINT": "SHOW CONSTRAINTS YIELD name",
    "INDEX": "SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name",
}
OPTIONS = ("-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
"""A server of a few minutes: it starts in 10 seconds, not 14, and leaves the cores to the tests."""


class Neo4jServer:
    """One server process; the community edition has one graph for its users."""

    shared = True
    scheme = "bolt"

    def __init__(self, java: Path, jars: Path) -> None:
        folder = Path(tempfile.mkdtemp(prefix="runic-neo4j-"))
        command = [str(java / "bin/java"), *OPTIONS, "-cp", f"{jars}/*", str(LAUNCHER), str(folder / "server")]
        self._process = GuardedProcess(command, folder)
        found = re.search(r"port (\d+)\.", self._process.await_text("listening on port", 180))
        assert found is not None
        self.port = int(found[1])
        self._client = neo4j.GraphDatabase.driver(f"bolt://127.0.0.1:{self.port}")

    def url(self, graph: str) -> str:
        del graph
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def forget(self, graph: str) -> None:
        """Remove the schema; the graph is emptied before each test."""
        del graph
        with self._client.session() as session:
            for kind, listing in LISTINGS.items():
                for (name,) in session.run(listing).values():
                    session.run(f"DROP {kind} `{name}`").consume()

    def close(self) -> None:
        self._client.close()
        self._process.close()


def start() -> Neo4jServer:
    """Start the server of the jars, which are downloaded once."""
    return Neo4jServer(*prepare())


def prepare() -> tuple[Path, Path]:
    """Return the home of a Java runtime, and the folder of the jars: it is there whole, or not at all."""
    java = _find_java()
    cache = cache_directory("neo4j")
    jars = cache / VERSION
    if not jars.exists():
        with tempfile.TemporaryDirectory(dir=cache) as name:
            folder = Path(name) / "jars"
            _download(java, Path(name), folder)
            try:
                folder.rename(jars)
            except OSError:  # another process was faster
                if not jars.exists():
                    raise
    return java, jars


def _find_java() -> Path:
    """Return the home of the newest Java runtime that is new enough."""
    found = {home: _java_version(home) for home in _java_homes()}
    best = max(found, key=lambda home: found[home], default=None)
    if best is None or found[best] < OLDEST_JAVA:
        raise CannotStartError(f"Neo4j {VERSION} needs Java {OLDEST_JAVA} or newer; set JAVA_HOME to one")
    return best


def _java_homes() -> Iterator[Path]:
    if "JAVA_HOME" in os.environ:
        yield Path(os.environ["JAVA_HOME"])
    on_path = shutil.which("java")
    if on_path is not None:
        yield Path(on_path).resolve().parent.parent
    for pattern in VIRTUAL_MACHINES:
        root, _, rest = pattern.partition("*")
        yield from (path / rest.removeprefix("/") for path in Path(root).glob("*"))


def _java_version(home: Path) -> int:
    """Return the major version of a runtime that can run a source file, 0 if there is none."""
    release = home / "release"
    if not (home / "bin/javac").exists() or not release.exists():
        return 0
    found = re.search(r'JAVA_VERSION="(\d+)', release.read_text(errors="replace"))
    return int(found[1]) if found else 0


def _download(java: Path, folder: Path, jars: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise CannotStartError("the jars of Neo4j come by Maven, and there is no mvn on the PATH")
    dependencies = "".join(
        f"<dependency><groupId>org.neo4j</groupId><artifactId>{name}</artifactId><version>{VERSION}</version></dependency>"
        for name in ARTIFACTS
    )
    pom = folder / "pom.xml"
    pom.write_text(
        "<project><modelVersion>4.0.0</modelVersion><groupId>runic</groupId><artifactId>servers</artifactId>"
        f"<version>1</version><dependencies>{dependencies}</dependencies></project>"
    )
    done = subprocess.run(
        [maven, "-B", "-q", "-f", str(pom), "dependency:copy-dependencies", f"-DoutputDirectory={jars}"],
        env={**os.environ, "JAVA_HOME": str(java)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        why = next((line for line in done.stdout.splitlines() if "ERROR" in line), "Maven said nothing")
        raise CannotStartError(f"the jars of Neo4j {VERSION} cannot be downloaded: {why[:300]}")
