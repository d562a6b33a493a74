"""Annotations to types: names are looked up late, in the class's module, its enclosing function, and the registry."""

from __future__ import annotations

import ast
import builtins
import sys
import types
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, ForwardRef, NamedTuple, Union, get_args, get_origin

from runic.ogm.model.fields import Property

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

COLLECTIONS = ("list", "List", "Sequence")


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
    if get_origin(resolved) in (Union, types.UnionType):
        rest = [argument for argument in get_args(resolved) if argument is not type(None)]
        if len(rest) < len(get_args(resolved)):
            return Union[tuple(rest)], True  # noqa: UP007 - built at run time
    return resolved, False


def is_class_variable(annotation: object) -> bool:
    """Tell whether an annotation says ClassVar."""
    if isinstance(annotation, str):
        return annotation.replace("typing.", "").startswith("ClassVar")
    return annotation is ClassVar or get_origin(annotation) is ClassVar


def is_many(annotation: object) -> bool:
    """Tell from its form alone whether a relation's annotation is a collection; no name is evaluated."""
    if isinstance(annotation, ForwardRef):
        annotation = annotation.__forward_arg__
    if isinstance(annotation, str):
        return _text_is_many(ast.parse(annotation.strip(), mode="eval").body)
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType) or _is_related(origin):
        return any(is_many(argument) for argument in get_args(annotation))
    return annotation is list or (isinstance(origin, type) and origin.__name__ in COLLECTIONS)


def _is_related(origin: object) -> bool:
    return getattr(origin, "__name__", "") == "Related"


def _text_is_many(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return _text_is_many(node.left) or _text_is_many(node.right)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return is_many(node.value)
    if not isinstance(node, ast.Subscript):
        return _last_name(node) in COLLECTIONS
    if _last_name(node.value) in ("Optional", "Related", "Union"):
        return any(_text_is_many(part) for part in _elements(node.slice))
    return _last_name(node.value) in COLLECTIONS


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _elements(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple) else [node]


def target_types(resolved: object) -> Iterator[type]:
    """Yield the classes that a resolved relation annotation leads to: through list, `| None`, Related and unions."""
    if isinstance(resolved, type) and not get_args(resolved):
        if resolved is not type(None):
            yield resolved
        return
    for argument in get_args(resolved):
        yield from target_types(argument)
