"""Annotations to types: names are looked up late, in the class's module, its enclosing function, and the registry."""

from __future__ import annotations

import ast
import builtins
import sys
import types
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    ForwardRef,
    NamedTuple,
    Self,
    TypeVar,
    Union,
    get_args,
    get_origin,
)

from runic.ogm.conversion.resolve import unwrap
from runic.ogm.model.fields import Property

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

COLLECTIONS = frozenset({"list", "List", "Sequence"})
_BUILT_IN = frozenset({"set", "frozenset", "tuple", "dict"})
NO_COLLECTIONS = _BUILT_IN | {
    "Set", "FrozenSet", "Tuple", "Dict", "AbstractSet", "MutableSet", "Mapping", "MutableSequence", "Collection",
    "Iterable", "deque",
}  # fmt: skip
"""What holds several values, but not the targets of a relation."""
_ALONE = COLLECTIONS | _BUILT_IN  # a class of entities may be called Set


class Scope(NamedTuple):
    """Where the names of a class's annotations are looked up."""

    module: str
    local_names: Mapping[str, object]
    lookup: Callable[[str, str], object | None]  # (name, module of who asks) -> a mapped class


class _Names(dict[str, Any]):
    """Local names for `eval`: kept locals, then what the module and Python know, then the registry of classes."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope.local_names)
        self._scope = scope

    def __missing__(self, name: str) -> object:
        module = sys.modules.get(self._scope.module)
        if module is not None and name in vars(module):
            return vars(module)[name]
        if hasattr(builtins, name):
            return getattr(builtins, name)
        found = self._scope.lookup(name, self._scope.module)
        if found is None:
            raise NameError(f"name {name!r} is not defined")
        return found


def own_annotations(cls: type) -> dict[str, object]:
    """Return the annotations written in the class's own body, unevaluated where Python allows it."""
    found = cls.__dict__.get("__annotations__")  # noqa: RUF063 - inspect would evaluate, or take the parents'
    if found is None and sys.version_info >= (3, 14):
        import annotationlib  # noqa: PLC0415 - exists from 3.14 on only

        found = annotationlib.get_annotations(cls, format=annotationlib.Format.FORWARDREF)
    return dict(found or {})


def defining_locals(qualname: str) -> dict[str, object]:
    """Return the names of the function in which a class is being defined, so that they can be found later."""
    if "<locals>" not in qualname:
        return {}
    frame = sys._getframe(1)  # noqa: SLF001 - the documented way to the callers
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("runic.ogm.model"):
        frame = frame.f_back
    return dict(frame.f_locals)


def resolve_annotation(annotation: object, scope: Scope) -> object:
    """Return the type that an annotation means; raises NameError for a name that is not found."""
    if annotation is None:
        return type(None)
    if isinstance(annotation, ForwardRef):
        annotation = annotation.__forward_arg__
    if isinstance(annotation, str):
        module = sys.modules.get(scope.module)
        # Annotations are the program's own text, and eval is how Python itself resolves them.
        value = eval(annotation, dict(vars(module)) if module else {}, _Names(scope))  # noqa: S307
        return resolve_annotation(value, scope)
    return _resolve_arguments(annotation, scope)


def _resolve_arguments(annotation: object, scope: Scope) -> object:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is None or not arguments or str(origin).endswith("Literal"):
        return annotation
    if origin is Annotated:
        inner = resolve_annotation(arguments[0], scope)
        return Annotated[(inner, *annotation.__metadata__)]  # type: ignore[attr-defined]
    if isinstance(origin, type) and issubclass(origin, Property):
        return resolve_annotation(arguments[0], scope)
    resolved = tuple(a if a is Ellipsis else resolve_annotation(a, scope) for a in arguments)
    if origin in (Union, types.UnionType):
        return _subscript(Union, (resolved,))
    return _subscript(origin, resolved)


def _subscript(generic: Any, arguments: tuple[object, ...]) -> object:  # noqa: ANN401 - any generic class
    return generic[arguments if len(arguments) != 1 else arguments[0]]  # pyright: ignore[reportGeneralTypeIssues]


def split_optional(resolved: object) -> tuple[object, bool]:
    """Return the type without `| None`, and whether None was allowed."""
    plain = unwrap(resolved)
    if get_origin(plain) in (Union, types.UnionType):
        rest = [argument for argument in get_args(plain) if argument is not type(None)]
        if len(rest) < len(get_args(plain)):
            return Union[tuple(rest)], True  # noqa: UP007 - built at run time
    return resolved, False


def is_class_variable(annotation: object) -> bool:
    """Tell whether an annotation says ClassVar."""
    if isinstance(annotation, str):
        return annotation.replace("typing.", "").startswith("ClassVar")
    return annotation is ClassVar or get_origin(annotation) is ClassVar


def is_many(annotation: object, names: frozenset[str] = COLLECTIONS) -> bool:
    """Tell from its form alone whether a relation's annotation is one of these collections; no name is evaluated."""
    if isinstance(annotation, ForwardRef):
        annotation = annotation.__forward_arg__
    if isinstance(annotation, str):
        return _text_is_many(ast.parse(annotation.strip(), mode="eval").body, names)
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType) or _is_related(origin):
        return any(is_many(argument, names) for argument in get_args(annotation))
    if origin is None:
        return getattr(annotation, "__name__", "") in names & _ALONE
    return isinstance(origin, type) and origin.__name__ in names


def _is_related(origin: object) -> bool:
    return getattr(origin, "__name__", "") == "Related"


def _text_is_many(node: ast.expr, names: frozenset[str]) -> bool:
    if isinstance(node, ast.BinOp):
        return _text_is_many(node.left, names) or _text_is_many(node.right, names)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return is_many(node.value, names)
    if not isinstance(node, ast.Subscript):
        return _last_name(node) in names & _ALONE
    if _last_name(node.value) in ("Optional", "Related", "Union"):
        return any(_text_is_many(part, names) for part in _elements(node.slice))
    return _last_name(node.value) in names


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _elements(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple) else [node]


def is_generic(resolved: object) -> bool:
    """Tell whether a type speaks of a type parameter that is not settled."""
    return isinstance(resolved, TypeVar) or bool(get_args(resolved) and getattr(resolved, "__parameters__", ()))


def settle(resolved: object, cls: type, declaring: type) -> object:
    """Return a type that `declaring` speaks of as its subclass `cls` has it: `class Thermometer(Sensor[float])`."""
    return _settled(resolved, _given_types(cls, declaring)) if is_generic(resolved) else resolved


def _given_types(cls: type, ancestor: type) -> dict[object, object]:
    """Return what the parameters of a generic ancestor stand for in a class."""
    for parent in cls.__dict__.get("__orig_bases__", cls.__bases__):
        base = get_origin(parent) or parent
        if isinstance(base, type) and cls is not ancestor and issubclass(base, ancestor):
            given: dict[object, object] = dict(zip(getattr(base, "__parameters__", ()), get_args(parent), strict=False))
            known = _given_types(base, ancestor)
            return {key: _settled(value, given) for key, value in known.items()} if base is not ancestor else given
    return {}


def _settled(resolved: object, given: Mapping[object, object]) -> object:
    if isinstance(resolved, TypeVar):
        return given.get(resolved, resolved)
    if not is_generic(resolved):
        return resolved
    parameters: tuple[object, ...] = getattr(resolved, "__parameters__", ())
    return _subscript(resolved, tuple(given.get(parameter, parameter) for parameter in parameters))


def target_types(resolved: object, owner: type) -> Iterator[type]:
    """Yield the classes that a resolved relation annotation leads to: through list, `| None`, Related and unions.

    owner: what `Self` means.
    """
    if resolved is Self:
        yield owner
    if isinstance(resolved, type) and not get_args(resolved):
        if resolved is not type(None):
            yield resolved
        return
    for argument in get_args(resolved):
        yield from target_types(argument, owner)
