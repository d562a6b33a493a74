"""The patterns of relations: one hop, several, and what they lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from runic.ogm.identifiers import quote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.model.base import Node
    from runic.ogm.model.metadata import RelationMeta
    from runic.ogm.query.pattern import Step


class Shortest(NamedTuple):
    """What binds `path` to the shortest path along a relation between two nodes that are bound."""

    path: str
    relation: RelationMeta
    source: str
    target: str
    max_hops: int | None

    def pattern(self, hops: str = "*1..") -> str:
        """Return the pattern of the whole path, as far as it may go."""
        bound = "" if self.max_hops is None else str(self.max_hops)
        return render_pattern(self.relation, self.source, "", self.target, hops + bound)


class Hop(NamedTuple):
    """One hop from a node that is bound: `labels` and `conditions` are of what it leads to, and of the edge."""

    relation: RelationMeta
    source: str
    edge: str
    target: str
    labels: str
    conditions: tuple[str, ...]

    def match(self, keyword: str) -> str:
        """Return the clause that finds the edge and the target together."""
        pattern = render_pattern(self.relation, self.source, self.edge, f"{self.target}{self.labels}")
        return f"{keyword} {pattern}" + (f" WHERE {' AND '.join(self.conditions)}" if self.conditions else "")


class Repeat(NamedTuple):
    """Several hops along a relation, `low` to `high` (None: any number); `path` is a name that is free for them."""

    relation: RelationMeta
    source: str
    target: str
    low: int
    high: int | None
    path: str

    def pattern(self) -> str:
        """Return the pattern of them all."""
        return render_pattern(self.relation, self.source, "", self.target, _hops(self.low, self.high))

    def chain(self) -> str:
        """Return the pattern with the hops that there must be one by one, and then those that there may be."""
        hops = [""] * self.low
        if self.high != self.low:
            hops.append(_hops(0, None if self.high is None else self.high - self.low))
        return f"({self.source}){'()'.join(_edge(self.relation, '', each) for each in hops)}({self.target})"


def render_pattern(relation: RelationMeta, source: str, edge: str, target: str, hops: str = "") -> str:
    """Return `(source)-[edge:TYPE]->(target)`, in the direction that the relation has as seen from its owner."""
    return f"({source}){_edge(relation, edge, hops)}({target})"


def _edge(relation: RelationMeta, edge: str, hops: str) -> str:
    left = "<-" if relation.direction == "INCOMING" else "-"
    right = "->" if relation.direction == "OUTGOING" else "-"
    return f"{left}[{edge}:{quote(relation.type)}{hops}]{right}"


def _hops(low: int, high: int | None) -> str:
    return f"*{low}..{'' if high is None else high}"


def render_targets(dialect: Dialect, classes: Sequence[type[Node]], alias: str) -> tuple[str, str]:
    """Return the labels of a node pattern for one class, or the condition that a node is of one of several."""
    if len(classes) == 1:
        return dialect.render_labels(classes[0].__meta__.labels), ""
    tests = [dialect.render_label_test(alias, cls.__meta__.labels) for cls in classes]
    return "", "(" + " OR ".join(f"({test})" for test in tests) + ")"


def render_step(dialect: Dialect, step: Step, source: str, edge: str, target: str, path: str) -> tuple[str, list[str]]:
    """Return the pattern of a step and conditions that belong to it; `path` is a name that is free for its path."""
    if step.hops is None:
        return render_pattern(step.relation, source, edge, target), []
    pattern, conditions = dialect.render_repeat(Repeat(step.relation, source, target, *step.hops, path))
    return pattern, [*conditions]
