"""The programs of each page in docs/ run from top to bottom, as one."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from runic import ogm
from runic.ogm import Query, Repository
from runic.ogm.expressions import Operand
from runic.ogm.query.statement import Statement
from tests.source import ROOT
from tests.typing.checkers import run_mypy

if TYPE_CHECKING:
    from pathlib import Path

PAGES = sorted((ROOT / "docs").glob("*.md"))
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)#:]+)\)")
LANGUAGE = {
    f"runic.ogm.{name}"
    for name in ("expressions", "model.fields", "query.functions", "query.references", "query.related", "query.search")
}

WITH_PROGRAMS = [page for page in PAGES if BLOCK.search(page.read_text(encoding="utf-8"))]


def program(page: Path) -> str:
    """Return the blocks of a page with as many lines between them as the page has, so that errors name its lines."""
    text = page.read_text(encoding="utf-8")
    lines = [""] * text.count("\n")
    for block in BLOCK.finditer(text):
        start = text.count("\n", 0, block.start(1))
        code = block[1].splitlines()
        lines[start : start + len(code)] = code
    return "\n".join(lines)


@pytest.mark.backend("falkordb-examples")
@pytest.mark.parametrize("page", WITH_PROGRAMS, ids=lambda page: page.stem)
def test_page_runs_from_top_to_bottom(page: Path, tmp_path: Path) -> None:
    script = tmp_path / f"{page.stem}_page.py"
    script.write_text(program(page), encoding="utf-8")
    command = [sys.executable, "-W", "error", str(script)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
def test_pages_type_check(tmp_path: Path) -> None:
    """Each page as one program, and the README's."""
    for page in (*WITH_PROGRAMS, ROOT / "README.md"):
        name = page.stem.lower().replace("-", "_")
        (tmp_path / f"{name}_page.py").write_text(program(page) + "\n", encoding="utf-8")
    assert {name: dict(found) for name, found in run_mypy(tmp_path).items()} == {}


def test_guide_shows_the_whole_query_language() -> None:
    """Each method of statements, queries, repositories and operands, and each function, is called in a page."""
    shown = "\n".join(program(page) for page in WITH_PROGRAMS if page.stem in {"queries", "schema"})
    classes = (Statement, Operand, Query, Repository)
    methods = {name for cls in classes for name in vars(cls) if not name.startswith("_")}
    found = {name: getattr(ogm, name) for name in ogm.__all__ if name.islower()}
    functions = {name for name, value in found.items() if getattr(value, "__module__", "") in LANGUAGE}
    missing = {name for name in methods | functions if not re.search(rf"\b{name}\(", shown)}
    assert missing == {"selection"}  # for compilers


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_of_page_lead_somewhere(page: Path) -> None:
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []
