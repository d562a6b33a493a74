"""The command `runic` on each database: what it prints, and with what code it ends."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runic.ogm import metadata
from runic.ogm.cli import main

from .harness import Database

pytestmark = pytest.mark.sync_only
MODELS = """
from __future__ import annotations
from runic.ogm import Edge, Field, Node, Relation

class Route(Edge, type="FLIES_TO"):
    minutes: int

class Airport(Node):
    code: str = Field(primary_key=True)
    city: str = Field(index=True)
    routes: list[Airport] = Relation(relationship="FLIES_TO", edge_model=Route)
"""
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run the command in a folder with a module of classes; give its code, what it printed and its errors."""
    (tmp_path / "airports.py").write_text(MODELS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.setenv("TERMINAL_WIDTH", "200")
    before = metadata.snapshot()
    known = set(sys.modules)

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(arguments)
        return (code, *capsys.readouterr())

    yield call
    metadata.restore(before)
    for name in set(sys.modules) - known:
        if name in ("airports", "found"):
            del sys.modules[name]


async def test_schema_is_planned_applied_and_checked(db: Database, run: Run) -> None:
    code, planned, _ = run("schema", "plan", "airports", "--url", db.url)
    assert (code, planned.count("+ ")) == (0, 2)
    assert run("schema", "check", "airports.py", "--url", db.url)[0] == 1
    assert run("schema", "apply", "airports", "--url", db.url)[0] == 0
    assert run("schema", "check", "airports", "--url", db.url)[:2] == (0, "the schema is as declared\n")


async def test_files_are_loaded_as_nodes_and_edges(db: Database, run: Run, tmp_path: Path) -> None:
    (tmp_path / "airports.csv").write_text("code,place,note\nLIS,Lisbon,x\nOPO,Porto,\n", encoding="utf-8")
    (tmp_path / "routes.tsv").write_text("source\ttarget\tminutes\nLIS\tOPO\t55\n", encoding="utf-8")
    options = ("--url", db.url, "--column", "place=city", "--column", "note=")
    assert run("load", "airports:Airport", "airports.csv", *options)[:2] == (
        0,
        "2 rows of airports.csv are in Airport\n",
    )
    assert run("load", "airports:Airport.routes", "routes.tsv", "--url", db.url)[0] == 0
    graph = await db.dump()
    assert graph.node("LIS") == {"code": "LIS", "city": "Lisbon"}
    assert graph.edge("FLIES_TO", "LIS", "OPO") == {"minutes": 55}


async def test_row_that_does_not_fit_is_one_line(db: Database, run: Run, tmp_path: Path) -> None:
    (tmp_path / "routes.csv").write_text("source,target,minutes\nLIS,OPO,55\n", encoding="utf-8")
    code, printed, error = run("load", "airports:Airport.routes", "routes.csv", "--url", db.url)
    assert (code, printed) == (1, "")
    assert error == "error: Airport.routes: no Airport with code='LIS' is stored (row 1)\n"


async def test_graph_is_inspected_into_a_file(db: Database, run: Run, tmp_path: Path) -> None:
    await db.execute(
        "CREATE (:Airport {code: 'LIS', city: 'Lisbon'})-[:FLIES_TO {minutes: 55}]->(:Airport {code: 'OPO'})"
    )
    code, printed, error = run("inspect", db.url, "-o", "found.py")
    assert (code, printed, error) == (0, "found.py: 1 node classes, 1 edge classes\n", "")
    text = (tmp_path / "found.py").read_text(encoding="utf-8")
    assert run("inspect", db.url)[:2] == (0, text)
    assert run("inspect", db.url, "-o", "found.py")[0] == 1
    assert run("schema", "plan", "found.py", "--url", db.url)[0] == 0
    assert "    code: str = Field(primary_key=True)\n    city: str | None = None\n" in text
