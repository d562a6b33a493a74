"""The package's modules as syntax trees, for the tests of its structure."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src"
PACKAGE = "runic.ogm"


class Import(NamedTuple):
    """One import statement's target: a module, with where it stands."""

    target: str
    line: int
    inside_function: bool
    for_typing: bool


class Module(NamedTuple):
    """One file of the package."""

    name: str
    path: Path
    tree: ast.Module
    imports: tuple[Import, ...]


@cache
def modules() -> dict[str, Module]:
    """Return all modules of the package by their dotted name."""
    paths = {_dotted(path): path for path in sorted((SOURCE / "runic").rglob("*.py"))}
    found: dict[str, Module] = {}
    for name, path in paths.items():
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        found[name] = Module(name, path, tree, tuple(_Imports(name, path, paths).collect(tree)))
    return found


def _dotted(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")


class _Imports(ast.NodeVisitor):
    def __init__(self, name: str, path: Path, known: dict[str, Path]) -> None:
        self.parents = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
        self.known = known
        self.found: list[Import] = []
        self.inside_function = self.for_typing = False

    def collect(self, tree: ast.Module) -> list[Import]:
        self.visit(tree)
        return self.found

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._add(alias.name, node.lineno)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        parents = self.parents[: len(self.parents) - node.level + 1] if node.level else []
        stem = ".".join([*parents, *(node.module or "").split(".")]).strip(".")
        for alias in node.names:
            submodule = f"{stem}.{alias.name}"
            self._add(submodule if submodule in self.known else stem, node.lineno)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        outer, self.inside_function = self.inside_function, True
        self.generic_visit(node)
        self.inside_function = outer

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.visit_FunctionDef(node)

    def visit_If(self, node: ast.If) -> None:
        outer = self.for_typing
        self.for_typing = outer or "TYPE_CHECKING" in ast.unparse(node.test)
        for child in node.body:
            self.visit(child)
        self.for_typing = outer
        for child in node.orelse:
            self.visit(child)

    def _add(self, target: str, line: int) -> None:
        self.found.append(Import(target, line, self.inside_function, self.for_typing))
