"""What was found in a graph, as classes that could be declared for it: plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class PropertyDescription:
    """A property: `name` is the attribute, `graph_name` what the graph calls it, `type` the annotation.

    type: "object" stands for values of several kinds, which need a converter that leaves them as they are.
    """

    name: str
    graph_name: str
    type: str
    optional: bool = False
    key: bool = False


@dataclass(frozen=True)
class RelationDescription:
    """A relation of a node class; `targets` and `edge` are names of classes."""

    name: str
    type: str
    direction: Literal["OUTGOING", "INCOMING"]
    targets: Sequence[str]
    many: bool
    edge: str | None = None


@dataclass(frozen=True)
class NodeDescription:
    """A node class; `count` of nodes have just its labels, of which `sampled` were read for the types."""

    name: str
    labels: Sequence[str]
    primary_label: str
    parents: Sequence[str]
    count: int
    sampled: int
    properties: Sequence[PropertyDescription] = ()
    relations: Sequence[RelationDescription] = ()


@dataclass(frozen=True)
class EdgeDescription:
    """An edge class; `count` edges have its type, of which `sampled` were read for the types."""

    name: str
    type: str
    count: int
    sampled: int
    properties: Sequence[PropertyDescription] = ()


@dataclass(frozen=True)
class ModelDescription:
    """The classes for a graph, parents before their children, and what could not be described."""

    nodes: Sequence[NodeDescription]
    edges: Sequence[EdgeDescription]
    notes: Sequence[str] = field(default_factory=tuple)
