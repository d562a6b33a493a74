"""How Neo4j spells what differs from standard openCypher."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from runic.ogm.backends._bolt_replies import PACKED
from runic.ogm.backends._neo4j_schema import Neo4jSchema
from runic.ogm.backends._neo4j_search import Neo4jSearch
from runic.ogm.conversion import NativeTypes
from runic.ogm.cypher.dialect import Dialect
from runic.ogm.identifiers import quote

if TYPE_CHECKING:
    from collections.abc import Sequence

_PACK = "WITH collect(__row) AS __all UNWIND range(0, size(__all) - 1, 1000) AS __i RETURN __all[__i..__i + 1000]"


class Neo4jDialect(Neo4jSchema, Neo4jSearch, Dialect):
    """Neo4j 5 and later."""

    name = "neo4j"
    # One instant in two zones is not equal in Neo4j, and durations have no order: both are text that has.
    native: ClassVar[NativeTypes] = NativeTypes(
        binary=True, date=True, naive_datetime=True, time=True, geo_location=True, non_finite=True
    )

    def render_keyed_nodes(self, alias: str, label: str, key: str, values: str, condition: str = "") -> str:
        """Return a condition on the list: without an index it scans the label once, not once for each value."""
        found = f"MATCH ({alias}:{quote(label)}) WHERE {self.render_property(alias, key)} IN {values}"
        return f"{found} AND {condition}" if condition else found

    def render_lock(self, alias: str, label: str) -> str:
        """Return SET of a label that is there: Neo4j reads without locks, and would overwrite what came between."""
        return f"SET {alias}:{quote(label)}"

    def render_return(self, columns: Sequence[str], tail: str = "") -> str:
        """Return the rows as lists, many in a record: a record costs far more than the values in it."""
        return f"WITH [{', '.join(columns)}] AS __row{tail} {_PACK} AS {PACKED}"

    def render_parts(self, prefix: str, carry: str, parts: Sequence[tuple[str, Sequence[str]]]) -> str:
        """Return the prefix once, and one subquery whose branches are the parts, the rows of each packed."""
        branches = " UNION ALL ".join(
            f"UNWIND _roots AS {carry} {body} {self.render_return(columns)}, {index} AS __table".replace("  ", " ")
            for index, (body, columns) in enumerate(parts)
        )
        return f"{prefix} WITH collect({carry}) AS _roots CALL (_roots) {{ {branches} }} RETURN {PACKED}, __table"
