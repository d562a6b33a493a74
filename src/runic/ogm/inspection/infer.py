"""Facts to classes: names, properties where they are first common, relations with direction and cardinality."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runic.ogm.inspection.description import (
    EdgeDescription,
    ModelDescription,
    NodeDescription,
    PropertyDescription,
    RelationDescription,
)
from runic.ogm.inspection.hierarchy import Kind, build_kinds
from runic.ogm.inspection.names import attribute_name, class_name, relation_name
from runic.ogm.inspection.types import annotation_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runic.ogm.conversion import NativeTypes
    from runic.ogm.inspection.facts import EdgeFacts, Facts, Labels, Values


def describe(facts: Facts, native: NativeTypes) -> ModelDescription:
    """Return the classes for a graph of which these facts are known."""
    return _Description(facts, native).result()


class _Description:
    def __init__(self, facts: Facts, native: NativeTypes) -> None:
        self._facts, self._native = facts, native
        self._kinds = build_kinds(facts)
        self._names: dict[Labels, str] = {}
        self._edge_names: dict[str, str] = {}
        self._taken: dict[Labels, set[str]] = {}
        self._name_classes()

    def result(self) -> ModelDescription:
        """Return what was found."""
        properties = {labels: self._properties(kind) for labels, kind in self._kinds.items()}
        relations = {labels: list(self._relations(kind)) for labels, kind in self._kinds.items()}
        nodes = [self._node(kind, properties[labels], relations[labels]) for labels, kind in self._kinds.items()]
        edges = [self._edge(facts) for facts in self._facts.edges.values() if facts.type in self._edge_names]
        return ModelDescription(nodes, edges, tuple(self._notes()))

    def _name_classes(self) -> None:
        taken: set[str] = set()
        for labels, kind in self._kinds.items():
            inherited = frozenset[str]().union(*(parent.labels for parent in kind.parents))
            if kind.labels == inherited:  # nothing but what several parents have
                inherited = kind.parents[0].labels.intersection(*(parent.labels for parent in kind.parents))
            own = [label for label in _ordered(kind) if label not in inherited]
            self._names[labels] = class_name(" ".join(own), taken)
            taken.add(self._names[labels])
        for name, facts in sorted(self._facts.edges.items()):
            if facts.properties and self._is_placed(facts):
                self._edge_names[name] = class_name(name, taken)
                taken.add(self._edge_names[name])
        self._taken = {labels: set(taken) for labels in self._kinds}

    def _is_placed(self, facts: EdgeFacts) -> bool:
        return any(start in self._kinds and end in self._kinds for start, end in facts.ends)

    def _node(
        self, kind: Kind, properties: list[PropertyDescription], relations: list[RelationDescription]
    ) -> NodeDescription:
        facts = kind.facts
        return NodeDescription(
            self._names[kind.labels], _ordered(kind), kind.primary_label,
            [self._names[parent.labels] for parent in kind.parents],
            0 if facts is None else facts.count, 0 if facts is None else facts.sampled, properties, relations,
        )  # fmt: skip

    # -- properties

    def _tree(self, kind: Kind) -> list[Kind]:
        return [other for other in self._kinds.values() if other is kind or kind in other.ancestors()]

    def _properties(self, kind: Kind) -> list[PropertyDescription]:
        """Return the properties that a class is the first of its line to have, as all nodes with its labels do."""
        tree = [facts for labels, facts in self._facts.nodes.items() if labels >= kind.labels]
        above = {name for other in kind.ancestors() for name in self._own_names(other)}
        names = sorted(self._own_names(kind) - above, key=lambda name: (name != kind.key, name))
        found: list[PropertyDescription] = []
        for name in names:
            parts = [facts.properties[name] for facts in tree if name in facts.properties]
            complete = sum(part.present for part in parts) == sum(facts.count for facts in tree)
            is_key = name == kind.key
            found.append(self._property(name, parts, self._taken_below(kind), optional=not complete, key=is_key))
            self._spread(kind, found[-1].name)
        return found

    def _own_names(self, kind: Kind) -> set[str]:
        """Return the properties of a class's own nodes; where there are none, those that all its children have."""
        if kind.facts is not None:
            return set(kind.facts.properties)
        children = [self._own_names(other) for other in self._kinds.values() if kind in other.parents]
        return {kind.key} | {name for name in children[0] if all(name in own for own in children)}

    def _property(
        self, name: str, parts: list[Values], taken: set[str], *, optional: bool, key: bool
    ) -> PropertyDescription:
        values: list[Any] = [value for part in parts for value in part.sample]
        own = attribute_name(name, taken)
        return PropertyDescription(own, name, annotation_of(values, self._native), optional=optional, key=key)

    def _taken_below(self, kind: Kind) -> set[str]:
        """Return the names that a class and its subclasses have."""
        return set[str]().union(*(self._taken[other.labels] for other in self._tree(kind)))

    def _spread(self, kind: Kind, name: str) -> None:
        """Take a name in a class and in all its subclasses."""
        for other in self._tree(kind):
            self._taken[other.labels].add(name)

    def _edge(self, facts: EdgeFacts) -> EdgeDescription:
        taken = {*self._names.values(), *self._edge_names.values()}
        found: list[PropertyDescription] = []
        for name in sorted(facts.properties, key=lambda name: (name != facts.key, name)):
            values = facts.properties[name]
            optional = values.present < facts.count
            found.append(self._property(name, [values], taken, optional=optional, key=name == facts.key))
            taken.add(found[-1].name)
        return EdgeDescription(self._edge_names[facts.type], facts.type, facts.count, facts.sampled, found)

    # -- relations

    def _relations(self, kind: Kind) -> Iterator[RelationDescription]:
        for _, facts in sorted(self._facts.edges.items()):
            for outgoing in (True, False):
                ends = self._ends(facts, outgoing=outgoing)
                if kind.labels not in ends or any(other.labels in ends for other in kind.ancestors()):
                    continue
                tree = {labels for labels in ends if labels >= kind.labels}
                targets = {target for labels in tree for target in ends[labels]}
                fans = facts.fan_out if outgoing else facts.fan_in
                name = relation_name(facts.type if outgoing else f"{facts.type}_from", self._taken_below(kind))
                self._spread(kind, name)
                yield RelationDescription(
                    name, facts.type, "OUTGOING" if outgoing else "INCOMING", self._smallest(targets),
                    max(fans.get(labels, 0) for labels in tree) > 1, self._edge_names.get(facts.type),
                )  # fmt: skip

    def _ends(self, facts: EdgeFacts, *, outgoing: bool) -> dict[Labels, set[Labels]]:
        """Return to which classes the edges of a type lead, by the class at the other end."""
        found: dict[Labels, set[Labels]] = {}
        for start, end in facts.ends:
            if start in self._kinds and end in self._kinds:
                here, there = (start, end) if outgoing else (end, start)
                found.setdefault(here, set()).add(there)
        return found

    def _smallest(self, targets: set[Labels]) -> list[str]:
        """Return the names of classes without those whose ancestors are there, too."""
        return sorted(
            self._names[labels]
            for labels in targets
            if not any(other.labels in targets for other in self._kinds[labels].ancestors())
        )

    # -- what has no place

    def _notes(self) -> Iterator[str]:
        facts = self._facts
        for name, what in sorted(facts.unnamed.items()):
            yield f"The {what} {name!a} holds what no statement may; it is left out."
        if facts.unlabelled:
            yield f"{facts.unlabelled:,} nodes have no label that could be a class's; they are left out."
        for labels, kind in facts.nodes.items():
            if labels not in self._kinds:
                named = ", ".join(map(ascii, sorted(labels)))
                yield (
                    f"{kind.count:,} nodes with the labels {named} have no key: no property is text, or a whole "
                    "number, on each of them and different on all. They are left out."
                )
        for edge in facts.edges.values():
            lost = sum(n for ends, n in edge.ends.items() if not self._kinds.keys() >= set(ends))
            if lost:
                yield f"{lost:,} edges of the type {edge.type!a} begin or end at such nodes; they are left out."
            if edge.parallel and edge.key is None:
                yield (
                    f"{edge.parallel:,} pairs of nodes have several edges of the type {edge.type!a}, which no "
                    "property tells apart: they can be read, but a new one would be merged with them."
                )


def _ordered(kind: Kind) -> list[str]:
    """Return the labels as they are declared: those of the parents, in their order, then the others."""
    inherited = list(dict.fromkeys(label for parent in kind.parents for label in _ordered(parent)))
    inherited = inherited or [kind.primary_label]
    return [*inherited, *sorted(kind.labels - set(inherited))]
