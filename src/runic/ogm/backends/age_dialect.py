"""How Apache AGE spells what differs from standard openCypher."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from runic.ogm.backends._age_names import shown_name, stored_name
from runic.ogm.backends._age_schema import AgeSchema
from runic.ogm.backends._age_search import AgeSearch
from runic.ogm.conversion import NativeTypes
from runic.ogm.cypher.dialect import Dialect
from runic.ogm.cypher.questions import RepeatStart
from runic.ogm.exceptions import UnsupportedFeatureError
from runic.ogm.identifiers import quote
from runic.ogm.model.indexes import own_label
from runic.ogm.model.metadata import NodeMeta
from runic.ogm.model.registry import metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from runic.ogm.cypher.patterns import Hop, Shortest
    from runic.ogm.cypher.statement import Wire
    from runic.ogm.model.metadata import ClassMeta


ELEMENT = "_x"
"""The variable of comprehensions over paths."""
_PAGING = re.compile(r"(?: SKIP \$\w+)?(?: LIMIT \$\w+)?$")
_ALL = re.compile(r"MATCH (\((\w+):`(?:[^`]|``)+`\))")
"""What binds every vertex of a label."""
_FIRST = "WITH {} LIMIT 1000000000"
"""Lets the planner find all that comes before it on its own."""
_BARRIER = _FIRST.format("{}, row") + " WHERE {} IS NULL"
"""Goes on with what was not found. Without the limit PostgreSQL would leave out the rest before SET has seen it."""


class AgeDialect(AgeSchema, AgeSearch, Dialect):
    """Apache AGE 1.6 and later: one label a vertex, hierarchies by inheritance of tables, no MERGE."""

    name = "age"
    indexes_integers_below = 2**53  # within an index neighbours count as equal, outside they do not
    native: ClassVar[NativeTypes] = NativeTypes(non_finite=True)
    supports_undirected_merge = False  # of the two orders of one pair within a batch
    supports_multiple_labels = False
    counts_merged = False  # MERGE of nodes scans, of edges it writes wrong ends on some builds: OPTIONAL MATCH instead
    orders_distinct = False
    knows_empty_lists = False
    asks_in_optional_steps = False  # the row is lost where EXISTS { } is false
    looks_back_by_index = False  # 41 ms for 3,000 vertices, 0.1 with the condition right behind its MATCH
    schema_in_transactions = True
    supports_explain = True
    supports_profile = True
    orders_by_subqueries = False
    keeps_equal_paths = False  # the first path of each row is told by what the rows hold
    id_wire: ClassVar[Wire] = "int"

    def check_class(self, meta: ClassMeta) -> None:
        """Raise UnsupportedFeatureError for two classes that would share a table."""
        if not isinstance(meta, NodeMeta):
            return
        own = own_label(meta)
        for cls in metadata.all_nodes():
            if cls is not meta.cls and own_label(cls.__meta__) == own:
                raise UnsupportedFeatureError(
                    f"{meta.name} and {cls.__name__} both add the label {own!r}, and a vertex of Apache AGE has one: "
                    "give each class a label of its own, in front of others that it adds"
                )
            for relation in cls.__meta__.relations.values():
                if relation.type in meta.labels:
                    raise UnsupportedFeatureError(
                        f"{meta.name} has the label {relation.type!r}, which is the type of the edges of {relation!r}: "
                        "Apache AGE keeps both in tables, whose names must differ"
                    )

    def render_labels(self, labels: Iterable[str]) -> str:
        """Return the one label that finds the vertices of a class and of its subclasses."""
        given = tuple(labels)
        return f":{quote(_own_of(given))}" if given else ""

    def render_label_test(self, alias: str, labels: Iterable[str]) -> str:
        """Return the condition that a vertex is of a class that carries all of `labels`."""
        wanted = frozenset(labels)
        found = {own_label(cls.__meta__) for cls in metadata.all_nodes() if wanted <= {*cls.__meta__.labels}}
        names = ", ".join(f"'{stored_name(label)}'" for label in sorted(found or wanted))
        return f"label({alias}) IN [{names}]"

    def all_labels(self, labels: Iterable[object]) -> Iterable[object]:
        """Return also the labels of the class whose own one a vertex has: within a list AGE tells just that."""
        told = {*labels}
        classes = [cls for cls in metadata.all_nodes() if own_label(cls.__meta__) in told]
        return told.union(*(cls.__meta__.labels for cls in classes))

    def render_property(self, alias: str, graph_name: str) -> str:
        """Return access to a property; what a comprehension goes through has none but those of its map."""
        return f"{f'properties({alias})' if alias == ELEMENT else alias}.{quote(graph_name)}"

    def render_keyed_node(self, alias: str, label: str, key: str, value: str, condition: str = "") -> str:
        """Return MATCH by a condition: a map would be searched in every vertex."""
        also = f" AND {condition}" if condition else ""
        return f"MATCH ({alias}:{quote(label)}) WHERE {alias}.{quote(key)} = {value}{also}"

    def shown_name(self, stored: str) -> str:
        """Return a label or type as it was declared, without the escapes of AGE's table names."""
        return shown_name(stored)

    def render_id(self, alias: str) -> str:
        """Return the number that AGE gives a vertex or an edge."""
        return f"id({alias})"

    def render_start_id(self, edge: str) -> str:
        """Return the number of the vertex where an edge begins."""
        return f"start_id({edge})"

    def render_any(self, variable: str, values: str, condition: str) -> str:
        """Return the condition as the size of a list: there is no any()."""
        return f"size([{variable} IN {values} WHERE {condition}]) > 0"

    def render_first(self, source: str, target: str, edge: str, order: str, count: str) -> str:
        """Return what keeps the first targets: collect(DISTINCT) would sort them, and so may grouping by the source."""
        once = f"WITH DISTINCT {source}, {target} " if f"{edge}." not in order else ""
        carried = f"{source}, {target}" if once else f"{source}, {target}, {edge}"
        return (
            f"{once}WITH {carried} ORDER BY {source}, {order} "
            f"WITH {source}, collect({target})[0..{count}] AS _some UNWIND _some AS {target}"
        )

    def render_merge_node(
        self, labels: Sequence[str], key: str, properties: str, changes: str, vectors: Sequence[str],
        fits: Callable[[str], str] | None = None, made: str = "",
    ) -> str:  # fmt: skip
        """Return what finds the node and sets it, or makes it; it gives a result for each that it made."""
        del vectors, fits, made  # a vertex of another class fails the batch before this
        own = self.render_labels(labels)
        found = f"OPTIONAL MATCH (n:{quote(labels[0])}) WHERE {_condition('n', key)}"
        return f"{found} SET {changes} {_BARRIER.format('n', 'n')} CREATE ({own}{properties})"

    def render_relate(self, edge: str, key: str, properties: str, changes: str, vectors: Sequence[str]) -> str:
        """Return what finds the edge and sets it, or makes it; it gives a result for each that it made."""
        del vectors
        return _relate("->", edge, key, properties, changes)

    def render_undirected_relate(self, edge: str, key: str, properties: str, changes: str) -> str:
        """Return what `render_relate` does, where an edge of the other direction is found as well."""
        return _relate("-", edge, key, properties, changes)

    def render_hop(self, hop: Hop, keyword: str) -> str:
        """Return an undirected hop in two clauses: a pattern without direction is tried with every pair of vertices.

        What it starts from is found before it, where the planner would begin with all edges: 8,000 against 270 ms.
        """
        if hop.relation.direction != "BOTH":
            return hop.match(keyword)
        source, edge = f"id({hop.source})", hop.edge
        ends = f"start_id({edge})", f"end_id({edge})"
        other = f"CASE WHEN {ends[0]} = {source} THEN {ends[1]} ELSE {ends[0]} END"
        conditions = " AND ".join((f"id({hop.target}) = {other}", *hop.conditions))
        return (
            f"{_FIRST.format(hop.source)} {keyword} ()-[{edge}:{quote(hop.relation.type)}]->() "
            f"WHERE {ends[0]} = {source} OR {ends[1]} = {source} "
            f"{keyword} ({hop.target}{hop.labels}) WHERE {conditions}"
        )

    def render_shortest_path(self, shortest: Shortest, carry: str) -> str:
        """Return what matches every path and keeps the shortest: there is no function for it."""
        path = shortest.path
        return (
            f"MATCH {path} = {shortest.pattern()} WITH {carry}, {path} ORDER BY {carry}, length({path}) "
            f"WITH {carry}, collect({path})[0] AS {path}"
        )

    def render_repeat_start(self, source: str, sure: str, carried: str, *, optional: bool) -> RepeatStart:
        """Return a start that is not null, from which AGE raises an error: another node's way counts for nothing."""
        if not optional:
            return RepeatStart(source, f"WITH {carried} WHERE {source} IS NOT NULL")
        clause = f"WITH {carried}, coalesce({source}, {sure}) AS _start"
        return RepeatStart("_start", clause, (f"{source} IS NOT NULL",))

    def render_sum(self, total: str) -> str:
        """Return a sum that is 0 where AGE has null."""
        return f"coalesce({total}, 0)"

    def render_parts(self, prefix: str, carry: str, parts: Sequence[tuple[str, Sequence[str]]]) -> str:
        """Return the parts joined by UNION ALL, each with the prefix: no subquery could run it once.

        A prefix that takes some of its nodes is given an order without ties, so that each part has the same.
        """
        paging = _PAGING.search(prefix)
        if paging is not None and paging[0]:
            head = prefix[: paging.start()]
            last = head[head.rfind("WITH ") :]
            order = f", {self.render_id(carry)}" if " ORDER BY " in last else f" ORDER BY {self.render_id(carry)}"
            prefix = head + order + paging[0]
        branches = [
            f"{_follow(prefix, body)} RETURN {', '.join([*columns, str(index)])}"
            for index, (body, columns) in enumerate(parts)
        ]
        return " UNION ALL ".join(branches)


def _follow(prefix: str, body: str) -> str:
    """Return the prefix and what goes on from it, as one pattern where it can be: two are a join more."""
    every = _ALL.fullmatch(prefix)
    if every is not None and body.startswith((f"MATCH ({every[2]})-", f"MATCH ({every[2]})<")):
        return body.replace(f"({every[2]})", every[1], 1)
    return f"{prefix} {body}" if body else prefix


def _relate(arrow: str, edge: str, key: str, properties: str, changes: str) -> str:
    where = f" WHERE {_condition('r', key)}" if key else ""
    done = f" SET {changes}" if changes else ""
    carried = _BARRIER.format("a, b, r", "r")
    return f"OPTIONAL MATCH (a)-[r{edge}]{arrow}(b){where}{done} {carried} CREATE (a)-[{edge}{properties}]->(b)"


def _condition(alias: str, key: str) -> str:
    """Return the condition that a map of one property stands for."""
    name, _, value = key.strip()[1:-1].partition(": ")
    return f"{alias}.{name} = {value}"


def _own_of(labels: tuple[str, ...]) -> str:
    """Return the label that a class adds to those of its parents."""
    wanted = frozenset(labels)
    for cls in metadata.all_nodes():
        if wanted == {*cls.__meta__.labels}:
            return own_label(cls.__meta__)
    return labels[-1]
