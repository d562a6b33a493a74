"""FalkorDB on an embedded server, and the statements for it: with its own client, and with bare redis commands."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

import orjson

from bench.data import OPERATOR, PORT, SAILOR, SHIP, Row, as_maps
from bench.target import Baseline
from runic.ogm import create_async_driver, create_driver
from runic.ogm.backends._embedded import open_server

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.data import Fleet
    from bench.measure import Run
    from runic.ogm import AsyncDriver

GRAPH = "bench"
LOAD = 1.5
"""The goal of loads against the fastest that is known by hand, which makes no objects."""
WRITE = 1.3
"""The same of writes."""

SHIPS = ", ".join(f"n.{name}" for name in SHIP)
OPERATORS = ", ".join(f"m.{name}" for name in OPERATOR)
PACKED = "collect([x.{}])".format(", x.".join(SAILOR))

CREATE = "UNWIND $rows AS row CREATE (n:Ship {{{}}})"
INSERT_MAPS = CREATE.format(", ".join(f"{name}: row.{name}" for name in SHIP))
INSERT_LISTS = CREATE.format(", ".join(f"{name}: row[{place}]" for place, name in enumerate(SHIP)))
UPDATE_MAPS = "UNWIND $rows AS row MATCH (n:Ship {imo: row.imo}) SET n.tonnage = row.tonnage"
UPDATE_LISTS = "UNWIND $rows AS row MATCH (n:Ship {imo: row[0]}) SET n.tonnage = row[1]"
RELATE = "UNWIND $rows AS row MATCH (a:Ship {{imo: {}}}) MATCH (b:Port {{code: {}}}) MERGE (a)-[:BERTHS_AT]->(b)"
RELATE_MAPS = RELATE.format("row.ship", "row.port")
RELATE_LISTS = RELATE.format("row[0]", "row[1]")
EAGER = (
    "MATCH (n:Ship) OPTIONAL MATCH (n)-[:CREWED_BY]->(x:Sailor) WITH n, {0} AS crew "
    "OPTIONAL MATCH (n)-[:RELIEVED_BY]->(x:Sailor) RETURN {1}, crew, {0} AS reserve"
)
PATHS = "MATCH (n:Ship)-[r:CALLS_AT]->(m:Port) RETURN {}"
SHARED = "MATCH (n:Ship) OPTIONAL MATCH (n)-[:RUN_BY]->(m:Operator) RETURN n, m"
SHARED_PARTS = (
    f"MATCH (n:Ship) OPTIONAL MATCH (n)-[:RUN_BY]->(m:Operator) RETURN {SHIPS}, id(m)",
    f"MATCH (:Ship)-[:RUN_BY]->(m:Operator) WITH DISTINCT m RETURN {OPERATORS}, id(m)",
)


class FalkorDB:
    """An embedded server that is thrown away, our drivers to it, and its own client."""

    name = "falkordb"

    def __init__(self) -> None:
        self._server = open_server(None)
        self._url = f"falkordb+unix://{self._server.socket_path}?graph={GRAPH}"
        self.driver = create_driver(self._url, ensure_keys=True)
        # Loaded by name, since the client has no annotations.
        client: Any = import_module("falkordb")
        connection = client.FalkorDB(unix_socket_path=self._server.socket_path)
        self._graph: Any = connection.select_graph(GRAPH)
        self._command: Any = connection.connection.execute_command

    def connect_async(self) -> AsyncDriver:
        """Return a driver for asyncio to the same graph."""
        return create_async_driver(self._url, ensure_keys=True)

    def clear(self, pattern: str, deleted: str) -> None:
        """Delete what a pattern binds to a name."""
        self._graph.query(f"MATCH {pattern} DELETE {deleted}")

    def close(self) -> None:
        """End the server."""
        self.driver.close()
        self._server.release()

    @property
    def baselines(self) -> dict[str, Sequence[Baseline]]:
        """The hand-written statements, the ordinary one first."""
        nodes, columns = "client, nodes", "raw columns"
        return {
            "insert": (
                Baseline("client, UNWIND of maps", 0.8, self._write(INSERT_MAPS, "ships", SHIP)),
                Baseline("orjson, lists", WRITE, self._write_raw(INSERT_LISTS, "ships")),
            ),
            "update a tenth": (
                Baseline("client, UNWIND of maps", 1.5, self._write(UPDATE_MAPS, "changes", ("imo", "tonnage"))),
                Baseline("orjson, lists", WRITE, self._write_raw(UPDATE_LISTS, "changes")),
            ),
            "relate": (
                Baseline("client, UNWIND of maps", 1.1, self._write(RELATE_MAPS, "berths", ("ship", "port"))),
                Baseline("orjson, lists", WRITE, self._write_raw(RELATE_LISTS, "berths")),
            ),
            "load": (
                Baseline(nodes, 0.30, self._read("MATCH (n:Ship) RETURN n")),
                Baseline(columns, LOAD, self._read_raw(f"MATCH (n:Ship) RETURN {SHIPS}")),
            ),
            "get": (Baseline("client, MATCH by parameter", 1.10, self._get),),
            "eager to-many": (
                Baseline("client, collect of columns", 1.3, self._read(EAGER.format(PACKED, SHIPS))),
                Baseline("client, collect of nodes", None, self._read(EAGER.format("collect(x)", "n"))),
            ),
            "eager shared": (
                Baseline("client, RETURN n, m", 0.25, self._read(SHARED)),
                Baseline("two raw statements", LOAD, self._read_raw(*SHARED_PARTS)),
            ),
            "all_with_edges": (
                Baseline("client, nodes and edges", 0.5, self._read(PATHS.format("n, r, m"))),
                Baseline(
                    columns,
                    LOAD,
                    self._read_raw(PATHS.format(f"{SHIPS}, r.day, r.cargo, m.{', m.'.join(PORT)}")),
                ),
            ),
        }

    def _write(self, text: str, rows: str, names: tuple[str, ...]) -> Any:  # noqa: ANN401 - Baseline.make
        def make(fleet: Fleet) -> Run:
            return partial(self._graph.query, text, {"rows": as_maps(getattr(fleet, rows), names)})

        return make

    def _write_raw(self, text: str, rows: str) -> Any:  # noqa: ANN401 - Baseline.make
        def run(values: list[Row]) -> object:
            return self._command("GRAPH.QUERY", GRAPH, b"CYPHER rows=%b %b" % (orjson.dumps(values), text.encode()))

        def make(fleet: Fleet) -> Run:
            return partial(run, getattr(fleet, rows))

        return make

    def _read(self, text: str) -> Any:  # noqa: ANN401 - Baseline.make
        return lambda _: lambda: self._graph.ro_query(text).result_set

    def _read_raw(self, *texts: str) -> Any:  # noqa: ANN401 - Baseline.make
        def run() -> object:
            replies: list[Any] = [self._command("GRAPH.RO_QUERY", GRAPH, text)[1] for text in texts]
            for row in replies[0]:
                row[3], row[4] = float(row[3]), row[4] == "true"  # tonnage and active, which arrive as text
            return replies

        return lambda _: run

    def _get(self, fleet: Fleet) -> Run:
        query, text = self._graph.ro_query, "MATCH (n:Ship {imo: $key}) RETURN n"
        keys = [row[0] for row in fleet.parents]
        return lambda: [query(text, {"key": key}).result_set[0][0] for key in keys]
