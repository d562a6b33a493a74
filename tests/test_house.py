"""Files and functions stay small enough to read in one go."""

from __future__ import annotations

import ast
from functools import cache
from typing import TYPE_CHECKING

from tests.source import ROOT, modules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE_LINES = 400
FUNCTION_LINES = 60
TYPICAL_FUNCTION_LINES = 30
FOLDERS = ("src", "tests", "examples", "bench")


def test_files_are_short() -> None:
    lengths = {path: text.count("\n") for path, text in texts().items()}
    assert {path: lines for path, lines in lengths.items() if lines >= FILE_LINES} == {}


def test_functions_are_short() -> None:
    long = {
        (path, name): lines
        for path, text in texts().items()
        if text.count("\n") >= FUNCTION_LINES
        for name, lines in functions(ast.parse(text))
        if lines >= FUNCTION_LINES
    }
    assert long == {}


def test_typical_function_is_short() -> None:
    sizes = sorted(lines for module in modules().values() for _, lines in functions(module.tree))
    assert sizes[int(len(sizes) * 0.95)] < TYPICAL_FUNCTION_LINES


@cache
def texts() -> dict[Path, str]:
    return {path: path.read_text(encoding="utf-8") for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")}


def functions(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1
