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
    parent: Kind | None
    primary_label: str
    key: str

    def ancestors(self) -> Iterator[Kind]:
        """Yield the parent, its parent, and so on."""
        kind = self.parent
        while kind is not None:
            yield kind
            kind = kind.parent


def build_kinds(facts: Facts) -> dict[Labels, Kind]:
    """Return the classes by their labels, parents first; a label set of which no label has a key has none."""
    found: dict[Labels, Kind] = {}
    for labels in sorted(_label_sets(facts), key=lambda labels: (len(labels), sorted(labels))):
        parent = _parent(labels, found)
        if parent is not None:
            place = (parent.primary_label, parent.key)
        else:
            places = [(label, facts.keys[label]) for label in _by_count(labels, facts) if label in facts.keys]
            if not places:
                continue
            place = places[0]
        found[labels] = Kind(labels, facts.nodes.get(labels), parent, *place)
    return _without_idle(found)


def _label_sets(facts: Facts) -> set[Labels]:
    """Return the label sets of nodes, and what two of them have in common."""
    stored = set(facts.nodes)
    if len(stored) > MANY_SETS:
        return stored
    return stored | {one & other for one, other in combinations(stored, 2) if one & other}


def _parent(labels: Labels, found: dict[Labels, Kind]) -> Kind | None:
    candidates = [kind for other, kind in found.items() if other < labels]
    return max(candidates, key=lambda kind: (len(kind.labels), _count(kind), sorted(kind.labels)), default=None)


def _count(kind: Kind) -> int:
    return 0 if kind.facts is None else kind.facts.count


def _by_count(labels: Labels, facts: Facts) -> list[str]:
    """Return labels, those of the most nodes first: the label of a whole hierarchy is its primary one."""
    counts = {label: sum(kind.count for known, kind in facts.nodes.items() if label in known) for label in labels}
    return sorted(labels, key=lambda label: (-counts[label], label))


def _without_idle(found: dict[Labels, Kind]) -> dict[Labels, Kind]:
    """Drop classes that no node has just the labels of and that join fewer than two others."""
    kept = dict(found)
    for labels, kind in reversed(list(found.items())):
        children = [other for other in kept.values() if other.parent is kind]
        if kind.facts is None and len(children) < 2:  # noqa: PLR2004 - a base class joins two
            del kept[labels]
            for child in children:
                child.parent = kind.parent
    return kept
