"""FalkorDB: its own client, and bare redis commands with orjson."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import orjson
import redis

from bench.target import Style
from runic.ogm import create_async_driver, create_driver

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bench.data import Row
    from bench.measure import Run
    from bench.target import Baseline, Query
    from runic.ogm import AsyncDriver

_SPELT: Final[dict[str, Callable[[Any], object]]] = {
    **dict.fromkeys(("tonnage", "depth", "turnover", "rating"), float),
    **dict.fromkeys(("active", "listed"), lambda text: text == "true"),
}
"""What arrives as text in a reply without types."""


class FalkorDB:
    """Our drivers to an embedded server, its client, and the connection below it."""

    name = "falkordb"
    style = Style(
        maps="client, UNWIND of maps",
        objects="client, nodes",
        packed_rows="orjson, lists",
        packed_reply="raw columns",
        insert_goal=0.8,
        load_goal=0.30,
    )

    def __init__(self, url: str) -> None:
        self.url = url
        self.driver = create_driver(url, ensure_keys=True)
        self._key = url.partition("?graph=")[2]
        # Loaded by name, since the client has no annotations.
        client: Any = import_module("falkordb")
        path = url.removeprefix("falkordb+unix://").partition("?")[0]
        self._graph: Any = client.FalkorDB(unix_socket_path=path).select_graph(self._key)
        self._command: Any = redis.Redis(unix_socket_path=path, decode_responses=True).execute_command

    def connect_async(self) -> AsyncDriver:
        """Return a driver for asyncio to the same graph."""
        return create_async_driver(self.url, ensure_keys=True)

    def write(self, text: str, rows: Sequence[Mapping[str, object]]) -> Run:
        """Return what the client does with a statement and maps."""
        return partial(self._graph.query, text, {"rows": rows})

    def write_packed(self, text: str, rows: Sequence[Row]) -> Run:
        """Return the command, its parameters spelt by orjson."""
        return lambda: self._command(
            "GRAPH.QUERY", self._key, b"CYPHER rows=%b %b" % (orjson.dumps(rows), text.encode())
        )

    def read(self, text: str, width: int) -> Run:
        """Return the client's read."""
        del width
        return lambda: self._graph.ro_query(text).result_set

    def read_packed(self, *queries: Query) -> Run:
        """Return the commands whose replies are columns without types."""
        return lambda: [self._columns(query) for query in queries]

    def _columns(self, query: Query) -> list[list[object]]:
        columns = query.columns
        rows: list[list[object]]
        rows = self._command("GRAPH.RO_QUERY", self._key, f"{query.match} RETURN {', '.join(columns)}")[1]
        for place, column in enumerate(columns):
            read = _SPELT.get(column.partition(".")[2])
            if read is not None:
                for row in rows:
                    row[place] = read(row[place])
        return rows

    def find_each(self, text: str, keys: Sequence[object]) -> Run:
        """Return one query of the client for each key."""
        query = self._graph.ro_query
        return lambda: [query(text, {"key": key}).result_set[0][0] for key in keys]

    def more(self, workload: str) -> Sequence[Baseline]:
        """Return none."""
        del workload
        return ()

    def clear(self) -> None:
        """Delete all nodes."""
        self._graph.query("MATCH (n) DELETE n")

    def clear_edges(self, kind: str) -> None:
        """Delete the edges of a type."""
        self._graph.query(f"MATCH ()-[r:{kind}]->() DELETE r")

    def close(self) -> None:
        """Close the drivers."""
        self.driver.close()
