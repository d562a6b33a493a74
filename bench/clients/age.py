"""Apache AGE: psycopg with agtype as text, read by json as one usually does, and by orjson a column at a time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import orjson
import psycopg

from bench.target import FAST_WRITE, Baseline, Style
from runic.ogm import create_async_driver, create_driver

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.data import Fleet, Row
    from bench.measure import Run
    from bench.target import Query
    from runic.ogm import AsyncDriver

_RAW_GOAL = 1.4
_BY_SQL = {
    "update a tenth": (
        "MATCH (n:Ship) WHERE n.imo = row[0] RETURN id(n), row[1]",
        (
            """UPDATE "{0}"."Ship" t SET properties = t.properties || agtype_build_map('tonnage', f.c1) """
            "FROM f WHERE t.id = f.c0::graphid"
        ),
    ),
    "relate": (
        (
            "MATCH (a:Ship) WHERE a.imo = row[0] MATCH (b:Port) WHERE b.code = row[1] "
            "OPTIONAL MATCH (a)-[r:BERTHS_AT]->(b) WITH a, b, r LIMIT 1000000000 WHERE r IS NULL RETURN id(a), id(b)"
        ),
        """INSERT INTO "{0}"."BERTHS_AT" (start_id, end_id) SELECT f.c0::graphid, f.c1::graphid FROM f""",
    ),
}
"""What Cypher finds, as two columns, and the SQL that goes on from it: AGE's own CREATE and SET scan tables."""


def parse(text: str | None) -> object:
    """Return a value as most programs read agtype: its suffixes dropped, the rest as JSON."""
    return None if text is None else json.loads(text.replace("::vertex", "").replace("::edge", ""))


class Age:
    """Our drivers to a server, and a connection."""

    name = "age"
    style = Style(
        maps="psycopg, UNWIND of maps",
        objects="psycopg, json",
        packed_rows="orjson, lists",
        packed_reply="orjson by column",
        insert_goal=1.0,
        load_goal=None,  # it is told against the text that is not parsed
        find="MATCH ({0}:{1}) WHERE {0}.{2} = {3}",  # the map form scans
        merge="OPTIONAL MATCH (a)-[r:{0}]->(b) WITH a, b, r WHERE r IS NULL CREATE (a)-[:{0}]->(b)",  # MERGE: corrupt
    )

    def __init__(self, url: str) -> None:
        self.url = url
        self.driver = create_driver(url, ensure_keys=True)
        parts = urlsplit(url)
        options: Any = {"prepare_threshold": None}
        self._connection = psycopg.connect(
            host=parts.hostname, port=parts.port, user=parts.username, password=parts.password,
            dbname=parts.path.strip("/"), sslmode="disable", autocommit=True, **options,
        )  # fmt: skip
        self._graph = parse_qs(parts.query)["graph"][0]
        self._run("SELECT '1'::ag_catalog.agtype")  # loads the library
        self._run('SET search_path = ag_catalog, "$user", public')

    def _run(self, text: str, parameter: str | None = None) -> psycopg.RawCursor[Any]:
        cursor = psycopg.RawCursor(self._connection)
        return cursor.execute(text.encode(), None if parameter is None else [parameter])

    def _cypher(self, text: str, width: int, *, bound: bool) -> str:
        columns = ", ".join(f"c{place} agtype" for place in range(width))
        return f"SELECT * FROM cypher('{self._graph}', $$ {text} $${', $1' if bound else ''}) AS ({columns})"

    def connect_async(self) -> AsyncDriver:
        """Return a driver for asyncio to the same graph."""
        return create_async_driver(self.url, ensure_keys=True)

    def write(self, text: str, rows: Sequence[Mapping[str, object]]) -> Run:
        """Return the query, its parameters spelt by json."""
        query = self._cypher(text, 1, bound=True)
        return lambda: self._run(query, json.dumps({"rows": rows}))

    def write_packed(self, text: str, rows: Sequence[Row]) -> Run:
        """Return the query, its parameters spelt by orjson."""
        query = self._cypher(text, 1, bound=True)
        return lambda: self._run(query, orjson.dumps({"rows": rows}).decode())

    def read(self, text: str, width: int) -> Run:
        """Return what reads each value by itself."""
        query = self._cypher(text, width, bound=False)
        return lambda: [[parse(value) for value in row] for row in self._run(query)]

    def read_packed(self, *queries: Query) -> Run:
        """Return what reads whole vertices and edges, a column at a time."""
        texts = [(self._cypher(query.whole, len(query.wanted), bound=False), len(query.wanted)) for query in queries]
        return lambda: [self._columns(text, width) for text, width in texts]

    def _columns(self, text: str, width: int) -> list[object]:
        result: Any = self._run(text).pgresult
        rows, get = range(result.ntuples), result.get_value
        columns = [[get(row, place) for row in rows] for place in range(width)]
        return [orjson.loads(b"[%b]" % b",".join([value[: value.rindex(b"::")] for value in c])) for c in columns]

    def find_each(self, text: str, keys: Sequence[object]) -> Run:
        """Return one query for each key."""
        query = self._cypher(text, 1, bound=True)

        def find(key: object) -> object:
            (row,) = self._run(query, json.dumps({"key": key}))
            return parse(row[0])

        return lambda: list(map(find, keys))

    def more(self, workload: str) -> Sequence[Baseline]:
        """Return the load of text that nobody parses, and the writes that leave AGE's own, which scan, for SQL."""
        if workload == "load":
            query = self._cypher("MATCH (n:Ship) RETURN n", 1, bound=False)
            return (Baseline("psycopg, text as it came", _RAW_GOAL, lambda _: lambda: self._run(query).fetchall()),)
        if workload not in _BY_SQL:
            return ()
        found, written = _BY_SQL[workload]
        table = self._cypher(f"UNWIND $rows AS row {found}", 2, bound=True)
        query = f"WITH f AS MATERIALIZED ({table}) {written.format(self._graph)}"

        def make(fleet: Fleet) -> Run:
            rows = fleet.berths if workload == "relate" else fleet.changes
            return lambda: self._run(query, orjson.dumps({"rows": rows}).decode())

        return (Baseline("SQL of what Cypher finds", FAST_WRITE, make),)

    def clear(self) -> None:
        """Empty all tables of the graph: its own DELETE looks for edges of each vertex in each of them."""
        self._truncate("TRUE")

    def clear_edges(self, kind: str) -> None:
        """Empty the table of a type, if it is there."""
        self._truncate(f"l.name = '{kind}'")

    def _truncate(self, condition: str) -> None:
        tables = self._run(
            "SELECT l.relation::regclass::text FROM ag_label l JOIN ag_graph g ON g.graphid = l.graph "
            f"WHERE g.name = '{self._graph}' AND {condition}"
        ).fetchall()
        for (table,) in tables:
            self._run(f"TRUNCATE ONLY {table}")

    def close(self) -> None:
        """Close the drivers."""
        self.driver.close()
        self._connection.close()
