"""`Field()` and `Relation()`, and the class-level attribute that a field becomes."""

from __future__ import annotations

from dataclasses import dataclass
from types import NoneType
from typing import TYPE_CHECKING, Any, Final, Literal, Self, TypeAlias, TypeVar, cast, overload

from runic.ogm.conversion.base import TypeConverter
from runic.ogm.expressions import Operand, Ordering
from runic.ogm.identifiers import check_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from runic.ogm.model.base import Edge, Node
    from runic.ogm.model.metadata import PropertyMeta

T = TypeVar("T")
Direction: TypeAlias = Literal["OUTGOING", "INCOMING", "BOTH"]
IndexType: TypeAlias = Literal["FULLTEXT", "VECTOR"]
Similarity: TypeAlias = Literal["cosine", "euclidean"]
Target: TypeAlias = "str | type[Node] | tuple[str | type[Node], ...] | None"


class Missing:
    """The default of a field that has none."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing()


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldOptions:
    """What `Field()` was told."""

    default: Any = MISSING
    default_factory: Callable[[], Any] | None = None
    init: bool = True
    primary_key: bool = False
    generated: bool = False
    index: bool = False
    unique: bool = False
    index_type: IndexType | None = None
    dimensions: int | None = None
    similarity: Similarity | None = None
    required: bool = False
    converter: TypeConverter[Any] | None = None
    interned: bool = False
    name: str | None = None
    version: bool = False

    def __post_init__(self) -> None:
        if self.default is not MISSING and self.default_factory is not None:
            raise TypeError("Field() takes default or default_factory, not both")
        if _is_mutable(self.default):
            kind = type(self.default).__name__
            raise TypeError(f"a mutable default ({kind}) would be shared by all entities: use default_factory={kind}")
        if self.default_factory is not None and not callable(self.default_factory):
            raise TypeError("default_factory must be callable")
        for flag in FLAGS:
            check_flag(flag, getattr(self, flag))
        if self.name is not None:
            check_name(self.name, "Field(name=...)")
        if self.converter is not None and not isinstance(self.converter, TypeConverter):
            raise TypeError(f"converter must be an instance of TypeConverter, not {self.converter!r}")
        _check_choice("index_type", self.index_type, ("FULLTEXT", "VECTOR"))
        _check_choice("similarity", self.similarity, ("cosine", "euclidean"))
        self._check_vector()

    def _check_vector(self) -> None:
        size = self.dimensions
        if size is not None and (type(size) is not int or size < 1):
            raise ValueError(f"dimensions must be a positive int, not {size!r}")
        if self.index_type == "VECTOR" and size is None:
            raise ValueError("index_type='VECTOR' needs dimensions=, the length of the vectors")


FLAGS = ("init", "primary_key", "generated", "index", "unique", "required", "interned", "version")


def _is_mutable(default: object) -> bool:
    """Tell whether a default may change in place: what has no hash, as dataclasses say, and dataclasses not frozen."""
    frozen = getattr(getattr(default, "__dataclass_params__", None), "frozen", True)
    return type(default).__hash__ is None or not frozen


def check_flag(argument: str, value: object) -> None:
    """Raise TypeError for an option that says neither yes nor no."""
    if not isinstance(value, bool):
        raise TypeError(f"{argument} must be a bool, not {value!r}")


def _check_choice(argument: str, value: object, choices: tuple[str, ...]) -> None:
    if value is not None and value not in choices:
        raise ValueError(f"{argument} must be one of {', '.join(map(repr, choices))}, not {value!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationOptions:
    """What `Relation()` was told."""

    relationship: str
    direction: Direction = "OUTGOING"
    target: Target = None
    edge_model: type[Edge] | None = None
    cascade: bool = False
    lazy: bool | Literal["raise"] = True
    order_by: Any = None

    def __post_init__(self) -> None:
        check_name(self.relationship, "Relation(relationship=...)")
        _check_choice("direction", self.direction, ("OUTGOING", "INCOMING", "BOTH"))
        if self.edge_model is not None and not hasattr(getattr(self.edge_model, "__meta__", None), "type"):
            raise TypeError(f"edge_model must be an Edge class, not {self.edge_model!r}")
        if self.lazy is not True and self.lazy != "raise":
            raise ValueError(f"lazy must be True or 'raise', not {self.lazy!r}")
        check_flag("cascade", self.cascade)
        if not isinstance(self.order_by, (str, Property, Ordering, NoneType)):
            raise TypeError(f"order_by must be a property, its name, or desc() of either, not {self.order_by!r}")
        for target in self.target if isinstance(self.target, tuple) else (self.target,):
            if not isinstance(target, (str, type, NoneType)):
                raise TypeError(f"target must be a node class, its name, or a tuple of these, not {target!r}")


class Property(Operand[T]):
    """A field as the class shows it: an operand of queries; also the precise annotation, and its specifier.

    `age: Property[int]` types `Model.age > 3` and `entity.age` alike; `Property(default=0)` gives options there.
    """

    __slots__ = ("_meta", "options")

    options: FieldOptions
    _meta: PropertyMeta | None

    if TYPE_CHECKING:  # what checkers see; at run time entities hold plain values and classes hold this object

        @overload
        def __init__(
            self, *, default: T, init: bool = True, primary_key: bool = False, generated: bool = False,
            index: bool = False, unique: bool = False, index_type: IndexType | None = None,
            dimensions: int | None = None, similarity: Similarity | None = None, required: bool = False,
            converter: TypeConverter[Any] | None = None, interned: bool = False, name: str | None = None,
            version: bool = False,
        ) -> None: ...  # fmt: skip
        @overload
        def __init__(
            self, *, default_factory: Callable[[], T], init: bool = True, primary_key: bool = False,
            generated: bool = False, index: bool = False, unique: bool = False, index_type: IndexType | None = None,
            dimensions: int | None = None, similarity: Similarity | None = None, required: bool = False,
            converter: TypeConverter[Any] | None = None, interned: bool = False, name: str | None = None,
            version: bool = False,
        ) -> None: ...  # fmt: skip
        @overload
        def __init__(
            self, *, init: bool = True, primary_key: bool = False, generated: bool = False, index: bool = False,
            unique: bool = False, index_type: IndexType | None = None, dimensions: int | None = None,
            similarity: Similarity | None = None, required: bool = False, converter: TypeConverter[Any] | None = None,
            interned: bool = False, name: str | None = None, version: bool = False,
        ) -> None: ...  # fmt: skip
        def __init__(self, **options: Any) -> None: ...
        @overload
        def __get__(self, instance: None, owner: Any, /) -> Self: ...
        @overload
        def __get__(self, instance: object, owner: Any, /) -> T: ...
        def __get__(self, instance: object, owner: Any, /) -> Self | T: ...
        def __set__(self, instance: Any, value: T, /) -> None: ...

    else:

        def __init__(self, **options: Any) -> None:
            self.options = FieldOptions(**options)
            self._meta = None

    @property
    def meta(self) -> PropertyMeta:
        """What is known of the field; only a class's own attribute has it."""
        if self._meta is None:
            raise TypeError("this Property is not yet part of a class")
        return self._meta

    @classmethod
    def bound(cls, meta: PropertyMeta) -> Property[Any]:
        """Return the attribute that a class shows for `meta`."""
        attribute = cls.__new__(cls)
        attribute.options = meta.options
        attribute._meta = meta
        return attribute

    def __repr__(self) -> str:
        return "Property(unbound)" if self._meta is None else f"{self._meta.owner.__name__}.{self._meta.name}"


@overload
def Field(
    *, default: T, init: bool = True, primary_key: bool = False, generated: Literal[False] = False,
    index: bool = False, unique: bool = False, index_type: IndexType | None = None, dimensions: int | None = None,
    similarity: Similarity | None = None, required: bool = False, converter: TypeConverter[Any] | None = None,
    interned: bool = False, name: str | None = None, version: bool = False,
) -> T: ...  # fmt: skip
@overload
def Field(
    *, default: None, init: bool = True, primary_key: bool = False, generated: Literal[True], index: bool = False,
    unique: bool = False, name: str | None = None,
) -> Any: ...  # fmt: skip
@overload
def Field(
    *, default_factory: Callable[[], Any], init: bool = True, primary_key: bool = False, generated: bool = False,
    index: bool = False, unique: bool = False, index_type: IndexType | None = None, dimensions: int | None = None,
    similarity: Similarity | None = None, required: bool = False, converter: TypeConverter[Any] | None = None,
    interned: bool = False, name: str | None = None, version: bool = False,
) -> Any: ...  # fmt: skip
@overload
def Field(
    *, init: bool = True, primary_key: bool = False, generated: bool = False, index: bool = False,
    unique: bool = False, index_type: IndexType | None = None, dimensions: int | None = None,
    similarity: Similarity | None = None, required: bool = False, converter: TypeConverter[Any] | None = None,
    interned: bool = False, name: str | None = None, version: bool = False,
) -> Any: ...  # fmt: skip
def Field(**options: Any) -> Any:  # noqa: N802 - reads as the declaration that it is
    """Declare a property of a node or an edge.

    default, default_factory: what a constructor that is not given the field uses. init: whether it takes it at all.
    primary_key: the field is the entity's key (otherwise a field named `id` is). generated: a str or UUID key is
    made on the client when the entity is added without one, in the order of time. index, unique: what
    `SchemaManager` makes. index_type "FULLTEXT" or "VECTOR" with dimensions (of the vectors) and similarity
    ("cosine" or "euclidean"). required: None is refused although the annotation may allow it. converter: a
    `TypeConverter`. interned: repeated text is stored once, where the database can. name: the property's name in
    the graph. version: the field counts the writes of the entity, for optimistic locking.

    Raises TypeError or ValueError for options that are unknown or contradict each other.
    """
    return FieldOptions(**options)


def GeneratedKey(*, index: bool = False) -> Any:  # noqa: N802 - reads as the declaration that it is
    """Declare a generated primary key, which checkers then see as optional in the constructor."""
    return FieldOptions(default=None, primary_key=True, generated=True, index=index)


def Relation(  # noqa: N802 - reads as the declaration that it is
    *,
    relationship: str,
    direction: Direction = "OUTGOING",
    target: Target = None,
    edge_model: type[Edge] | None = None,
    cascade: bool = False,
    lazy: bool | Literal["raise"] = True,
    order_by: Any = None,
) -> Any:
    """Declare a relation of a node; its annotation tells whether it has one target or many.

    relationship: the edge's type. direction: as seen from this class. target: class or name of the targets, a tuple
    of several, or left out where the annotation tells. edge_model: the Edge class that carries the properties.
    cascade: adding the owner adds what it reaches. lazy: True loads on access, "raise" raises LazyLoadError.
    order_by: orders a collection by a property of the target or of the edge: an attribute, its name, or `desc(...)` of
    either.

    Raises TypeError, ValueError or QueryError for arguments of the wrong kind.
    """
    return RelationOptions(
        relationship=relationship, direction=direction, target=target, edge_model=edge_model,
        cascade=cascade, lazy=lazy, order_by=order_by,
    )  # fmt: skip


def col(attribute: T, /) -> Property[T]:
    """Return a class's attribute typed as the query operand that it is; raises TypeError for anything else."""
    if not isinstance(attribute, Property):
        raise TypeError(f"col() takes a model's attribute such as Model.field, not {attribute!r}")
    return cast("Property[T]", attribute)


def as_operand(value: object) -> Operand[Any]:
    """Return `value` if it is an operand, else raise TypeError."""
    if isinstance(value, Operand):
        return value  # pyright: ignore[reportUnknownVariableType]
    raise TypeError(f"expected a model's attribute or an expression of them, not {value!r}")


class FieldName(Operand[Any]):
    """A field as a key of an order, by its name alone."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return repr(self.name)


def _order_key(key: object) -> Operand[Any]:
    return FieldName(key) if isinstance(key, str) else as_operand(key)


def asc(key: object, /) -> Ordering:
    """Order by `key`, an expression or a field's name, smallest first; typed for plain annotations too."""
    return _order_key(key).asc()


def desc(key: object, /) -> Ordering:
    """Order by `key`, an expression or a field's name, largest first; typed for plain annotations too."""
    return _order_key(key).desc()
