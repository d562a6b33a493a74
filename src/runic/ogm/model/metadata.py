"""What is known of a mapped class: labels, properties, relations; types are resolved at first use."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from runic.ogm.conversion import codec_for, codec_from_converter, for_key, sized
from runic.ogm.exceptions import MetadataError
from runic.ogm.model.annotations import Scope, is_generic, resolve_annotation, settle, split_optional
from runic.ogm.model.indexes import declaring

if TYPE_CHECKING:
    import builtins
    from collections.abc import Callable

    from runic.ogm.conversion import Codec, NativeTypes
    from runic.ogm.model.base import Edge, Entity, Node
    from runic.ogm.model.fields import Direction, FieldOptions, RelationOptions


@dataclass(eq=False)
class PropertyMeta:
    """One property of one class; `owner` is the class that shows it."""

    name: str
    options: FieldOptions
    annotation: object
    scope: Scope
    owner: type[Entity]
    codecs: dict[NativeTypes, Codec] = field(default_factory=dict["NativeTypes", "Codec"])

    @cached_property
    def graph_name(self) -> str:
        """The property's name in the graph."""
        return self.options.name or self.name

    @cached_property
    def resolved(self) -> tuple[object, bool]:
        """The type without `| None`, and whether None is allowed."""
        try:
            resolved = resolve_annotation(self.annotation, self.scope)
        except NameError as error:
            raise MetadataError(
                f"{self.owner.__name__}.{self.name}: the annotation {self.annotation!r} cannot be resolved: {error}. "
                "Import the name at run time (not only under TYPE_CHECKING)."
            ) from error
        return split_optional(settle(resolved, self.owner, declaring(self)) if is_generic(resolved) else resolved)

    @property
    def type(self) -> object:
        """The resolved type, without `| None`."""
        return self.resolved[0]

    @property
    def nullable(self) -> bool:
        """Whether None may be stored, which removes the property."""
        return self.resolved[1] and not self.options.required and not self.options.primary_key

    def codec(self, native: NativeTypes) -> Codec:
        """Return how the property travels to a database that stores the types `native` itself."""
        found = self.codecs.get(native)
        if found is None:
            found = self.codecs[native] = self._make_codec(native)
        return found

    def _make_codec(self, native: NativeTypes) -> Codec:
        options, key = self.options, self.owner.__meta__.key
        is_key = key is not None and key.name == self.name
        if options.converter is not None:
            converted = codec_from_converter(options.converter)
            return for_key(converted, None) if is_key else converted  # the converter alone knows what is stored
        codec = self._codec_of_type(native)
        if is_key:
            return for_key(codec, self.type)
        if options.dimensions is None or codec.kind != "vector":
            return codec
        by_angle = options.index_type == "VECTOR" and options.similarity != "euclidean"
        return sized(codec, options.dimensions, directed=by_angle)

    def _codec_of_type(self, native: NativeTypes) -> Codec:
        name = self.owner.__name__
        if is_generic(self.type):
            raise MetadataError(
                f"{name}.{self.name} is of a type that {name} leaves open: declare a subclass that settles it, such as "
                f"`class Name({name}[float])`, and use that"
            )
        try:
            return codec_for(self.type, native)
        except TypeError as error:
            raise MetadataError(f"{name}.{self.name}: {error}") from error


@dataclass(eq=False)
class RelationMeta:
    """One relation of one node class."""

    name: str
    options: RelationOptions
    annotation: object
    scope: Scope
    owner: type[Node]
    slot: str  # the instance attribute that holds the target or the list
    many: bool
    find: Callable[[RelationMeta], tuple[type[Node], ...]]  # resolves the targets, through the registry
    find_mirror: Callable[[RelationMeta], tuple[RelationMeta, ...]]

    @cached_property
    def type(self) -> str:
        """The edge's type."""
        return self.options.relationship

    @cached_property
    def direction(self) -> Direction:
        """The direction as seen from the owner."""
        return self.options.direction

    @cached_property
    def edge_model(self) -> builtins.type[Edge] | None:
        """The class that carries the edge's properties."""
        return self.options.edge_model

    @cached_property
    def targets(self) -> tuple[builtins.type[Node], ...]:
        """The classes that the relation leads to; one, or those of a union."""
        return self.find(self)

    @cached_property
    def mirrors(self) -> tuple[RelationMeta, ...]:
        """The relations that show the same edges from the other end (for BOTH perhaps this one itself)."""
        return self.find_mirror(self)

    def forget(self) -> None:
        """Find targets and mirrors anew at the next use."""
        for name in ("targets", "mirrors"):
            vars(self).pop(name, None)

    def __repr__(self) -> str:
        return f"{self.owner.__name__}.{self.name}"


@dataclass(eq=False)
class ClassMeta:
    """What nodes and edges have in common."""

    cls: type[Any]
    properties: dict[str, PropertyMeta]
    unique_together: tuple[tuple[str, ...], ...] = field(default=(), kw_only=True)
    """The groups of fields that the class itself declares to be unique together."""

    @cached_property
    def version(self) -> PropertyMeta | None:
        """The property that counts writes, if one is declared."""
        found = [prop for prop in self.properties.values() if prop.options.version]
        if len(found) > 1:
            names = " and ".join(prop.name for prop in found)
            raise MetadataError(f"{self.cls.__name__} has two version fields: {names}; keep one")
        return found[0] if found else None

    @property
    def name(self) -> str:
        """The class's name, for messages."""
        return self.cls.__name__


@dataclass(eq=False)
class NodeMeta(ClassMeta):
    """A node class."""

    cls: type[Node]
    key: PropertyMeta
    labels: tuple[str, ...]
    primary_label: str
    relations: dict[str, RelationMeta]

    @cached_property
    def read_slots(self) -> Callable[[Node], object]:
        """Return what reads all relations at once, without loading any."""
        slots = [relation.slot for relation in self.relations.values()]
        # a single one twice: a tuple is compared without asking the entities in it, where they are the same
        return attrgetter(*(slots if len(slots) > 1 else slots * 2)) if slots else lambda _: None

    @cached_property
    def blank_slots(self) -> object:
        """What `read_slots` gives for an entity whose relations were neither loaded nor assigned."""
        return self.read_slots(self.cls)  # type: ignore[arg-type] # the class holds what its entities begin with


@dataclass(eq=False)
class EdgeMeta(ClassMeta):
    """An edge class; with a key, parallel edges of one type are told apart by it."""

    cls: type[Edge]
    type: str
    key: PropertyMeta | None
