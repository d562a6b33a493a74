"""A class body to metadata: which names are properties, which are relations, and what is a mistake."""

from __future__ import annotations

import keyword
from typing import TYPE_CHECKING, Any, ClassVar, cast, get_origin

from runic.ogm.exceptions import MetadataError, QueryError
from runic.ogm.identifiers import check_name
from runic.ogm.model.annotations import (
    NO_COLLECTIONS,
    Scope,
    defining_locals,
    is_class_variable,
    is_many,
    own_annotations,
)
from runic.ogm.model.fields import MISSING, FieldOptions, Property, RelationOptions
from runic.ogm.model.metadata import PropertyMeta, RelationMeta
from runic.ogm.model.registry import metadata
from runic.ogm.model.relations import Related, RelationAttribute
from runic.ogm.model.targets import find_mirrors, find_targets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from runic.ogm.model.base import Edge, Entity, Node
    from runic.ogm.model.metadata import NodeMeta

RESERVED = frozenset({"mro", "self", "to_dict"})


def collect_properties(cls: type[Entity]) -> dict[str, PropertyMeta]:
    """Return the properties of a class being made: inherited ones first, in order of declaration."""
    found: dict[str, PropertyMeta] = {}
    for base in reversed(cls.__bases__):
        for prop in _inherited(base, "properties"):
            found[prop.name] = PropertyMeta(prop.name, prop.options, prop.annotation, prop.scope, cls)
    _refuse_bare_override(cls)
    for source, name, annotation, value in _declared(cls):
        options = _field_options(cls, name, annotation, value)
        if options is not None:
            _check_field_name(cls, name)
            found[name] = PropertyMeta(name, options, annotation, _scope(source), cls)
        elif name in found and isinstance(value, RelationOptions):
            del found[name]
    _refuse_same_graph_name(cls, found.values())
    return found


def collect_relations(cls: type[Node], properties: dict[str, PropertyMeta]) -> dict[str, RelationMeta]:
    """Return the relations of a class being made, inherited ones first."""
    found: dict[str, RelationMeta] = {}
    for base in reversed(cls.__bases__):
        for inherited in _inherited(base, "relations"):
            if inherited.name in properties:
                raise MetadataError(
                    f"{cls.__name__}.{inherited.name}: a field cannot take the place of the relation {inherited!r}; "
                    "rename the field"
                )
            found[inherited.name] = _relation(
                cls, inherited.name, inherited.annotation, inherited.options, inherited.scope
            )
    for source, name, annotation, value in _declared(cls):
        if isinstance(value, RelationOptions):
            _check_field_name(cls, name)
            found[name] = _relation(cls, name, annotation, value, _scope(source))
    return found


def find_key(cls: type[Entity], properties: dict[str, PropertyMeta], *, needed: bool = True) -> Any:  # noqa: ANN401
    """Return the key: the field with primary_key=True, else, for nodes, the one named id. MetadataError for 0 or 2."""
    declared = [prop for prop in properties.values() if prop.options.primary_key]
    if len(declared) > 1:
        names = " and ".join(prop.name for prop in declared)
        raise MetadataError(f"{cls.__name__} has two primary keys, {names}: keep primary_key=True on one")
    key = declared[0] if declared else properties.get("id") if needed else None
    if key is None and needed:
        raise MetadataError(
            f"{cls.__name__} has no key: give one field primary_key=True, or name it id, for example "
            "`id: str = Field(primary_key=True, generated=True)`"
        )
    for prop in properties.values():
        if prop.options.generated:
            _check_generated(cls, prop, key)
    return key


def check_together(
    cls: type[Entity], properties: dict[str, PropertyMeta], groups: object
) -> tuple[tuple[str, ...], ...]:
    """Return the groups of `unique_together=`; MetadataError unless each names two or more fields of the class."""
    if not isinstance(groups, (list, tuple)):
        raise MetadataError(f"{cls.__name__}: unique_together must be a list of groups of fields, not {groups!r}")
    checked: list[tuple[str, ...]] = []
    for group in cast("Iterable[object]", groups):
        if isinstance(group, str) or not isinstance(group, (list, tuple)):
            raise MetadataError(f'{cls.__name__}: unique_together holds groups such as ("row", "seat"), not {group!r}')
        names = tuple(cast("Iterable[Any]", group))
        for name in names:
            if name not in properties:
                raise MetadataError(f"{cls.__name__}: unique_together names {name!r}, which is no field of the class")
        if len(set(names)) < 2 or len(set(names)) < len(names):  # noqa: PLR2004 - one field alone has unique=True
            raise MetadataError(
                f"{cls.__name__}: a group of unique_together needs two or more different fields, not {names!r}; "
                "for one field use Field(unique=True)"
            )
        checked.append(names)
    return tuple(checked)


def declared_name(name: object, what: str) -> str:
    """Return a name that a class declares; MetadataError if it may not stand in a statement."""
    try:
        return check_name(name, what)
    except QueryError as error:
        raise MetadataError(str(error)) from error


def check_version(prop: PropertyMeta | None) -> None:
    """Raise MetadataError for a version field that is plainly no int, or the key."""
    if prop is None:
        return
    if _plain_type(prop) not in ("int", "", "Any"):
        raise MetadataError(f"{prop.owner.__name__}.{prop.name}: a version field counts writes, so it must be an int")
    if prop is prop.owner.__meta__.key:
        raise MetadataError(f"{prop.owner.__name__}.{prop.name}: the key cannot count writes too: use another field")


def check_inherited_key(meta: NodeMeta, parents: Iterable[NodeMeta]) -> None:
    """Raise MetadataError for a key other than a parent's under the same primary label: it would find one kind only."""
    key = (meta.key.name, meta.key.graph_name)
    for parent in parents:
        if parent.primary_label == meta.primary_label and key != (parent.key.name, parent.key.graph_name):
            raise MetadataError(
                f"{meta.name}.{meta.key.name}: {meta.name} has its primary label {meta.primary_label!r} from "
                f"{parent.name}, whose key is {parent.key.name}: keep that key, or give {meta.name} a primary_label "
                "of its own"
            )


def check_inherited_labels(cls: type[Node], labels: Iterable[str], parents: Iterable[NodeMeta]) -> None:
    """Raise MetadataError for labels without those of a parent: what asks for the parent would not find the nodes."""
    for parent in parents:
        missing = [label for label in parent.labels if label not in labels]
        if missing:
            raise MetadataError(
                f"{cls.__name__}: labels {[*labels]} leave out {missing} of its parent {parent.name}: a subclass has "
                "its parents' labels, and its own"
            )


def _plain_type(prop: PropertyMeta) -> str:
    text = prop.annotation if isinstance(prop.annotation, str) else getattr(prop.annotation, "__name__", "")
    return text.replace("Property[", "").rstrip("]").split(".")[-1].replace(" | None", "")


def seed_layout(cls: type[Entity], names: Iterable[str]) -> None:
    """Set every attribute once on a throw-away instance: CPython then keeps one compact layout for all of them."""
    seed = cls.__new__(cls)
    for name in ("_ogm", "_row", *names):
        object.__setattr__(seed, name, None)


def _inherited(base: type, what: str) -> Iterator[Any]:
    meta = getattr(base, "__meta__", None)
    if meta is not None:
        yield from getattr(meta, what, {}).values()  # an edge has no relations


def _refuse_bare_override(cls: type[Entity]) -> None:
    """Raise MetadataError for a plain attribute in the place of what a parent declares: it would be dropped."""
    annotations = own_annotations(cls)
    for base in cls.__bases__:
        for inherited in (*_inherited(base, "properties"), *_inherited(base, "relations")):
            name = inherited.name
            if name in cls.__dict__ and is_class_variable(annotations.get(name, ClassVar)):
                raise MetadataError(
                    f"{cls.__name__}.{name} takes the place of what {base.__name__} declares, but has no annotation: "
                    "annotate it as a field or a relation, or rename it"
                )


def _declared(cls: type[Entity]) -> Iterator[tuple[type, str, object, object]]:
    """Yield (class, name, annotation, value) of plain mixins, then of the class itself."""
    known = {base for parent in cls.__bases__ if hasattr(parent, "__meta__") for base in parent.__mro__}
    for base in reversed(cls.__mro__[1:]):
        if base not in known and not hasattr(base, "__properties__") and base.__module__ not in ("typing", "builtins"):
            for name, annotation in own_annotations(base).items():
                value = base.__dict__.get(name, MISSING)
                if isinstance(value, (FieldOptions, RelationOptions, Property)):
                    yield base, name, annotation, value
    annotations = own_annotations(cls)
    for name, annotation in annotations.items():
        if not is_class_variable(annotation):
            yield cls, name, annotation, cls.__dict__.get(name, MISSING)
    for name, value in cls.__dict__.items():
        if isinstance(value, (FieldOptions, RelationOptions)) and name not in annotations:
            kind = "Relation" if isinstance(value, RelationOptions) else "Field"
            raise MetadataError(f"{cls.__name__}.{name} = {kind}() needs an annotation, for example `{name}: str`")


def _field_options(cls: type[Entity], name: str, annotation: object, value: object) -> FieldOptions | None:
    if isinstance(value, (RelationOptions, RelationAttribute)):
        return None
    if isinstance(value, FieldOptions):
        return value
    if isinstance(value, Property):
        options: FieldOptions = value.options
        return options
    if _says_related(annotation):
        raise MetadataError(f"{cls.__name__}.{name}: a Related[...] annotation needs = Relation(relationship=...)")
    if name.startswith("_"):
        return None
    try:
        return FieldOptions(default=value)
    except TypeError as error:
        raise MetadataError(f"{cls.__name__}.{name}: {error}") from error


def check_edge(cls: type[Edge], properties: dict[str, PropertyMeta]) -> None:
    """Raise MetadataError for an edge class with a relation, or with a field in the place of its nodes."""
    for name in ("source", "target"):
        if name in properties:
            raise MetadataError(
                f"{cls.__name__}.{name}: an edge's {name} is one of its two nodes; rename the field, and give it "
                f"name={name!r} to keep the property's name"
            )
    for _, name, _, value in _declared(cls):
        if isinstance(value, RelationOptions):
            raise MetadataError(f"{cls.__name__}.{name}: an edge has no relations, only nodes have")


def _says_related(annotation: object) -> bool:
    if isinstance(annotation, str):
        return annotation.startswith("Related[")
    origin = get_origin(annotation)
    return isinstance(origin, type) and issubclass(origin, Related)


def _check_field_name(cls: type[Entity], name: str) -> None:
    if name in RESERVED or name.startswith("_") or keyword.iskeyword(name):
        raise MetadataError(f"{cls.__name__}.{name}: a field may not be named {name!r}; rename it, or use name=")
    declared_name(name, f"a field of {cls.__name__}")


def _refuse_same_graph_name(cls: type[Entity], properties: Iterable[PropertyMeta]) -> None:
    seen: dict[str, str] = {}
    for prop in properties:
        other = seen.setdefault(prop.graph_name, prop.name)
        if other != prop.name:
            raise MetadataError(
                f"{cls.__name__}.{other} and {cls.__name__}.{prop.name} are both stored as {prop.graph_name!r}"
            )


def _check_generated(cls: type[Entity], prop: PropertyMeta, key: PropertyMeta | None) -> None:
    plain = _plain_type(prop)
    if prop is not key:
        raise MetadataError(f"{cls.__name__}.{prop.name}: generated=True is for the primary key alone")
    if plain in ("int", "float", "bool", "bytes", "datetime", "date"):
        raise MetadataError(f"{cls.__name__}.{prop.name}: only a str or UUID key can be generated, not {plain}")


def _scope(cls: type) -> Scope:
    parameters = {parameter.__name__: parameter for parameter in getattr(cls, "__type_params__", ())}
    return Scope(cls.__module__, {**defining_locals(cls.__qualname__), **parameters}, metadata.find)


def _relation(cls: type[Node], name: str, annotation: object, options: RelationOptions, scope: Scope) -> RelationMeta:
    if is_many(annotation, NO_COLLECTIONS):
        raise MetadataError(f"{cls.__name__}.{name}: a relation to many is a list[...], not {annotation!r}")
    edge = options.edge_model
    if edge is not None and edge.__meta__.type != options.relationship:
        raise MetadataError(
            f"{cls.__name__}.{name} has the type {options.relationship!r}, but its edge_model {edge.__name__} has "
            f"{edge.__meta__.type!r}: make them equal"
        )
    return RelationMeta(
        name=name, options=options, annotation=annotation, scope=scope, owner=cls, slot=f"_ogm_rel_{name}",
        many=is_many(annotation), find=find_targets, find_mirror=find_mirrors,
    )  # fmt: skip
