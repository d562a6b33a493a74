"""What the database says of a graph: counts of all of it, values of a bounded sample."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from runic.ogm.cypher.inspect import Explorer
from runic.ogm.exceptions import QueryError
from runic.ogm.identifiers import check_name
from runic.ogm.inspection.keys import edge_candidates, node_candidates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.statement import Operation, Statement, Table

Labels: TypeAlias = frozenset[str]
RARE = 100
"""How many values are read of a property that no node of the sample has."""


@dataclass
class Values:
    """One property of some nodes or edges: how many have it, and values of it."""

    present: int
    sample: list[Any] = field(default_factory=list[Any])


@dataclass
class NodeFacts:
    """The nodes with just these labels."""

    labels: Labels
    count: int = 0
    sampled: int = 0
    properties: dict[str, Values] = field(default_factory=dict[str, Values])


@dataclass
class EdgeFacts:
    """The edges of one type. `ends`: how many lead from which labels to which.

    fan_out, fan_in: by the labels of the one end, how many nodes one of these is tied to at most. parallel: how many
    pairs of nodes have several edges. key: the property that tells such edges apart.
    """

    type: str
    count: int = 0
    sampled: int = 0
    ends: dict[tuple[Labels, Labels], int] = field(default_factory=dict[tuple[Labels, Labels], int])
    properties: dict[str, Values] = field(default_factory=dict[str, Values])
    fan_out: dict[Labels, int] = field(default_factory=dict[Labels, int])
    fan_in: dict[Labels, int] = field(default_factory=dict[Labels, int])
    parallel: int = 0
    key: str | None = None


@dataclass
class Facts:
    """A graph. `keys`: by label, the property that all its nodes have and no two share; `unnamed`: what has no place.

    unlabelled: how many nodes have no label (that a statement can name).
    """

    nodes: dict[Labels, NodeFacts] = field(default_factory=dict[Labels, NodeFacts])
    edges: dict[str, EdgeFacts] = field(default_factory=dict[str, EdgeFacts])
    keys: dict[str, str] = field(default_factory=dict[str, str])
    unlabelled: int = 0
    unnamed: dict[str, str] = field(default_factory=dict[str, str])


def read_facts(dialect: Dialect, sample: int) -> Operation[Facts]:
    """Read what is to be known of a graph; of each label set and each type at most `sample` are read whole."""
    reader = _Reader(dialect, sample)
    yield from reader.read_nodes()
    yield from reader.read_keys()
    yield from reader.read_edges()
    return reader.facts


class _Reader:
    def __init__(self, dialect: Dialect, sample: int) -> None:
        self.facts = Facts()
        self._sample = sample
        self._explorer = Explorer(dialect)
        self._shown = dialect.shown_name

    def read_nodes(self) -> Operation[None]:
        rows = yield from _ask(self._explorer.label_sets())
        for stored, count in rows:
            known = sorted(self._labels(stored))
            if not known:
                self.facts.unlabelled += count
                continue
            facts = self.facts.nodes.setdefault(frozenset(known), NodeFacts(frozenset(known)))
            facts.count += count
            names = yield from _ask(self._explorer.node_properties(known, stored))
            sample = self._explorer.node_sample(known, stored, self._sample)
            rare = partial(self._explorer.node_values, known, stored, size=RARE)
            facts.sampled += yield from self._read_values(facts.properties, names, sample, rare)

    def read_edges(self) -> Operation[None]:
        rows = yield from _ask(self._explorer.edge_kinds())
        for start, kind, end, count in rows:
            for name in self._named([self._shown(kind)], "type"):
                facts = self.facts.edges.setdefault(name, EdgeFacts(name))
                facts.count += count
                ends = (self._labels(start), self._labels(end))
                facts.ends[ends] = facts.ends.get(ends, 0) + count
        for facts in self.facts.edges.values():
            yield from self._read_edge(facts)

    def _read_edge(self, facts: EdgeFacts) -> Operation[None]:
        kind, explorer = facts.type, self._explorer
        names = yield from _ask(explorer.edge_properties(kind))
        sample, rare = explorer.edge_sample(kind, self._sample), partial(explorer.edge_values, kind, size=RARE)
        facts.sampled = yield from self._read_values(facts.properties, names, sample, rare)
        for end, fans in (("a", facts.fan_out), ("b", facts.fan_in)):
            for labels, fan in (yield from _ask(explorer.fan(kind, end))):
                fans[self._labels(labels)] = max(fan, fans.get(self._labels(labels), 0))
        facts.parallel = yield from _ask_number(explorer.parallel(kind))
        for name in edge_candidates(facts) if facts.parallel else ():
            if (yield from _ask_number(explorer.parallel(kind, name))) == 0:
                facts.key = name
                return

    def read_keys(self) -> Operation[None]:
        """Ask of each label for its first candidate that is unique; the counts are of all nodes."""
        for label in sorted({label for labels in self.facts.nodes for label in labels}):
            for name in node_candidates(self.facts, label):
                ((nodes, some, different),) = yield from _ask(self._explorer.distinct(label, name))
                if nodes == some == different:
                    self.facts.keys[label] = name
                    break

    def _read_values(
        self, properties: dict[str, Values], names: Table, sample: Statement, read_rare: Callable[..., Statement]
    ) -> Operation[int]:
        """Read which properties there are, how often, and values of each; return how many nodes or edges were read."""
        found: dict[str, list[Any]] = defaultdict(list)
        rows = yield from _ask(sample)
        for (row,) in rows:
            for name, value in row.items():
                found[name].append(value)
        counts = {str(name): int(count) for name, count in names}
        for name in self._named(counts, "property"):
            if name not in found:
                rare = yield from _ask(read_rare(name=name))
                found[name] = [value for (value,) in rare]
            known = properties.setdefault(name, Values(0))
            known.present += counts[name]
            known.sample += [value for value in found[name] if value is not None]
        return len(rows)

    def _labels(self, stored: Iterable[str]) -> Labels:
        return frozenset(self._named(map(self._shown, stored), "label"))

    def _named(self, names: Iterable[str], what: str) -> list[str]:
        """Return the names that may stand in a statement, and note the others."""
        good: list[str] = []
        for name in names:
            try:
                good.append(check_name(name, what))
            except QueryError:
                self.facts.unnamed[name] = what
        return good


def _ask(statement: Statement) -> Operation[Table]:
    reply = yield statement
    return reply.tables[0]


def _ask_number(statement: Statement) -> Operation[int]:
    reply = yield statement
    number: int = reply.tables[0][0][0]
    return number
