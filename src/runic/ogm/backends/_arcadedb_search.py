"""How ArcadeDB searches its full-text and vector indexes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from runic.ogm.cypher.search import SearchDialect
from runic.ogm.identifiers import quote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runic.ogm.cypher.search import FulltextCall, SearchCall, VectorCall

_SYNTAX = re.compile(r"([^\w])")


class ArcadeDBSearch(SearchDialect):
    """The procedures of Neo4j over Lucene's syntax; what a vector index scores is on our scale already."""

    def render_fulltext(self, call: FulltextCall) -> str:
        """Return the call of an index; its words are joined by AND."""
        if call.raw is None and not call.words:
            return f"UNWIND [] AS {call.node} WITH {call.node}, 0.0 AS {call.score}"
        query = call.raw if call.raw is not None else " AND ".join(_occurs(word, call.fields) for word in call.words)
        if call.raw is not None and call.fields:
            query = " OR ".join(f"{_escape(field)}:({call.raw})" for field in call.fields)
        return _search(call, f"fulltext.{_procedure(call)}", call.add(query), "_s / (1.0 + _s)")

    def render_vector(self, call: VectorCall) -> str:
        """Return the call of the index, or a comparison of all nodes of a class that has none of its own."""
        add, node, score = call.add, call.node, call.score
        if not call.labels:
            return _search(call, f"vector.{_procedure(call)}", f"{add(call.k)}, {add(call.vector)}", "_s")
        stored, vector = f"{node}.{quote(call.index.properties[0])}", add(call.vector)
        labels = "".join(f":{quote(label)}" for label in call.labels)
        if call.index.similarity == "euclidean":
            difference = f"({stored}[i] - {vector}[i])"
            squares = f"reduce(s = 0.0, i IN range(0, size({vector}) - 1) | s + {difference} * {difference})"
            there, value = f"{stored} IS NOT NULL", f"1.0 / (1.0 + {squares})"
        else:  # a vector of zeros has no angle to any other
            there, value = (
                f"any(x IN {stored} WHERE x <> 0)",
                f"(1.0 + vector.similarity.cosine({stored}, {vector})) / 2",
            )
        nearest = f"ORDER BY {score} DESC LIMIT {add(call.k)}"
        return f"MATCH ({node}{labels}) WHERE {there} WITH {node}, {value} AS {score} {nearest}"


def _occurs(word: str, fields: Iterable[str]) -> str:
    """Return that a word occurs: between quotes, since AND, OR and NOT would be operators."""
    text = f'"{word}"'
    places = [f"{_escape(field)}:{text}" for field in fields] or [text]
    return f"({' OR '.join(places)})"


def _escape(name: str) -> str:
    return _SYNTAX.sub(r"\\\1", name)


def _procedure(call: SearchCall) -> str:
    return "queryNodes" if call.index.side == "node" else "queryRelationships"


def _search(call: SearchCall, procedure: str, arguments: str, score: str) -> str:
    item = call.index
    names = ",".join("".join(name.split()) for name in item.properties)
    found = "node" if item.side == "node" else "relationship"
    index = call.add(f"{item.label}[{names}]")
    # YIELD does not understand a quoted name, WITH does.
    return (
        f"CALL db.index.{procedure}({index}, {arguments}) YIELD {found}, score AS _s "
        f"WITH {found} AS {call.node}, {score} AS {call.score}"
    )
