"""The sync and the async half of the package have the same methods with the same signatures."""

from __future__ import annotations

import inspect
import re
from typing import Any

import pytest

from runic import ogm

TWINS = ("Session", "Repository", "SchemaManager", "Query")
PLAIN_IN_BOTH = frozenset({"__enter__", "__exit__", "__aenter__", "__aexit__", "__iter__", "__aiter__"})
RENAMED = {"__aenter__": "__enter__", "__aexit__": "__exit__", "__aiter__": "__iter__", "__anext__": "__next__"}

twins = pytest.mark.parametrize("name", TWINS)


@twins
def test_twins_have_same_methods(name: str) -> None:
    assert sorted(methods(name)) == sorted(methods(f"Async{name}"))


@twins
def test_twins_have_same_signatures(name: str) -> None:
    plain, asynchronous = methods(name), methods(f"Async{name}")
    different = {
        method: (signature(plain[method]), signature(asynchronous[method]))
        for method in plain.keys() & asynchronous.keys()
        if signature(plain[method]) != signature(asynchronous[method])
    }
    assert different == {}


def methods(name: str) -> dict[str, Any]:
    """Return the public methods and the protocols of a class, async spellings under their sync names."""
    found: dict[str, Any] = {}
    for method, value in inspect.getmembers(find(name), callable):
        spelling = RENAMED.get(method, method)
        if spelling in PLAIN_IN_BOTH or not method.startswith("_"):
            found[spelling] = value
    return found


def find(name: str) -> type:
    """Return a class of the public surface, or of the module that keeps bound queries."""
    return getattr(ogm, name, None) or pytest.fail(f"runic.ogm has no {name}")


def signature(method: Any) -> str:
    """Return a signature without what asyncio adds to the types."""
    text = str(inspect.signature(method))
    text = re.sub(r"\b(?:Coroutine\[Any, Any, |Awaitable\[)(.*)\]$", r"\1", text)
    text = re.sub(r"\bAsync(?=(?:Iterator|Iterable|Generator|ContextManager)\b)", "", text)
    return re.sub(r"\bAsync(?=[A-Z])", "", text)
