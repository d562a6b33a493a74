"""`Node` and `Edge`: what a class declaration becomes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast, dataclass_transform

from runic.ogm.exceptions import MetadataError
from runic.ogm.model.constructor import build_constructor
from runic.ogm.model.declare import (
    check_edge,
    check_inherited_key,
    check_inherited_labels,
    check_together,
    check_version,
    collect_properties,
    collect_relations,
    declared_name,
    find_key,
    seed_layout,
)
from runic.ogm.model.fields import Field, Property
from runic.ogm.model.metadata import EdgeMeta, NodeMeta
from runic.ogm.model.registry import metadata
from runic.ogm.model.relations import RelatedList, RelationAttribute, is_part, is_related_list
from runic.ogm.model.state import DETACHED, GONE, UNLOADED, require_owner

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from runic.ogm.model.metadata import PropertyMeta
    from runic.ogm.model.state import Link


E = TypeVar("E", bound="Entity")
SHOWN = 200
"""How many characters of a value an entity's text shows."""


class _PropertyName:
    """One property's name on the metaclass: classes show their `Property`, instances never look here."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, cls: Any, meta: Any) -> Any:  # noqa: ANN401 - any mapped class
        if cls is None:
            return self
        found = cls.__properties__.get(self.name)
        if found is None:
            raise AttributeError(f"type object {cls.__name__!r} has no attribute {self.name!r}")
        return found


class _OverMixin:
    """Stands before the attribute of a mixin that is no model: classes show their `Property` all the same."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, entity: object, cls: Any) -> Any:  # noqa: ANN401 - any mapped class
        if entity is None:
            return cls.__properties__[self.name]
        raise AttributeError(f"{cls.__name__!r} object has no attribute {self.name!r}")  # as where it is not loaded


class EntityMeta(type):
    """Shows properties on classes while instances hold plain attributes (docs/decisions, 0003)."""

    __properties__: dict[str, Property[Any]]

    def __setattr__(cls, name: str, value: object) -> None:
        if name == "__dataclass_params__":  # the first that @dataclass sets, before it replaces anything
            raise MetadataError(
                f"{cls.__name__} is mapped: leave @dataclass out. It would take the constructor away that it has, and "
                "entities would be equal by their values and have no hash"
            )
        super().__setattr__(name, value)

    def __dir__(cls) -> list[str]:
        return sorted({*super().__dir__(), *cls.__properties__})


if TYPE_CHECKING:
    _Metaclass = type  # mypy leaves the keywords of classes unchecked where they have a metaclass of their own
else:
    _Metaclass = EntityMeta


@dataclass_transform(eq_default=False, kw_only_default=True, field_specifiers=(Field, Property))
class Entity(metaclass=_Metaclass):
    """What nodes and edges share; derive from `Node` or `Edge`."""

    if TYPE_CHECKING:
        __meta__: ClassVar[Any]  # a ClassMeta: NodeMeta or EdgeMeta, as the derived classes say
    # without annotations, so that checkers do not take the bookkeeping for fields
    _ogm = cast("Link | None", None)
    _row = cast("list[Any] | None", None)
    __properties__: ClassVar[dict[str, Property[Any]]] = {}
    __ogm_expired__: ClassVar[bool] = False
    __match_args__ = ()

    if not TYPE_CHECKING:

        def __init__(self, **values: object) -> None:
            type(self).__ogm_init__(self, **values)

        def __ogm_init__(self, **_: object) -> None:
            name = type(self).__name__
            raise TypeError(f"{name} itself is no model: declare a class of your own, `class Name({name}): ...`")

    def __repr__(self) -> str:
        name = self.__meta__.cls.__name__
        if self.__ogm_expired__:
            key = getattr(self.__meta__, "key", None)
            known = "" if key is None else f"{key.name}={vars(self).get(key.name)!r}, "
            return f"{name}({known}not loaded)"
        values = (f"{name}={_short(repr(getattr(self, name, None)))}" for name in self.__meta__.properties)
        return f"{name}({', '.join(values)})"

    def to_dict(self, *relations: str) -> dict[str, Any]:
        """Return the properties by name, and the named relations (loaded as reading them would)."""
        values = {name: getattr(self, name) for name in self.__meta__.properties}
        for name in relations:
            related: Any = getattr(self, name)
            targets: list[Any] = [*related] if is_related_list(related) else [] if related is None else [related]
            dumped: list[Any] = [target.to_dict() for target in targets]
            values[name] = dumped if is_related_list(related) else dumped[0] if dumped else None
        return values

    def __reduce__(self) -> tuple[Callable[..., Entity], tuple[object, bool], dict[str, Any]]:
        cls = self.__meta__.cls
        made_of = self.__meta__.type if "__ogm_anonymous__" in cls.__dict__ else cls  # pickle finds no such class
        return _blank, (made_of, self.__ogm_expired__), self.__getstate__()

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy has: all that is loaded, and nothing of the session."""
        state = {name: value for name, value in vars(self).items() if name != "_ogm" and value is not UNLOADED}
        state["_ogm_copied"] = self._ogm is GONE, [name for name, value in state.items() if is_part(value)]
        return {name: [*value] if is_related_list(value) else value for name, value in state.items()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        gone, parts = cast("tuple[bool, list[str]]", state.get("_ogm_copied", (False, [])))
        vars(self).update(state)
        vars(self).pop("_ogm_copied", None)
        self._ogm = GONE if gone else DETACHED if self._row is not None or self.__ogm_expired__ else None
        for relation in getattr(self.__meta__, "relations", {}).values():
            value: Any = state.get(relation.slot)
            if type(value) is list:
                source: Any = self
                shown = RelatedList(source, relation, value, partial=relation.slot in parts)  # pyright: ignore[reportUnknownArgumentType,reportUnknownVariableType]
                setattr(self, relation.slot, shown)  # pyright: ignore[reportUnknownArgumentType]


def _short(text: str) -> str:
    """Return a value's text as it stands in errors and logs: a document or an embedding would fill them."""
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 20]}... ({len(text)} characters)"


def _show_properties(cls: type[Entity], properties: dict[str, PropertyMeta]) -> None:
    """Move the class's fields from its attributes to its metaclass's names."""
    cls.__properties__ = {name: Property.bound(prop) for name, prop in properties.items()}
    for name in properties:
        if name in cls.__dict__:
            delattr(cls, name)
        if any(name in base.__dict__ for base in cls.__mro__[1:]):
            setattr(cls, name, _OverMixin(name))
        if name not in EntityMeta.__dict__:
            setattr(EntityMeta, name, _PropertyName(name))


class Node(Entity):
    """Base of node classes: `class Painting(Artwork, labels=[...], primary_label=...)`.

    labels: default to the parents' labels and the class's name. primary_label: the label under which keys are
    unique, by default the parents', else the first. unique_together: groups of fields, such as `[("row", "number")]`,
    whose values together no two nodes share. Raises MetadataError for a class that cannot be mapped.
    """

    __meta__: ClassVar[NodeMeta]

    def __init_subclass__(
        cls, *, labels: Sequence[str] | None = None, primary_label: str | None = None,
        unique_together: Sequence[Sequence[str]] = (),
    ) -> None:  # fmt: skip
        super().__init_subclass__()
        if cls.__dict__.get("__ogm_expired__"):
            return
        properties = collect_properties(cls)
        relations = collect_relations(cls, properties)
        own = _labels(cls, labels)
        cls.__meta__ = NodeMeta(
            cls=cls, properties=properties, key=find_key(cls, properties), labels=own,
            primary_label=_primary_label(cls, own, primary_label), relations=relations,
            unique_together=check_together(cls, properties, unique_together),
        )  # fmt: skip
        check_inherited_key(cls.__meta__, _parents(cls))
        for name, relation in relations.items():
            setattr(cls, name, RelationAttribute(relation))
            setattr(cls, relation.slot, UNLOADED)
        check_version(cls.__meta__.version)
        _show_properties(cls, properties)
        build_constructor(cls, properties, relations)
        seed_layout(cls, [*properties, *(relation.slot for relation in relations.values())])
        metadata.add_node(cls)


def _parents(cls: type[Node]) -> list[NodeMeta]:
    return [base.__meta__ for base in cls.__bases__ if "__meta__" in dir(base) and issubclass(base, Node)]


def _labels(cls: type[Node], labels: Sequence[str] | None) -> tuple[str, ...]:
    if labels is None:
        inherited = [label for parent in _parents(cls) for label in parent.labels]
        return tuple(dict.fromkeys([*inherited, declared_name(cls.__name__, "a label")]))
    if isinstance(labels, str) or not labels:
        raise MetadataError(f"{cls.__name__}: labels must be a list with at least one label, not {labels!r}")
    own = tuple(dict.fromkeys(declared_name(label, f"a label of {cls.__name__}") for label in labels))
    check_inherited_labels(cls, own, _parents(cls))
    return own


def _primary_label(cls: type[Node], labels: tuple[str, ...], primary: str | None) -> str:
    if primary is None:
        return next((p.primary_label for p in _parents(cls) if p.primary_label in labels), labels[0])
    if primary not in labels:
        raise MetadataError(f"{cls.__name__}: primary_label {primary!r} is not one of its labels {list(labels)}")
    return primary


class Edge(Entity):
    """Base of edge classes: `class Loan(Edge, type="LENT_TO")`.

    type: the relationship's type in the graph, by default the class's name. `source` and `target` are the nodes
    that a stored edge leads from and to. A field with `primary_key=True` tells parallel edges apart. unique_together:
    groups of fields whose values together no two edges share.
    """

    __meta__: ClassVar[EdgeMeta]
    source = cast("Any", None)
    target = cast("Any", None)
    _ogm_either_way = False  # true if related without a direction and not read yet, so that it may lead back
    _ogm_id = cast("Any", None)  # the database's own id of a loaded edge: it tells parallel edges apart

    def __init_subclass__(
        cls,
        *,
        type: str | None = None,  # noqa: A002 - the pinned name
        unique_together: Sequence[Sequence[str]] = (),
    ) -> None:
        super().__init_subclass__()
        if cls.__dict__.get("__ogm_expired__"):
            return
        properties = collect_properties(cls)
        check_edge(cls, properties)
        inherited = [base.__meta__.type for base in cls.__bases__ if issubclass(base, Edge) and base is not Edge]
        cls.__meta__ = EdgeMeta(
            cls=cls,
            properties=properties,
            type=declared_name(
                (inherited or [cls.__name__])[0] if type is None else type, f"the type of {cls.__name__}"
            ),
            key=find_key(cls, properties, needed=False),
            unique_together=check_together(cls, properties, unique_together),
        )
        check_version(cls.__meta__.version)
        _show_properties(cls, properties)
        build_constructor(cls, properties, {})
        seed_layout(cls, [*properties, "source", "target", "_ogm_id"])
        if "__ogm_anonymous__" not in cls.__dict__:
            metadata.add_edge(cls)

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy has: it is a new edge, for the stored one stays what it was read as."""
        state = super().__getstate__()
        left_out = {"_ogm_id", "_ogm_either_way", *(() if self.__ogm_expired__ else ("_row",))}
        return {name: value for name, value in state.items() if name not in left_out}

    @staticmethod
    @cache
    def anonymous(kind: str) -> type[Edge]:
        """Return a class for edges of a type that no Edge class is declared for."""
        return EntityMeta("Edge", (Edge,), {"__module__": __name__, "__ogm_anonymous__": True}, type=kind)  # type: ignore[return-value]


class _Expired:
    """Mixed into the type of an entity whose properties must be loaded before they are read."""

    def __init__(self, *args: object, **values: object) -> None:
        entity: Any = self  # a new one, made by `type(entity)(...)`
        entity.__class__ = entity.__meta__.cls
        entity.__init__(*args, **values)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any property
        entity: Any = self
        if name not in entity.__meta__.properties:
            raise AttributeError(f"{entity.__meta__.cls.__name__!r} object has no attribute {name!r}")
        require_owner(entity, f"cannot load {name!r}").load_properties(entity)
        return getattr(entity, name)


def _blank(made_of: Any, expired: bool) -> Any:  # noqa: ANN401, FBT001 - an entity, as pickle and copy ask for it
    """Return an entity without values: of a class, or of the edges of a type that no class is declared for."""
    cls: Any = Edge.anonymous(made_of) if isinstance(made_of, str) else made_of
    kind: Any = expired_class(cls) if expired else cls
    return kind.__new__(kind)


def expired_class(cls: type[E]) -> type[E]:
    """Return the type that an entity of `cls` has while its properties are not loaded."""
    real: Any = cls.__meta__.cls
    found: Any = real.__dict__.get("__ogm_expired_class__")
    if found is None:
        found = EntityMeta(real.__name__, (_Expired, real), {"__ogm_expired__": True, "__module__": real.__module__})
        real.__ogm_expired_class__ = found  # kept with the class, so that it goes with it
    expired: type[E] = found
    return expired
