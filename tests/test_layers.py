"""Imports run one way, client libraries and Cypher stay where they belong."""

from __future__ import annotations

import ast
import re
import sys
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

import pytest

from tests.source import PACKAGE, modules

if TYPE_CHECKING:
    from collections.abc import Iterator

LAYERS: tuple[frozenset[str], ...] = tuple(
    frozenset(layer.split())
    for layer in (
        "exceptions types",
        "identifiers conversion expressions codegen garbage driving extras",
        "model",
        "query",
        "cypher",
        "mapping observe",
        "backends",
        "session",
        "driver schema",
        "repository bulk inspection export",
        "__init__",
        "cli",
    )
)
"""Lowest first. A module imports its own layer and lower ones; what only a type checker imports is free."""

MAY_HIDE_IMPORTS = {
    f"{PACKAGE}.driver": "loads the backend that a URL names",
    f"{PACKAGE}.backends._embedded_supervisor": "a script of its own whose start everyone waits for",
}
STANDARD_LIBRARY = sys.stdlib_module_names | {"annotationlib"}  # in Python from 3.14 on; absent before
FOREIGN = {"cli": {"typer", "rich"}}
"""The libraries of extras that are no clients; others are loaded by name when they are used (`extras`)."""
CYPHER = re.compile(r"\b(MATCH|MERGE|UNWIND)\b")
WRITES_CYPHER = ("cypher", "backends")


def unit(name: str) -> str:
    """Return the file or folder right under the package that a module belongs to."""
    rest = name.removeprefix(PACKAGE).strip(".")
    return rest.split(".")[0] if rest else "__init__"


def level(name: str) -> int:
    for position, layer in enumerate(LAYERS):
        if unit(name) in layer:
            return position
    raise AssertionError(f"{name} is in no layer: give {unit(name)!r} its place in LAYERS of {__file__}")


def test_imports_point_downwards() -> None:
    upward = [
        f"{module.name}, line {item.line}: {item.target}"
        for module in modules().values()
        for item in module.imports
        if item.target.startswith(PACKAGE) and not item.for_typing and level(item.target) > level(module.name)
    ]
    assert upward == []


def test_no_import_hides_in_function() -> None:
    hidden = {
        module.name: f"line {item.line}: {item.target}"
        for module in modules().values()
        for item in module.imports
        if item.inside_function and item.target != "annotationlib"
    }
    assert hidden.keys() <= MAY_HIDE_IMPORTS.keys(), hidden


def test_client_libraries_stay_in_backends() -> None:
    foreign = {
        f"{module.name}, line {item.line}: {item.target}"
        for module in modules().values()
        if unit(module.name) != "backends"
        for item in module.imports
        if item.target.split(".")[0] not in STANDARD_LIBRARY | {"runic"} | FOREIGN.get(unit(module.name), set())
    }
    assert foreign == set()


def test_cypher_stays_in_its_place() -> None:
    others = [module for module in modules().values() if unit(module.name) not in WRITES_CYPHER]
    assert [(module.name, text) for module in others for text in texts(module.tree) if CYPHER.search(text)] == []


def test_no_import_cycle() -> None:
    graph = {
        module.name: {item.target for item in module.imports if item.target in modules() and not item.for_typing}
        for module in modules().values()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(reversed(error.args[1])))


def texts(tree: ast.Module) -> Iterator[str]:
    """Return every string of a module that is not a docstring."""
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.value
