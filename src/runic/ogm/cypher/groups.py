"""MATCH clauses in the making."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runic.ogm.cypher.related import Computed, where
from runic.ogm.expressions import Junction
from runic.ogm.query.scope import attributes

if TYPE_CHECKING:
    from collections.abc import Collection

    from runic.ogm.query.pattern import Place, Places


@dataclass(slots=True)
class Group:
    """MATCH clauses that share a WHERE: the database chooses where it begins.

    They are clauses of their own, so that two steps may use the same edge. late: conditions on what is computed in
    a WITH after them. asks: a condition holds a subquery. several: more than one way may lead from start to end.
    """

    patterns: list[str] = field(default_factory=list[str])
    conditions: list[str] = field(default_factory=list[str])
    late: list[str] = field(default_factory=list[str])
    computed: list[Computed] = field(default_factory=list[Computed])
    steps: int = 0
    several: bool = False
    asks: bool = False

    def match(self) -> str:
        """Return the clauses."""
        text = " ".join(f"MATCH {pattern}" for pattern in self.patterns)
        return text + where(self.conditions)

    def decide_late(self, number: int = 0) -> None:
        """Let a WITH after the clauses compute whether the conditions hold, before it chooses by that."""
        if self.conditions:
            name = f"_kept{number or ''}"
            self.computed.append(Computed(name, " AND ".join(self.conditions)))
            self.conditions, self.late = [], [*self.late, name]


def looks_back(predicate: object, places: Places, before: Collection[Place]) -> bool:
    """Tell whether a condition, or a part of it that can be decided alone, speaks of nothing but places `before`."""
    if isinstance(predicate, Junction) and predicate.operator == "AND":
        return any(looks_back(part, places, before) for part in predicate.parts)
    return all(places[key] in before for key in attributes(predicate))
