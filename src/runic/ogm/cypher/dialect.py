"""How standard openCypher is spelt, and what a database can do; each backend overrides only what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from runic.ogm.conversion import NativeTypes
from runic.ogm.cypher.ddl import SchemaDialect
from runic.ogm.cypher.questions import QueryDialect
from runic.ogm.cypher.search import SearchDialect
from runic.ogm.identifiers import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from runic.ogm.conversion import Codec
    from runic.ogm.cypher.statement import Wire
    from runic.ogm.model.metadata import ClassMeta


class Dialect(SchemaDialect, QueryDialect, SearchDialect):
    """The standard; flags say what code outside chooses by, methods how one fragment is spelt."""

    name: ClassVar[str] = "cypher"
    native: ClassVar[NativeTypes] = NativeTypes()
    supports_transactions: ClassVar[bool] = True
    """Can several statements be undone together?"""
    supports_undirected_merge: ClassVar[bool] = True
    """Does MERGE (a)-[r:T]-(b) find an edge of either direction, also within one batch?"""
    relates_both_ways_once: ClassVar[bool] = True
    """Do writers who relate one pair from either end at once make one edge, of a relation without direction?"""
    supports_multiple_labels: ClassVar[bool] = True
    """Can a node carry several labels?"""
    supports_constraints: ClassVar[bool] = True
    """Does the database refuse a second node with the same unique property?"""
    supports_edge_constraints: ClassVar[bool] = True
    """Can it also do that for edges?"""
    supports_fulltext_index: ClassVar[bool] = True
    supports_vector_index: ClassVar[bool] = True
    supports_regex: ClassVar[bool] = True
    """Is there =~ ?"""
    compares_all_integers: ClassVar[bool] = True
    """Is -2**63 less than 2**63 - 1?"""
    refuses_nul: ClassVar[bool] = True
    """Is text with the character U+0000 no value of this database?"""
    supports_subqueries_in_where: ClassVar[bool] = True
    """Can a condition hold EXISTS { } and COUNT { }?"""
    removes_together: ClassVar[bool] = True
    """Can one SET remove several properties of a node or an edge?"""
    counts_merged: ClassVar[bool] = True
    """Does what makes sure of nodes or edges give one result for each row, found or made?"""
    schema_in_transactions: ClassVar[bool] = False
    """Are indexes made, and undone, with the transaction that needs them first?"""
    orders_distinct: ClassVar[bool] = True
    """Can WITH DISTINCT n be ordered by a property of n?"""
    orders_by_edges: ClassVar[bool] = True
    """Can WITH n be ordered by an edge that it does not hand on?"""

    undoes_names: ClassVar[bool] = False
    """Does undoing a write forget the names of properties that it had first, while its kept plan goes on with them?"""
    undoes_whole_units: ClassVar[bool] = True
    """Is a unit that fails undone also where it made nodes after it had deleted others?"""
    reads_snapshots: ClassVar[bool] = True
    """Does a statement that reads see each commit whole, or not at all?"""
    serialises_writes: ClassVar[bool] = False
    """Do writes of a graph run one after the other, so that each sees what the one before it left?"""

    id_wire: ClassVar[Wire] = "str"
    """What the database's own ids are."""
    scans_by_id: ClassVar[bool] = False
    """Do the nodes of a label come in the order of their ids, with those beyond an id found without the others?"""
    orders_by_index: ClassVar[bool] = False
    """Is a page in the order of a key read from the key's index, without a sort of all that is left?"""

    def check_class(self, meta: ClassMeta) -> None:
        """Raise UnsupportedFeatureError for a class whose labels, type or properties this database cannot hold."""

    def render_variable(self, name: str) -> str:
        """Return the variable, or the column, for a name that a user chose."""
        return quote(name)

    def render_labels(self, labels: Iterable[str]) -> str:
        """Return the labels of a node pattern, `:A:B`."""
        return "".join(f":{quote(label)}" for label in labels)

    def render_label_test(self, alias: str, labels: Iterable[str]) -> str:
        """Return the condition that a node carries all of `labels`."""
        return f"{alias}{self.render_labels(labels)}"

    def all_labels(self, labels: Iterable[object]) -> Iterable[object]:
        """Return the labels that a node has, of those that the database tells."""
        return labels

    def render_keyed_node(self, alias: str, label: str, key: str, value: str, condition: str = "") -> str:
        """Return MATCH of the node whose property `key` equals the expression `value`, by its index, and WHERE."""
        where = f" WHERE {condition}" if condition else ""
        return f"MATCH ({alias}:{quote(label)} {{{quote(key)}: {value}}}){where}"

    def render_keyed_nodes(self, alias: str, label: str, key: str, values: str, condition: str = "") -> str:
        """Return what binds the nodes whose property `key` is in the list `values`, which has each value once."""
        return f"UNWIND {values} AS k {self.render_keyed_node(alias, label, key, 'k', condition)}"

    def render_lock(self, alias: str, label: str) -> str:  # noqa: ARG002 - for dialects
        """Return what keeps others from changing a matched node, before a condition on it decides about a write.

        Nothing where the database itself refuses a write whose condition was decided by what has changed since.
        """
        return ""

    def render_ends_lock(self) -> str:
        """Return a write to the bound `a` and `b`, after which they are matched again for their edge, or nothing.

        It is for relations without direction, whose edges two writers may make from either end at once.
        """
        return ""

    def shown_name(self, stored: str) -> str:
        """Return the label or type that the database's functions call `stored`."""
        return stored

    def render_id(self, alias: str) -> str:
        """Return the database's own id of a node or an edge, which ties the parts of one reply together."""
        return f"elementId({alias})"

    def render_start_id(self, edge: str) -> str:
        """Return the database's own id of the node where an edge begins."""
        return self.render_id(f"startNode({edge})")

    def render_any(self, variable: str, values: str, condition: str) -> str:
        """Return the condition that one of a list's elements, as `variable`, fulfils a condition."""
        return f"any({variable} IN {values} WHERE {condition})"

    def render_first(self, source: str, target: str, edge: str, order: str, count: str) -> str:
        """Return what keeps the first `count` targets of each source, each once."""
        return (
            f"WITH {source}, {target}, {edge} ORDER BY {order} "
            f"WITH {source}, collect(DISTINCT {target})[0..{count}] AS _some UNWIND _some AS {target}"
        )

    def render_value(self, codec: Codec, expression: str) -> str:
        """Return how a parameter of this type is stored."""
        return f"{codec.function}({expression})" if codec.function else expression

    def render_changes(self, changes: Sequence[str], removals: Sequence[str]) -> str:
        """Return assignments as what follows SET; `removals` are those whose value may be null, in one row with others.

        There are removals only where `removes_together` is False. At the end of a clause, also within FOREACH.
        """
        return ", ".join([*changes, *removals])

    def render_set(self, alias: str, changes: str, vectors: Sequence[str]) -> str:  # noqa: ARG002 - for dialects
        """Return SET of assignments to a node or an edge, while `row` stays bound; `vectors` are those of vectors."""
        return f"SET {changes}"

    def render_property(self, alias: str, graph_name: str) -> str:
        """Return access to a property."""
        return f"{alias}.{quote(graph_name)}"

    def render_merge_node(
        self,
        labels: Sequence[str],
        key: str,
        properties: str,  # noqa: ARG002 - for dialects
        changes: str,
        vectors: Sequence[str],
        fits: Callable[[str], str] | None = None,
        made: str = "",
    ) -> str:
        """Return what makes sure of the node of `row`, found by its key, with its labels and properties.

        labels: the primary one first. key: the key, as a map. properties: all properties of a new node, as a map.
        changes: assignments to `n`; `vectors` are those of vectors. fits: gives the condition on a variable without
        which a node that is found gives no result. made: assignments that are for a new node alone, and are among the
        properties. No two rows of a batch have the same key.
        """
        others = f"n{self.render_labels(labels[1:])}, " if len(labels) > 1 else ""
        own = "" if fits is None else f"WITH row, n WHERE {fits('n')} "
        new = f"ON CREATE SET {made} " if made else ""
        return f"MERGE (n:{quote(labels[0])}{key}) {new}{own}{self.render_set('n', others + changes, vectors)}"

    def render_relate(
        self,
        edge: str,
        key: str,
        properties: str,  # noqa: ARG002 - for dialects
        changes: str,
        vectors: Sequence[str],
    ) -> str:
        """Return what makes sure of an edge from the bound `a` to `b`; the arguments of `render_undirected_relate`.

        vectors: those of the changes that are to vectors.
        """
        merge = f"MERGE (a)-[r{edge}{key}]->(b)"
        return f"{merge} {self.render_set('r', changes, vectors)}" if changes else merge

    def render_undirected_relate(
        self,
        edge: str,
        key: str,
        properties: str,  # noqa: ARG002 - for dialects
        changes: str,
    ) -> str:
        """Return what makes sure of one edge between the bound `a` and `b`, whatever its direction.

        edge: `:TYPE`. key: the properties that tell parallel edges apart, as a map, or nothing. properties: all
        properties of a new edge, as a map. changes: assignments to `r`, or nothing.
        """
        return f"MERGE (a)-[r{edge}{key}]-(b)" + (f" SET {changes}" if changes else "")

    def render_return(self, columns: Sequence[str], tail: str = "") -> str:
        """Return RETURN of the columns of a table; tail: ORDER BY, SKIP and LIMIT. The rows may arrive packed."""
        return f"RETURN {', '.join(columns)}{tail}"

    def render_parts(self, prefix: str, carry: str, parts: Sequence[tuple[str, Sequence[str]]]) -> str:
        """Return one statement that runs `prefix` once and then each part for every node bound to `carry`.

        parts: (body, columns): body matches on from the node (it may be empty), columns are the expressions of a row.
        The reply has one table a part; rows may be padded, and hold the part's index in their last column.
        """
        width = max(len(columns) for _, columns in parts)
        names = [f"c{position}" for position in range(width + 1)]
        branches: list[str] = []
        for index, (body, columns) in enumerate(parts):
            padded = [*columns, *["null"] * (width - len(columns)), str(index)]
            named = ", ".join(f"{text} AS {name}" for text, name in zip(padded, names, strict=True))
            branches.append(" ".join(filter(None, (f"WITH _roots UNWIND _roots AS {carry}", body, f"RETURN {named}"))))
        union = " UNION ALL ".join(branches)
        return f"{prefix} WITH collect({carry}) AS _roots CALL {{ {union} }} RETURN {', '.join(names)}"
