"""Label sets to classes: which set is a subclass of which, and by what key its nodes are told apart."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runic.ogm.inspection.facts import Facts, Labels, NodeFacts

MANY_SETS = 60
"""From so many label sets on labels are taken for tags: no base classes are made of what sets have in common."""


@dataclass(eq=False)
class Kind:
    """A class in the making; `facts` are None where no node has just these labels."""

    labels: Labels
    facts: NodeFacts | None
    parents: list[Kind]
    primary_label: str
    key: str

    @property
    def rank(self) -> tuple[int, int, list[str]]:
        """What parents are ordered by, largest first: a subclass before its own, or Python would refuse the bases."""
        return len(self.labels), 0 if self.facts is None else self.facts.count, sorted(self.labels)

    def ancestors(self) -> Iterator[Kind]:
        """Yield the parents, their parents, and so on, each once."""
        found: dict[int, Kind] = {}
        ahead = [*self.parents]
        while ahead:
            kind = ahead.pop(0)
            if id(kind) not in found:
                found[id(kind)] = kind
                ahead += kind.parents
        yield from found.values()


def build_kinds(facts: Facts) -> dict[Labels, Kind]:
    """Return the classes by their labels, parents first; a label set of which no label has a key has none."""
    found: dict[Labels, Kind] = {}
    for labels in sorted(_label_sets(facts), key=lambda labels: (len(labels), sorted(labels))):
        parents = _parents(labels, found, facts)
        if parents:
            place = (parents[0].primary_label, parents[0].key)
        else:
            places = [(label, facts.keys[label]) for label in _by_count(labels, facts) if label in facts.keys]
            if not places:
                continue
            place = places[0]
        found[labels] = Kind(labels, facts.nodes.get(labels), parents, *place)
    return _without_idle(found)


def _label_sets(facts: Facts) -> set[Labels]:
    """Return the label sets of nodes, and what two of them have in common."""
    stored = set(facts.nodes)
    if len(stored) > MANY_SETS:
        return stored
    return stored | {one & other for one, other in combinations(stored, 2) if one & other}


def _parents(labels: Labels, found: dict[Labels, Kind], facts: Facts) -> list[Kind]:
    """Return the largest class of which it has all labels, and those beside it that it can be at once."""
    chosen: list[Kind] = []
    for kind in _largest([kind for other, kind in found.items() if other < labels]):
        if all(_go_together(kind, other, facts) for other in chosen):
            chosen.append(kind)
    return chosen


def _largest(kinds: list[Kind]) -> list[Kind]:
    """Return those that are no parent of another, by their rank."""
    above = {id(ancestor) for kind in kinds for ancestor in kind.ancestors()}
    distinct = {id(kind): kind for kind in kinds if id(kind) not in above}
    return sorted(distinct.values(), key=lambda kind: kind.rank, reverse=True)


def _go_together(one: Kind, other: Kind, facts: Facts) -> bool:
    """Tell whether a class can have both parents: of one hierarchy, and each with names of its own."""
    if (one.primary_label, one.key) != (other.primary_label, other.key) or not one.labels & other.labels:
        return False
    lines = [one, *one.ancestors()], [other, *other.ancestors()]
    shared = {id(kind) for kind in lines[0]} & {id(kind) for kind in lines[1]}
    known = {name for kind in lines[0] if id(kind) in shared for name in _names(kind, facts)}
    first, second = ({n for k in line if id(k) not in shared for n in _names(k, facts)} for line in lines)
    return bool(shared) and first & second <= known


def _names(kind: Kind, facts: Facts) -> set[tuple[str, str]]:
    """Return the properties of a class's nodes, and the types of their edges by the direction."""
    stored = [set(other.properties) for labels, other in facts.nodes.items() if labels >= kind.labels]
    own = set(kind.facts.properties) if kind.facts is not None else stored[0].intersection(*stored)
    names = {("property", name) for name in own}
    for edge in facts.edges.values():
        for start, end in edge.ends:
            names |= {("out", edge.type)} if start == kind.labels else set()
            names |= {("in", edge.type)} if end == kind.labels else set()
    return names


def _by_count(labels: Labels, facts: Facts) -> list[str]:
    """Return labels, those of the most nodes first: the label of a whole hierarchy is its primary one."""
    counts = {label: sum(kind.count for known, kind in facts.nodes.items() if label in known) for label in labels}
    return sorted(labels, key=lambda label: (-counts[label], label))


def _without_idle(found: dict[Labels, Kind]) -> dict[Labels, Kind]:
    """Drop classes that no node has just the labels of and that join fewer than two others."""
    kept = dict(found)
    for labels, kind in reversed(list(found.items())):
        children = [other for other in kept.values() if kind in other.parents]
        if kind.facts is None and len(children) < 2:  # noqa: PLR2004 - a base class joins two
            del kept[labels]
            for child in children:
                child.parents = _largest([*(other for other in child.parents if other is not kind), *kind.parents])
    return kept
