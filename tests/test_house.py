"""Files and functions stay small enough to read in one go."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests.source import ROOT, modules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE_LINES = 400
FUNCTION_LINES = 60
TYPICAL_FUNCTION_LINES = 30
FOLDERS = ("src", "tests", "examples", "bench")

PATHS = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_file_and_its_functions_are_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") < FILE_LINES
    assert [name for name, lines in functions(ast.parse(text)) if lines >= FUNCTION_LINES] == []


def test_typical_function_is_short() -> None:
    sizes = sorted(lines for module in modules().values() for _, lines in functions(module.tree))
    assert sizes[int(len(sizes) * 0.95)] < TYPICAL_FUNCTION_LINES


def functions(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1
