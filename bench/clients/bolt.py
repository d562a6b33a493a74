"""Neo4j and ArcadeDB: the `neo4j` client, with its own objects, and with rows that the server packs into lists."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import neo4j

from bench.target import Style
from runic.ogm import create_async_driver, create_driver

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bench.data import Row
    from bench.measure import Run
    from bench.target import Baseline, Query
    from runic.ogm import AsyncDriver

_STYLE: Final = Style(
    maps="execute_write, UNWIND of maps",
    objects="client, nodes",
    packed_rows="the same of lists",
    packed_reply="packed lists",
    insert_goal=0.8,
    load_goal=0.15,
)
_PACK: Final = "UNWIND range(0, size(rows) - 1, 1000) AS i RETURN rows[i..i + 1000]"


class _Bolt:
    """Our drivers to a server, and the client."""

    name: str
    style = _STYLE

    def __init__(self, url: str) -> None:
        self.url = url
        self.driver = create_driver(url, ensure_keys=True)
        parts = urlsplit(url)
        login = None if parts.username is None else (parts.username, parts.password or "")
        self._client = neo4j.GraphDatabase.driver(
            f"bolt://{parts.hostname}:{parts.port}", auth=login, notifications_min_severity=self._severity
        )
        self._database = parts.path.strip("/") or None

    @property
    def _severity(self) -> Any:  # noqa: ANN401 - a literal of the client
        return "OFF"

    @contextmanager
    def _session(self) -> Iterator[neo4j.Session]:
        with self._client.session(database=self._database, fetch_size=-1) as session:
            yield session

    def connect_async(self) -> AsyncDriver:
        """Return a driver for asyncio to the same graph."""
        return create_async_driver(self.url, ensure_keys=True)

    def write(self, text: str, rows: Sequence[Mapping[str, object]]) -> Run:
        """Return a managed transaction."""
        return lambda: self._execute(text, rows)

    def write_packed(self, text: str, rows: Sequence[Row]) -> Run:
        """Return the same."""
        return lambda: self._execute(text, rows)

    def _execute(self, text: str, rows: object) -> None:
        statement: Any = text  # the client wants a literal
        with self._session() as session:
            session.execute_write(lambda transaction: transaction.run(statement, rows=rows).consume())

    def read(self, text: str, width: int) -> Run:
        """Return what reads values of records."""
        del width
        statement: Any = text

        def run() -> object:
            with self._session() as session:
                return [record.values() for record in session.run(statement)]

        return run

    def read_packed(self, *queries: Query) -> Run:
        """Return what reads lists of a thousand rows each, all queries in one session."""
        texts: list[Any] = [
            f"{query.match} WITH collect([{', '.join(query.columns)}]) AS rows {_PACK}" for query in queries
        ]

        def run() -> object:
            with self._session() as session:
                return [[row for (rows,) in session.run(text) for row in rows] for text in texts]

        return run

    def find_each(self, text: str, keys: Sequence[object]) -> Run:
        """Return one auto-commit read, in a session of its own, for each key."""
        statement: Any = text

        def run() -> object:
            found: list[object] = []
            for key in keys:
                with self._session() as session:
                    record = session.run(statement, key=key).single()
                found.append(record and record[0])
            return found

        return run

    def more(self, workload: str) -> Sequence[Baseline]:
        """Return none."""
        del workload
        return ()

    def clear(self) -> None:
        """Delete all nodes, some at a time."""
        self._repeat("MATCH (n) WITH n LIMIT 10000 DETACH DELETE n")

    def clear_edges(self, kind: str) -> None:
        """Delete the edges of a type."""
        self._repeat(f"MATCH ()-[r:{kind}]->() WITH r LIMIT 10000 DELETE r")

    def _repeat(self, text: str) -> None:
        """Run a statement until it finds nothing more."""
        statement: Any = f"{text} RETURN count(*)"
        more = True
        while more:
            with self._session() as session:
                more = session.execute_write(
                    lambda transaction: bool(transaction.run(statement).single(strict=True)[0])
                )

    def close(self) -> None:
        """Close the drivers."""
        self.driver.close()
        self._client.close()


class Neo4j(_Bolt):
    """Neo4j."""

    name = "neo4j"


class ArcadeDB(_Bolt):
    """ArcadeDB, which does not hear of notifications."""

    name = "arcadedb"
    style = replace(_STYLE, insert_goal=1.0)

    @property
    def _severity(self) -> Any:  # noqa: ANN401 - a literal of the client
        return None
