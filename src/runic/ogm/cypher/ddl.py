"""Indexes and constraints as plain data, and what a dialect must say of them; no database is named here."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple, TypeAlias

from runic.ogm.cypher.statement import Statement
from runic.ogm.exceptions import UnsupportedFeatureError
from runic.ogm.identifiers import quote

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from runic.ogm.cypher.statement import Reply, Wire
    from runic.ogm.exceptions import DatabaseError
    from runic.ogm.model.metadata import ClassMeta, NodeMeta

ItemKind: TypeAlias = Literal["index", "unique", "fulltext", "vector"]
Side: TypeAlias = Literal["node", "edge"]
State: TypeAlias = Literal["ready", "building", "failed"]

_WORDS = {"index": "index", "unique": "unique constraint", "fulltext": "full-text index", "vector": "vector index"}


@dataclass(frozen=True, slots=True)
class SchemaItem:
    """One index or constraint, declared or found.

    kind: "index" (for equality and ranges), "unique", "fulltext" or "vector". label: of nodes, or the type of edges.
    properties: their names in the graph; those of a full-text index and of a unique constraint in alphabetical order.
    dimensions and similarity: of a vector index. owner: the class that declares it, for messages only.
    """

    kind: ItemKind
    side: Side
    label: str
    properties: tuple[str, ...]
    dimensions: int | None = None
    similarity: str | None = None
    owner: str = field(default="", compare=False)

    @property
    def place(self) -> tuple[object, ...]:
        """What only one item of a database can have: two of one place differ, and do not stand side by side."""
        return (self.kind, self.side, self.label, () if self.kind == "fulltext" else self.properties)

    def __str__(self) -> str:
        where = f"(:{self.label})" if self.side == "node" else f"-[:{self.label}]-"
        more = f" ({self.dimensions} dimensions, {self.similarity})" if self.kind == "vector" else ""
        return f"{_WORDS[self.kind]} on {where} {', '.join(self.properties)}{more}"


class FoundItem(NamedTuple):
    """What a database has. name: what it is called there. implied: it exists because a constraint needs it."""

    item: SchemaItem
    state: State = "ready"
    name: str | None = None
    implied: bool = False


class SchemaDialect:
    """What a dialect overrides so that indexes and constraints can be made, read and removed."""

    name: ClassVar[str] = "cypher"
    has_index_flaws: ClassVar[bool] = False
    """Are there texts that an index of this database cannot hold? `first_index_flaw` tells which."""
    constraint_replaces_index: ClassVar[bool] = False
    """Must an index go before there can be a unique constraint on the same properties?"""
    has_class_indexes: ClassVar[bool] = False
    """Does a class need its own indexes on what it inherits, because labels do not share theirs?"""

    def ddl_class(self, meta: ClassMeta) -> list[Statement]:  # noqa: ARG002 - for dialects
        """Return what must be there before the indexes of a class."""
        return []

    def ddl_first_use(self, meta: NodeMeta) -> list[Statement]:  # noqa: ARG002 - for dialects
        """Return what must be there before a class is used at all, whether it gets indexes or not."""
        return []

    def enforces_key(self, meta: NodeMeta) -> bool:  # noqa: ARG002 - for dialects
        """Tell whether the constraint on a class's key holds for all that has its primary label."""
        return True

    def ddl_make(self, item: SchemaItem) -> list[Statement]:
        """Return what makes one index or constraint."""
        raise UnsupportedFeatureError(f"{self.name} cannot have a {item}")

    def ddl_drop(self, found: FoundItem) -> list[Statement]:
        """Return what removes one index or constraint."""
        raise UnsupportedFeatureError(f"{self.name} cannot remove the {found.item}")

    def schema_statements(self) -> list[Statement]:
        """Return the questions that `read_schema` reads the replies of."""
        raise NotImplementedError

    def read_schema(self, replies: Sequence[Reply]) -> list[FoundItem]:
        """Return the indexes and constraints that a database has."""
        raise NotImplementedError

    def is_already_there(self, error: DatabaseError) -> bool:
        """Tell whether an error of making something only says that it is there."""
        raise NotImplementedError

    def is_gone(self, error: DatabaseError) -> bool:
        """Tell whether an error of removing something only says that it is not there."""
        raise NotImplementedError

    def constraint_flaw(self, item: SchemaItem) -> str | None:  # noqa: ARG002 - for dialects
        """Return why this database cannot have a certain unique constraint, or None."""
        return None

    def key_label(self, meta: NodeMeta) -> str:
        """Return the label that the key of a class is indexed under."""
        return meta.primary_label

    def key_item(self, meta: NodeMeta) -> SchemaItem:
        """Return the constraint on the key of a class, or an index where there can be no constraint."""
        item = SchemaItem("unique", "node", self.key_label(meta), (meta.key.graph_name,), owner=meta.name)
        return item if self.constraint_flaw(item) is None else replace(item, kind="index")

    def ddl_key(self, meta: NodeMeta) -> list[Statement]:
        """Return what makes the key of a class indexed and unique."""
        return [*self.ddl_class(meta), *self.ddl_make(self.key_item(meta))]

    def key_index_statement(self, meta: NodeMeta) -> Statement | None:
        """Return a statement with one row if the key of a class has its index, or None if that cannot be asked."""
        raise NotImplementedError

    def indexed_statement(self, label: str) -> Statement | None:  # noqa: ARG002 - for dialects
        """Return a statement with the names of the indexed properties of a label; only asked if there are flaws."""
        return None

    @staticmethod
    def first_index_flaw(values: Collection[object]) -> tuple[int, str] | None:  # noqa: ARG004 - for dialects
        """Return which of the values an index cannot find, and why, or None."""
        return None

    def flaw_statement(self, item: SchemaItem) -> Statement | None:  # noqa: ARG002 - for dialects
        """Return a statement with the stored values that the index of `item` could not hold."""
        return None

    def duplicates_statement(self, item: SchemaItem) -> Statement:
        """Return a statement whose row, if there is any, holds values that several have, and how many have them."""
        pattern = f"(n:{quote(item.label)})" if item.side == "node" else f"()-[n:{quote(item.label)}]->()"
        values = [self.render_property("n", name) for name in item.properties]
        present = " AND ".join(f"{value} IS NOT NULL" for value in values)
        columns = ", ".join(f"{value} AS v{index}" for index, value in enumerate(values))
        names = ", ".join(f"v{index}" for index in range(len(values)))
        text = (
            f"MATCH {pattern} WHERE {present} WITH {columns}, count(*) AS times WHERE times > 1 RETURN {names}, times"
        )
        wires: list[Wire] = ["any"] * len(values)
        return Statement(f"{text} LIMIT 1", {}, ((*wires, "int"),), origin="schema")

    def render_property(self, alias: str, graph_name: str) -> str:
        """Return access to a property."""
        return f"{alias}.{quote(graph_name)}"


def find_item(found: Iterable[FoundItem], item: SchemaItem) -> FoundItem | None:
    """Return what is found of an item: the very same, else what is in its place."""
    there = [one for one in found if one.item.place == item.place]
    return next((one for one in there if one.item == item), there[0] if there else None)


def pattern_of(item: SchemaItem) -> str:
    """Return the pattern `(n:Label)` or `()-[n:TYPE]-()` of statements that make and remove indexes."""
    return f"(n:{quote(item.label)})" if item.side == "node" else f"()-[n:{quote(item.label)}]-()"


def schema_write(text: str) -> Statement:
    """Return a statement that makes or removes something of the schema."""
    return Statement(text, {}, write=True, origin="schema")


def schema_question(text: str, width: int) -> Statement:
    """Return a question about the schema, whose rows have `width` columns."""
    return Statement(text, {}, (tuple("any" for _ in range(width)),), origin="schema")


def compile_properties(names: Iterable[str]) -> Statement:
    """Return a write that leaves nothing, after which the database knows these names of properties for good."""
    pairs = ", ".join(f"{quote(name)}: 0" for name in names)
    return Statement(f"CREATE (n {{{pairs}}}) DELETE n", {}, write=True, origin="schema")


def compile_label(name: str) -> Statement:
    """Return the like for a label; a constraint may forbid it where the label is known."""
    return Statement(f"CREATE (n:{quote(name)}) DELETE n", {}, write=True, origin="schema")


def compile_type(name: str) -> Statement:
    """Return the like for a type of edges."""
    return Statement(f"CREATE (n)-[:{quote(name)}]->(n) DELETE n", {}, write=True, origin="schema")
