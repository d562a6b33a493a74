"""Reads of a graph of which no class is known yet: its label sets, types and properties, and how often each is met."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runic.ogm.cypher.statement import Statement
from runic.ogm.identifiers import quote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.statement import Columns

    Labels = Sequence[str]


class Explorer:
    """Spells these reads for one dialect; names must have passed `check_name`."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect

    def label_sets(self) -> Statement:
        """Rows of (labels, number of nodes)."""
        return _read("MATCH (n) RETURN labels(n) AS labels, count(*) AS many", "any", "int")

    def edge_kinds(self) -> Statement:
        """Rows of (labels of the start, type, labels of the end, number of edges)."""
        return _read(
            "MATCH (a)-[r]->(b) RETURN labels(a) AS a, type(r) AS kind, labels(b) AS b, count(*) AS many",
            "any", "str", "any", "int",
        )  # fmt: skip

    def node_properties(self, known: Labels, stored: Labels) -> Statement:
        """Rows of (property, number of nodes that have it), for nodes with just the labels `stored`.

        known: those of them that may stand in a statement.
        """
        text = f"{self._nodes(known)} UNWIND keys(n) AS name RETURN name, count(*) AS many"
        return _read(text, "str", "int", labels=stored)

    def node_sample(self, known: Labels, stored: Labels, size: int) -> Statement:
        """Rows of (all properties as a map), of at most `size` nodes."""
        return _read(f"{self._nodes(known)} RETURN properties(n) AS properties LIMIT {size:d}", "any", labels=stored)

    def node_values(self, known: Labels, stored: Labels, name: str, size: int) -> Statement:
        """Rows of (value) of one property, of at most `size` nodes that have it."""
        place = self._dialect.render_property("n", name)
        text = f"{self._nodes(known)} AND {place} IS NOT NULL RETURN {place} AS value LIMIT {size:d}"
        return _read(text, "any", labels=stored)

    def distinct(self, label: str, name: str) -> Statement:
        """One row of (nodes with a label, their values of a property, these without repetitions)."""
        place = self._dialect.render_property("n", name)
        match = f"MATCH (n{self._dialect.render_labels([label])})"
        return _read(
            f"{match} RETURN count(n) AS nodes, count({place}) AS some, count(DISTINCT {place}) AS different",
            "int", "int", "int",
        )  # fmt: skip

    def edge_properties(self, kind: str) -> Statement:
        """Rows of (property, number of edges that have it)."""
        return _read(f"{_edges(kind)} UNWIND keys(r) AS name RETURN name, count(*) AS many", "str", "int")

    def edge_sample(self, kind: str, size: int) -> Statement:
        """Rows of (all properties as a map), of at most `size` edges."""
        return _read(f"{_edges(kind)} RETURN properties(r) AS properties LIMIT {size:d}", "any")

    def edge_values(self, kind: str, name: str, size: int) -> Statement:
        """Rows of (value) of one property, of at most `size` edges that have it."""
        place = self._dialect.render_property("r", name)
        return _read(f"{_edges(kind)} WHERE {place} IS NOT NULL RETURN {place} AS value LIMIT {size:d}", "any")

    def fan(self, kind: str, end: str) -> Statement:
        """Rows of (labels of the nodes at one end, "a" the start or "b", most nodes that one of them is tied to)."""
        other = "b" if end == "a" else "a"
        counted = f"{_edges(kind)} WITH {end} AS n, count(DISTINCT {other}) AS fan"
        return _read(f"{counted} RETURN labels(n) AS labels, max(fan) AS fan", "any", "int")

    def parallel(self, kind: str, name: str | None = None) -> Statement:
        """One row of (pairs of nodes with several edges); with a property, of those where it does not differ."""
        if name is None:
            counted, test = "count(r) AS many", "many > 1"
        else:
            place = self._dialect.render_property("r", name)
            counted, test = f"count(r) AS many, count(DISTINCT {place}) AS different", "many <> different"
        return _read(f"{_edges(kind)} WITH a, b, {counted} WHERE {test} RETURN count(*) AS pairs", "int")

    def _nodes(self, known: Labels) -> str:
        return f"MATCH (n{self._dialect.render_labels(known)}) WHERE labels(n) = $labels"


def _edges(kind: str) -> str:
    return f"MATCH (a)-[r:{quote(kind)}]->(b)"


def _read(text: str, *columns: str, labels: Labels | None = None) -> Statement:
    wires: Columns = columns  # type: ignore[assignment] # the literals of this module
    return Statement(text, {} if labels is None else {"labels": list(labels)}, (wires,), origin="query")
