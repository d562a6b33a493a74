"""What a compiled statement gives back: its text, its parameters, and what the columns of a row become."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from runic.ogm.cypher.bindings import UnlikeValueError
from runic.ogm.cypher.statement import Columns, Statement
from runic.ogm.query.scope import first_property

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runic.ogm.conversion import Codec
    from runic.ogm.cypher.bindings import Binding
    from runic.ogm.mapping.mapper import Family
    from runic.ogm.model.base import Edge
    from runic.ogm.model.metadata import PropertyMeta, RelationMeta


@dataclass(frozen=True, slots=True)
class NodeColumn:
    """The columns `family.columns(...)` from `offset` on; all null where an optional step found nothing.

    They have an id where that is so, and where an edge of the plan has to be told which of its ends this is.
    """

    name: str
    family: Family
    offset: int
    nullable: bool


@dataclass(frozen=True, slots=True)
class EdgeColumn:
    """From `offset` on the properties of `cls` in their order, then the edge's id, then perhaps that of its start node.

    source, target: where in the plan the step's nodes are; for a relation that is not OUTGOING the edge's start may
    be `target`, as the start's id tells.
    """

    name: str
    relation: RelationMeta
    cls: type[Edge] | None
    offset: int
    nullable: bool
    source: int
    target: int

    @property
    def id_offset(self) -> int:
        """Where the edge's id is; the start's id follows."""
        return self.offset + (len(self.cls.__meta__.properties) if self.cls is not None else 0)


@dataclass(frozen=True, slots=True)
class ValueColumn:
    """One value, to be decoded by `codec` where that is known, in rows under `name`."""

    name: str
    offset: int
    codec: Codec | None


@dataclass(frozen=True, slots=True)
class PathColumn:
    """The first three columns: the id of the node that the path is asked from, its nodes, its edges.

    A node is a list like the columns of `family`, an edge its properties, its id and the id of its start.
    """

    name: str
    relation: RelationMeta
    family: Family


PlanColumn: TypeAlias = "NodeColumn | EdgeColumn | ValueColumn | PathColumn"


@dataclass(frozen=True, slots=True)
class CompiledSelect:
    """A statement ready to be sent, and how its rows are read.

    plan: what was asked for, in the order of the columns. shape: which of these a result is made of, in its order
    (an edge brings its end nodes even where these are not returned). single: a result is the one thing, no tuple.
    unbound: the parameters that still need a value. beside: the expression that a parameter stands beside.
    more: the tables after the first, of a statement that loads relations too. bindings: where other values of the same
    types go; None where the text depends on values.
    """

    text: str
    parameters: Mapping[str, Any]
    columns: Columns
    plan: tuple[PlanColumn, ...]
    shape: tuple[int, ...]
    single: bool = False
    unbound: tuple[str, ...] = ()
    beside: Mapping[str, object] = field(default_factory=dict[str, object])
    write: bool = False
    more: tuple[Columns, ...] = ()
    bindings: tuple[Binding, ...] | None = None

    def bound_to(self, values: Mapping[str, object]) -> CompiledSelect:
        """Return the statement with other values; raises UnlikeValueError if it must be compiled for them."""
        if self.bindings is None:
            raise UnlikeValueError
        bound = {each.parameter: each.encode(values[each.name]) for each in self.bindings}
        return replace(self, parameters={**self.parameters, **bound})

    def field_of(self, parameter: str) -> PropertyMeta | None:
        """Return the field that a parameter was given for, to name it where the value cannot be sent."""
        return first_property(self.beside.get(parameter))

    def statement(self) -> Statement:
        """Return what a backend executes."""
        return Statement(self.text, self.parameters, (self.columns, *self.more), self.write, "query")
