"""The whole graph as plain data, read by raw Cypher, for exact comparisons."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

NODES = "MATCH (n) RETURN n"
EDGES = "MATCH (a)-[r]->(b) RETURN a, r, b"
KEYS = ("id", "code", "number", "uid")

Properties: TypeAlias = Mapping[str, Any]


def key_of(properties: Properties) -> Any:
    """Return the key of a node of the models of this suite."""
    return next((properties[name] for name in KEYS if name in properties), None)


@dataclass(frozen=True)
class Graph:
    """Nodes as (labels, properties) and edges as (type, start key, end key, properties), in a fixed order."""

    nodes: list[tuple[tuple[str, ...], Properties]]
    edges: list[tuple[str, Any, Any, Properties]]

    def node(self, key: object) -> Properties:
        """Return the properties of the one node with this key."""
        (found,) = [properties for _, properties in self.nodes if key_of(properties) == key]
        return found

    def labels(self, key: object) -> set[str]:
        """Return the labels of the one node with this key."""
        (found,) = [set(labels) for labels, properties in self.nodes if key_of(properties) == key]
        return found

    def keys(self, label: str) -> list[Any]:
        """Return the sorted keys of the nodes with this label."""
        return sorted(key_of(properties) for labels, properties in self.nodes if label in labels)

    def pairs(self, type_: str) -> list[tuple[Any, Any]]:
        """Return the sorted (start key, end key) of the edges of a type."""
        return sorted((start, end) for name, start, end, _ in self.edges if name == type_)

    def edge(self, type_: str, start: object, end: object) -> Properties:
        """Return the properties of the one edge of a type from one node to another."""
        (found,) = [row[3] for row in self.edges if row[:3] == (type_, start, end)]
        return found


async def read_graph(execute: Callable[[str], Awaitable[list[dict[str, Any]]]]) -> Graph:
    """Read every node and every edge."""
    nodes = [(tuple(sorted(row["n"].labels)), dict(row["n"].properties)) for row in await execute(NODES)]
    edges = [
        (row["r"].type, key_of(row["a"].properties), key_of(row["b"].properties), dict(row["r"].properties))
        for row in await execute(EDGES)
    ]
    return Graph(sorted(nodes, key=_order), sorted(edges, key=_order))


def _order(row: tuple[Any, ...]) -> str:
    return repr([sorted(part.items()) if isinstance(part, dict) else part for part in row])
