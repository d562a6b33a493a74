"""The pattern of one relation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runic.ogm.identifiers import quote

if TYPE_CHECKING:
    from runic.ogm.model.metadata import RelationMeta


def render_pattern(relation: RelationMeta, source: str, edge: str, target: str, hops: str = "") -> str:
    """Return `(source)-[edge:TYPE]->(target)`, in the direction that the relation has as seen from its owner."""
    left = "<-" if relation.direction == "INCOMING" else "-"
    right = "->" if relation.direction == "OUTGOING" else "-"
    return f"({source}){left}[{edge}:{quote(relation.type)}{hops}]{right}({target})"
