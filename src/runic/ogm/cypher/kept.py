"""Compiled statements, each kept with its statement's data: a statement is never changed, so it compiles once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from runic.ogm.cypher.bindings import UnlikeValueError
from runic.ogm.cypher.plan import CompiledSelect
from runic.ogm.model.registry import metadata
from runic.ogm.query.pattern import SHARED

if TYPE_CHECKING:
    from collections.abc import Callable

    from runic.ogm.query.pattern import Selection

_KEPT = "_compiled"

C = TypeVar("C")


def kept(selection: Selection, compile_: Callable[..., C], *arguments: Any) -> C:
    """Return `compile_(selection, *arguments)`, from before if it was asked for before.

    arguments: a dialect, a mapper and so on, told apart by hash. A class that is declared meanwhile may be part of the
    results, so that all is compiled anew then. Two threads may both compile, and keep the same.
    """
    known: dict[object, C] = vars(selection).setdefault(_KEPT, {})
    key = (compile_, metadata.version, *arguments)
    found = known.get(key)
    if found is None:
        found = known[key] = _with_values(selection, key)
    return found


def _with_values(selection: Selection, key: tuple[Any, ...]) -> Any:  # noqa: ANN401 - whatever is compiled to
    """Compile a statement, or put its values in the place of those that another was compiled with.

    Its parts may be given other values than a union is, so that a union is compiled.
    """
    compile_, _, *arguments = key
    shared: dict[object, Any] | None = vars(selection).get(SHARED)
    if shared is None or selection.united:
        return compile_(selection, *arguments)
    shape = (key, *((name, type(value)) for name, value in selection.values.items()))
    like = shared.get(shape)
    if isinstance(like, CompiledSelect):
        try:
            return like.bound_to(selection.values)
        except UnlikeValueError:
            return compile_(selection, *arguments)
    found = compile_(selection, *arguments)
    if isinstance(found, CompiledSelect):
        shared[shape] = found
    return found
