"""What stands behind each repository method, written once: statements, and which model it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, cast, get_args, get_origin

from runic.ogm.cypher.load import entries_of
from runic.ogm.exceptions import QueryError
from runic.ogm.model.base import Node
from runic.ogm.model.registry import metadata
from runic.ogm.session.arguments import check_node_class
from runic.ogm.session.select import Select, select

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

N = TypeVar("N", bound=Node)
ANY: Final = object()
"""No key is asked for: None would be one."""


class BaseRepository(Generic[N]):
    """Which model a repository is for, and the statements of its methods."""

    def __init__(self, model: type[N] | None) -> None:
        if model is not None and not is_node_class(model):
            raise TypeError(f"model must be a node class, not {model!r}")
        self._model = None if model is None else check_node_class(model)

    @property
    def model(self) -> type[N]:
        """The node class; TypeError if neither the class nor the call names one."""
        found = self._model
        if found is None:
            alias = self.__dict__.get("__orig_class__")
            named = _model_of(type(self), get_args(alias))
            if named is None:
                raise TypeError(
                    f"{type(self).__name__} has no model: write Repository(session, Model), "
                    f"or class {type(self).__name__}(Repository[Model])"
                )
            resolved: type[N] = _resolve(named, type(self).__module__)
            self._model = resolved
            return resolved
        return found

    def _returned(self, returns: type[Any] | None) -> type[Any]:
        """Return the node class that the nodes of a statement are of; TypeError for what is none."""
        cls: type[Any] = self.model if returns is None else returns
        if not is_node_class(cls):
            raise TypeError(f"returns must be a node class, not {cls!r}: cypher_raw() gives rows of anything")
        return check_node_class(cls)

    def _checked(self, entity: N) -> N:
        if not isinstance(entity, self.model):
            raise TypeError(f"this repository is of {self.model.__name__}, not of {entity!r}")
        return entity

    def _find_all(self, fetch: Sequence[object], skip: int, limit: int | None, order_by: object) -> Select[N]:
        statement: Select[N] = select(self.model).fetch(*entries_of(fetch))
        if order_by is not None:
            statement = statement.order_by(*_several(order_by))
        statement = statement.skip(skip) if skip != 0 else statement
        return statement if limit is None else statement.limit(limit)

    def _find_by(self, fetch: Sequence[object], equals: Mapping[str, object]) -> Select[N]:
        statement: Select[N] = select(self.model).fetch(*entries_of(fetch))
        for name, value in equals.items():
            attribute = self.model.__properties__.get(name)
            if attribute is None:
                known = ", ".join(self.model.__meta__.properties)
                raise QueryError(f"{self.model.__name__} has no field {name!r}; it has: {known}")
            statement = statement.where(attribute == value)
        return statement

    def _exists(self, key: object, equals: Mapping[str, object]) -> Select[N]:
        named = equals if key is ANY else {**equals, self.model.__meta__.key.name: key}
        return self._find_by((), named)

    def _ordered(self, order_by: object) -> Select[N]:
        statement: Select[N] = select(self.model)
        return statement if order_by is None else statement.order_by(*_several(order_by))


def check_session(session: object, kind: str) -> None:
    """Raise TypeError for what is no session, nor anything that stands in for one."""
    if not callable(getattr(session, "get_many", None)):
        raise TypeError(f"session must be {kind}, not {session!r}")


def _several(values: object) -> Sequence[object]:
    """One value or several, as several."""
    return tuple(cast("Sequence[object]", values)) if isinstance(values, (list, tuple)) else (values,)


def _resolve(named: object, module: str) -> Any:  # noqa: ANN401 - a node class
    name = getattr(named, "__forward_arg__", named)
    found = metadata.find(name, module) if isinstance(name, str) else name
    if not (isinstance(found, type) and issubclass(found, Node)):
        raise TypeError(f"a repository's model must be a node class, not {named!r}")
    return found


def _model_of(cls: type, arguments: Sequence[object]) -> object | None:
    """Follow what `cls` was subscribed with to the model, also through generic classes in between."""
    if cls is BaseRepository:
        return None if not arguments or isinstance(arguments[0], TypeVar) else arguments[0]
    known = dict(zip(getattr(cls, "__parameters__", ()), arguments, strict=False))
    for base in cls.__dict__.get("__orig_bases__", cls.__bases__):
        origin: Any = get_origin(base) or base
        if isinstance(origin, type) and issubclass(origin, BaseRepository):
            return _model_of(origin, [known.get(argument, argument) for argument in get_args(base)])  # pyright: ignore[reportUnknownArgumentType]
    return None


def is_node_class(cls: object) -> bool:
    """Tell whether something is a mapped node class."""
    return isinstance(cls, type) and issubclass(cls, Node) and hasattr(cls, "__meta__")
