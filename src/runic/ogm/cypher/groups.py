"""MATCH clauses in the making."""

from __future__ import annotations

from dataclasses import dataclass, field

from runic.ogm.cypher.related import Computed, where


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
