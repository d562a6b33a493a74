"""How Neo4j searches its full-text and vector indexes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from runic.ogm.cypher.search import SearchDialect
from runic.ogm.identifiers import quote

if TYPE_CHECKING:
    from runic.ogm.cypher.search import FulltextCall, VectorCall

_SYNTAX = re.compile(r"([^A-Za-z0-9_])")


class Neo4jSearch(SearchDialect):
    """Lucene's queries, and similarities that are on our scale already."""

    def render_fulltext(self, call: FulltextCall) -> str:
        """Return the call of the index; each word must be there, in one of the fields."""
        places = [_SYNTAX.sub(r"\\\1", name) for name in call.fields]
        words = " ".join(f"+{_anywhere(places, word)}" for word in call.words) or '""'
        text = words if call.raw is None else _within(places, call.raw)
        procedure = f"db.index.fulltext.queryNodes({call.add_name()}, {call.add(text)})"
        return (
            f"CALL {procedure} YIELD node AS {call.node}, score AS _s WITH {call.node}, _s / (1.0 + _s) AS {call.score}"
        )

    def render_vector(self, call: VectorCall) -> str:
        """Return the call of the index, or a comparison of all nodes of a class that has none of its own."""
        node, score, vector = call.node, call.score, call.add(call.vector)
        if not call.labels:
            procedure = f"db.index.vector.queryNodes({call.add_name()}, {call.add(call.k)}, {vector})"
            return f"CALL {procedure} YIELD node AS {node}, score AS _s WITH {node}, _s AS {score}"
        labels = "".join(f":{quote(label)}" for label in call.labels)
        stored = f"{node}.{quote(call.index.properties[0])}"
        similarity = f"vector.similarity.{call.index.similarity}({stored}, {vector})"
        nearest = f"WITH {node}, {similarity} AS {score} ORDER BY {score} DESC LIMIT {call.add(call.k)}"
        return f"MATCH ({node}{labels}) WHERE {stored} IS NOT NULL {nearest}"


def _anywhere(places: list[str], word: str) -> str:
    quoted = f'"{word}"'
    return f"({' OR '.join(f'{place}:{quoted}' for place in places)})" if places else quoted


def _within(places: list[str], raw: str) -> str:
    return " OR ".join(f"{place}:({raw})" for place in places) if places else raw
