"""What stands behind each repository method, written once: statements, keyset cursors, and which model it is for."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, get_args, get_origin

from runic.ogm.exceptions import QueryError
from runic.ogm.model.base import Node
from runic.ogm.model.registry import metadata
from runic.ogm.session.select import Select, select

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from runic.ogm.mapping.mapper import Mapper

N = TypeVar("N", bound=Node)


@dataclass(frozen=True, slots=True)
class Page(Generic[N]):
    """One page of results: `items`, how many there are in all, and which page (from 1) of which size this is."""

    items: list[N]
    total: int
    number: int
    size: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return -(-self.total // self.size)

    def __iter__(self) -> Iterator[N]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True, slots=True)
class KeysetPage(Generic[N]):
    """Results in the order of their keys; `cursor` leads on, and is None after the last."""

    items: list[N]
    cursor: str | None

    def __iter__(self) -> Iterator[N]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


class BaseRepository(Generic[N]):
    """Which model a repository is for, and the statements of its methods."""

    def __init__(self, model: type[N] | None) -> None:
        if model is not None and not (
            isinstance(model, type) and issubclass(model, Node) and hasattr(model, "__meta__")
        ):
            raise TypeError(f"model must be a node class, not {model!r}")
        self._model = model

    @property
    def model(self) -> type[N]:
        """The node class; TypeError if neither the class nor the call names one."""
        found = self._model
        if found is None:
            alias = self.__dict__.get("__orig_class__")
            named = get_args(alias)[0] if alias is not None else _model_of(type(self))
            if named is None:
                raise TypeError(
                    f"{type(self).__name__} has no model: write Repository(session, Model), "
                    f"or class {type(self).__name__}(Repository[Model])"
                )
            resolved: type[N] = _resolve(named, type(self).__module__)
            self._model = resolved
            return resolved
        return found

    def _checked(self, entity: N) -> N:
        if not isinstance(entity, self.model):
            raise TypeError(f"this repository is of {self.model.__name__}, not of {entity!r}")
        return entity

    def _find_all(self, fetch: Sequence[object], skip: int, limit: int | None, order_by: object) -> Select[N]:
        statement: Select[N] = select(self.model).fetch(*_several(fetch))
        if order_by is not None:
            statement = statement.order_by(*_several(order_by))
        statement = statement.skip(skip) if skip != 0 else statement
        return statement if limit is None else statement.limit(limit)

    def _find_by(self, fetch: Sequence[object], equals: Mapping[str, object]) -> Select[N]:
        statement: Select[N] = select(self.model).fetch(*_several(fetch))
        for name, value in equals.items():
            attribute = self.model.__properties__.get(name)
            if attribute is None:
                known = ", ".join(self.model.__meta__.properties)
                raise QueryError(f"{self.model.__name__} has no field {name!r}; it has: {known}")
            statement = statement.where(attribute == value)
        return statement

    def _page(self, number: int, size: int, order_by: object) -> Select[N]:
        for name, value in (("number", number), ("size", size)):
            if type(value) is not int or value < 1:
                raise ValueError(f"{name} must be a whole number from 1 on, not {value!r}")
        keys = [self._key] if order_by is None else [*_several(order_by), self._key]
        return self._find_all((), (number - 1) * size, size, keys)

    def _after(self, cursor: str | None, size: int, mapper: Mapper) -> Select[N]:
        if type(size) is not int or size < 1:
            raise ValueError(f"size must be a whole number from 1 on, not {size!r}")
        statement = select(self.model).order_by(self._key).limit(size)
        return statement if cursor is None else statement.where(self._key > self._decoded(cursor, mapper))

    @property
    def _key(self) -> Any:  # noqa: ANN401 - the key's attribute
        return self.model.__properties__[self.model.__meta__.key.name]

    def _cursor(self, items: list[N], size: int, mapper: Mapper) -> str | None:
        if len(items) < size:
            return None
        name = self.model.__meta__.key.name
        wire = mapper.entity(self.model).encode(name, getattr(items[-1], name))
        return base64.urlsafe_b64encode(json.dumps([self.model.__name__, wire]).encode()).decode()

    def _decoded(self, cursor: str, mapper: Mapper) -> object:
        try:
            model, wire = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        except (ValueError, AttributeError, TypeError) as error:
            raise ValueError(f"cursor must be one that after() returned, not {cursor!r}") from error
        if model != self.model.__name__:
            raise ValueError(f"cursor belongs to {model}, not to {self.model.__name__}")
        decode = self.model.__meta__.key.codec(mapper.dialect.native).decode
        return wire if decode is None else decode(wire)


def _several(values: object) -> Sequence[object]:
    """One value or several, as several."""
    return tuple(cast("Sequence[object]", values)) if isinstance(values, (list, tuple)) else (values,)


def _resolve(named: object, module: str) -> Any:  # noqa: ANN401 - a node class
    name = getattr(named, "__forward_arg__", named)
    found = metadata.find(name, module) if isinstance(name, str) else name
    if not (isinstance(found, type) and issubclass(found, Node)):
        raise TypeError(f"a repository's model must be a node class, not {named!r}")
    return found


def _model_of(cls: type) -> object | None:
    """Find the model in `class Finder(Repository[Model])`, also through generic classes in between."""
    return _argument(cls, {})


def _repository_of(base: object) -> type[BaseRepository[Any]] | None:
    origin: Any = get_origin(base)
    return origin if isinstance(origin, type) and issubclass(origin, BaseRepository) else None  # pyright: ignore[reportUnknownVariableType]


def _argument(cls: type, known: Mapping[object, object]) -> object | None:
    for base in getattr(cls, "__orig_bases__", ()):
        origin = _repository_of(base)
        if origin is None:
            continue
        arguments = [known.get(argument, argument) for argument in get_args(base)]
        if "__orig_bases__" not in origin.__dict__ or BaseRepository in origin.__bases__:
            return None if isinstance(arguments[0], TypeVar) else arguments[0]
        parameters = getattr(origin, "__parameters__", ())
        return _argument(origin, dict(zip(parameters, arguments, strict=False)))
    for base in cls.__bases__:
        if issubclass(base, BaseRepository) and base is not BaseRepository:
            return _argument(base, known)  # pyright: ignore[reportUnknownArgumentType]
    return None
