"""How Neo4j spells what differs from standard openCypher."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from runic.ogm.conversion import NativeTypes
from runic.ogm.cypher.dialect import Dialect
from runic.ogm.cypher.statement import Statement
from runic.ogm.identifiers import quote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runic.ogm.exceptions import DatabaseError
    from runic.ogm.model.metadata import NodeMeta


class Neo4jDialect(Dialect):
    """Neo4j 5 and later."""

    name = "neo4j"
    # One instant in two zones is not equal in Neo4j, and durations have no order: both are text that has.
    native: ClassVar[NativeTypes] = NativeTypes(
        binary=True, date=True, naive_datetime=True, time=True, geo_location=True, non_finite=True
    )

    def render_parts(self, prefix: str, carry: str, parts: Sequence[tuple[str, Sequence[str]]]) -> str:
        """Return the prefix once, and one subquery whose branches are the parts."""
        width = max(len(columns) for _, columns in parts)
        branches = " UNION ALL ".join(
            f"WITH _roots UNWIND _roots AS {carry} {body} RETURN {_columns(columns, width, index)}".replace("  ", " ")
            for index, (body, columns) in enumerate(parts)
        )
        names = ", ".join(f"c{i}" for i in range(width + 1))
        return f"{prefix} WITH collect({carry}) AS _roots CALL {{ {branches} }} RETURN {names}"

    def ddl_key(self, meta: NodeMeta) -> list[Statement]:
        """Return what makes the key of a class indexed and unique."""
        label, name = quote(meta.primary_label), quote(meta.key.graph_name)
        text = f"CREATE CONSTRAINT IF NOT EXISTS FOR (n:{label}) REQUIRE n.{name} IS UNIQUE"
        return [Statement(text, {}, write=True, origin="schema")]

    def key_index_statement(self, meta: NodeMeta) -> Statement:
        """Return a statement with one row if the key of a class has its index."""
        return Statement(
            "SHOW INDEXES YIELD labelsOrTypes, properties, type "
            "WHERE type = 'RANGE' AND labelsOrTypes = [$label] AND properties = [$name] RETURN 1 AS found",
            {"label": meta.primary_label, "name": meta.key.graph_name},
            tables=(("int",),),
            origin="schema",
        )

    def is_already_there(self, error: DatabaseError) -> bool:
        """Tell whether an error of `ddl_key` only says that the work was done before."""
        text = str(error)
        return "already exists" in text or "EquivalentSchemaRule" in text


def _columns(columns: Sequence[str], width: int, index: int) -> str:
    padded = [*columns, *["null"] * (width - len(columns)), str(index)]
    return ", ".join(f"{text} AS c{position}" for position, text in enumerate(padded))
