"""Searches as where a statement begins: what is searched for, checked; the statement goes on as any other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar, cast

from runic.ogm.conversion import NativeTypes
from runic.ogm.exceptions import FieldValidationError, QueryError
from runic.ogm.model.base import Node
from runic.ogm.model.fields import Property
from runic.ogm.model.indexes import fulltext_fields
from runic.ogm.query.pattern import ROOT, Projected, Selection, Sort
from runic.ogm.query.references import Column
from runic.ogm.types import Vector

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runic.ogm.expressions import Operand
    from runic.ogm.model.metadata import PropertyMeta

N = TypeVar("N", bound=Node)
SCORE: Final = "score"
"""The name of the column that a search brings."""
FieldName: TypeAlias = "str | Property[Any] | Vector | None"
"""A field by its name or as `Model.field`, which checkers see as what it holds."""


@dataclass(frozen=True, slots=True, eq=False)
class _Search:
    """What both searches have in common: they bring a score, and the best comes first."""

    cls: type[Node]

    @property
    def columns(self) -> dict[str, Projected]:
        """The named values that a search brings."""
        return {SCORE: Projected(SCORE, Column(SCORE), {})}

    @property
    def order(self) -> tuple[Sort, ...]:
        """The order of the results where no other is asked for; the key decides between equals."""
        key = self.cls.__meta__.key
        return (Sort(Column(SCORE), True, {}), Sort(Property.bound(key), False, {key: ROOT}))


@dataclass(frozen=True, slots=True, eq=False)
class FulltextSource(_Search):
    """The nodes whose indexed text holds all words of `text`, in one of `fields`; raw: it is the database's syntax."""

    text: str
    fields: tuple[PropertyMeta, ...]
    raw: bool


@dataclass(frozen=True, slots=True, eq=False)
class VectorSource(_Search):
    """The `k` nodes whose vectors are the most similar ones to `vector`."""

    prop: PropertyMeta
    vector: Vector
    k: int


Source: TypeAlias = FulltextSource | VectorSource


def searches_of(selection: Selection) -> list[Source]:
    """Return the searches of a statement and of those that it unites."""
    own = [] if selection.source is None else [selection.source]
    return own + [source for part in selection.united for source in searches_of(part)]


def score() -> Operand[float]:
    """How well a result of a search fits, to filter and order by and to project: more is better.

    Of a vector search it is (1 + cosine) / 2 or 1 / (1 + distance ** 2), from 0 to 1, on every database. Of a
    full-text search it is s / (1 + s) for the database's own score s, from 0 up to 1, to be compared within one result.
    """
    return Column(SCORE)


def fulltext_selection(cls: object, query: object, fields: object, *, raw: object) -> Selection:
    """Return the statement's data that begins at a full-text search."""
    node = _checked_class(cls, "fulltext_search()")
    if not isinstance(query, str):
        raise TypeError(f"fulltext_search(): query must be a str, not {query!r}")
    if not isinstance(raw, bool):
        raise TypeError(f"fulltext_search(): raw must be a bool, not {raw!r}")
    if "\0" in query or not _is_text(query):
        raise QueryError("fulltext_search(): the query holds a character that no database can store")
    indexed = {prop.name: prop for prop in fulltext_fields(node.__meta__)}
    if not indexed:
        raise QueryError(f"fulltext_search(): {node.__name__} has no field with {_advice(node, 'FULLTEXT')}")
    names = [_field_name(node, field, "fulltext_search()") for field in _listed(fields)]
    for name in names:
        if name not in indexed:
            raise QueryError(
                f"fulltext_search(): {node.__name__}.{name} has no full-text index: declare it with "
                f"{_advice(node, 'FULLTEXT')}. There is one on {', '.join(indexed)}"
            )
    chosen = tuple(indexed[name] for name in dict.fromkeys(names))
    return Selection((node,), (node,), source=FulltextSource(node, query, chosen or tuple(indexed.values()), raw))


def vector_selection(cls: object, field: object, vector: object, k: object) -> Selection:
    """Return the statement's data that begins at a search for the nearest vectors."""
    node = _checked_class(cls, "vector_search()")
    name = _field_name(node, field, "vector_search()")
    prop = node.__meta__.properties[name]
    if prop.options.index_type != "VECTOR":
        raise QueryError(
            f"vector_search(): {node.__name__}.{name} has no vector index: declare it with {_advice(node, 'VECTOR')}"
        )
    if type(k) is not int:
        raise TypeError(f"vector_search(): k must be an int, not {k!r}")
    if not 1 <= k <= 2**31 - 1:
        raise ValueError(f"vector_search(): k must be 1 or more, not {k}")
    return Selection((node,), (node,), source=VectorSource(node, prop, _checked_vector(node, prop, vector), k))


def _checked_class(cls: object, method: str) -> type[Node]:
    if isinstance(cls, type) and issubclass(cls, Node) and hasattr(cls, "__meta__"):
        return cls.__meta__.cls
    raise TypeError(f"{method} takes a mapped node class, not {cls!r}")


def _field_name(cls: type[Node], field: object, method: str) -> str:
    if isinstance(field, Property):
        name: str = field.meta.name
    elif isinstance(field, str):
        name = field
    else:
        raise TypeError(f"{method} takes a field's name, or a field such as {cls.__name__}.field, not {field!r}")
    if name not in cls.__meta__.properties:
        raise QueryError(f"{method}: {cls.__name__} has no field {name!r}")
    return name


def _checked_vector(cls: type[Node], prop: PropertyMeta, given: object) -> Vector:
    if isinstance(given, str) or not isinstance(given, (Vector, Iterable)):
        raise FieldValidationError(cls.__name__, prop.name, f"expected a Vector or a list of numbers, got {given!r}")
    try:
        vector = given if isinstance(given, Vector) else Vector(cast("Sequence[float]", given))
    except (TypeError, ValueError, OverflowError) as error:
        raise FieldValidationError(cls.__name__, prop.name, f"expected a list of numbers: {error}") from error
    try:
        prop.codec(NativeTypes()).encode(vector)
    except ValueError as error:  # another length, or no direction
        raise FieldValidationError(cls.__name__, prop.name, str(error)) from error
    return vector


def _listed(fields: object) -> list[object]:
    if fields is None:
        return []
    if isinstance(fields, (str, Property)) or not isinstance(fields, Iterable):
        raise TypeError(f"fulltext_search(): fields must be a list of fields, not {fields!r}")
    return list(cast("Iterable[object]", fields))


def _advice(cls: type[Node], kind: str) -> str:
    more = ", dimensions=..." if kind == "VECTOR" else ""
    return f'Field(index_type="{kind}"{more}), and make the index with SchemaManager(driver).create({cls.__name__})'


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
