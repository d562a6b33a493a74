"""Compiled statements, each kept with its statement's data: a statement is never changed, so it compiles once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runic.ogm.model.registry import metadata

if TYPE_CHECKING:
    from collections.abc import Callable

    from runic.ogm.cypher.plan import CompiledSelect
    from runic.ogm.query.pattern import Selection

_KEPT = "_compiled"


def kept(selection: Selection, compile_: Callable[..., CompiledSelect], *arguments: Any) -> CompiledSelect:
    """Return `compile_(selection, *arguments)`, from before if it was asked for before.

    arguments: a dialect, a mapper and so on, told apart by hash. A class that is declared meanwhile may be part of the
    results, so that all is compiled anew then. Two threads may both compile, and keep the same.
    """
    known: dict[object, CompiledSelect] = vars(selection).setdefault(_KEPT, {})
    key = (compile_, metadata.version, *arguments)
    found = known.get(key)
    if found is None:
        found = known[key] = compile_(selection, *arguments)
    return found
