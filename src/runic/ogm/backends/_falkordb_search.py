"""How FalkorDB searches its full-text and vector indexes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from runic.ogm.cypher.search import SearchDialect
from runic.ogm.cypher.statement import Statement
from runic.ogm.identifiers import quote

if TYPE_CHECKING:
    from runic.ogm.cypher.search import FulltextCall, VectorCall

_SYNTAX = re.compile(r"([^\w]|_)", re.ASCII)


class FalkorDBSearch(SearchDialect):
    """RediSearch's queries, and distances that are turned into similarities."""

    supports_search_in_writes = False  # any change after a search in one statement ends the server (measured on 4.16)

    def render_fulltext(self, call: FulltextCall) -> str:
        """Return the call of the label's index; its words are joined by AND."""
        text = " ".join(call.words) if call.raw is None else call.raw
        if call.fields and text.strip():
            names = "|".join(_SYNTAX.sub(r"\\\1", name) for name in call.fields)
            text = f"@{names}:({text})"
        node, add = call.node, call.add
        procedure = f"db.idx.fulltext.queryNodes({add(call.index.label)}, {add(text)})"
        return f"CALL {procedure} YIELD node AS {node}, score AS _s WITH {node}, _s / (1.0 + _s) AS {call.score}"

    def render_vector(self, call: VectorCall) -> str:
        """Return the call of the index, or a comparison of all nodes of a class that has none of its own.

        The distance to a vector of zeros is no number if it is by angle: such nodes are left out.
        """
        index, node, score, add = call.index, call.node, call.score, call.add
        vector = f"vecf32({add(call.vector)})"
        euclidean = index.similarity == "euclidean"
        angle = "CASE WHEN _d <= 0 THEN 1.0 WHEN _d >= 2 THEN 0.0 ELSE 1.0 - _d / 2.0 END"  # it rounds beyond both ends
        similarity = "1.0 / (1.0 + _d * _d)" if euclidean else angle
        scored = f"WHERE _d >= 0 OR _d < 0 WITH {node}, {similarity} AS {score}"
        nearest = f"ORDER BY {score} DESC LIMIT {add(call.k)}"
        if not call.labels:
            place = f"{add(index.label)}, {add(index.properties[0])}, {call.add_reach()}"
            found = f"CALL db.idx.vector.queryNodes({place}, {vector}) YIELD node AS {node}, score AS _d"
            return f"{found} WITH {node}, _d {scored} {nearest}"
        labels = "".join(f":{quote(label)}" for label in call.labels)
        stored = f"{node}.{quote(index.properties[0])}"
        distance = f"vec.{'euclidean' if euclidean else 'cosine'}Distance({stored}, {vector})"
        return f"MATCH ({node}{labels}) WHERE {stored} IS NOT NULL WITH {node}, {distance} AS _d {scored} {nearest}"

    def probe_vector(self, call: VectorCall, reach: int) -> tuple[Statement, Statement]:
        """Return questions how many nodes there are among the nearest entries, and in all.

        FalkorDB 4.16 leaves an entry behind at every change of a node, and counts it as one of the nearest.
        """
        index = call.index
        nearest = "CALL db.idx.vector.queryNodes($label, $name, $reach, vecf32($vector)) YIELD node RETURN count(node)"
        parameters = {"label": index.label, "name": index.properties[0], "reach": reach, "vector": call.vector}
        stored = f"n.{quote(index.properties[0])}"
        every = f"MATCH (n:{quote(index.label)}) WHERE {stored} IS NOT NULL RETURN count(n)"
        return (
            Statement(nearest, parameters, (("int",),), origin="query"),
            Statement(every, {}, (("int",),), origin="query"),
        )
