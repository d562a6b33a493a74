"""The atlas as somebody finds it who has the graph but not the classes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
WRITE = """
import sys
sys.path.insert(0, {folder!r})
from loading import load_world
from runic.ogm import create_driver
from runic.ogm.inspection import inspect_graph, write_models
with create_driver({url!r}) as driver:
    load_world(driver, limit=300)
    open({file!r}, "w", encoding="utf-8").write(write_models(inspect_graph(driver)))
"""
READ = """
from __future__ import annotations
from found import City, Country, HasCapital, Place
from runic.ogm import Session, create_driver, select
with create_driver({url!r}) as driver, Session(driver) as session:
    assert session.count(select(Place)) == 300 + 252 + 7
    france = session.get(Country, "FR", fetch=["in_", "borders", "borders_from", "speaks"])
    assert france is not None and france.in_ is not None
    assert (france.name, france.in_.name) == ("France", "Europe")
    assert "ES" in {{near.id for near in [*france.borders, *france.borders_from]}}
    rows = session.all_with_edges(
        select(Country).traverse(Country.has_capital, optional=False).where(City.name == "Paris"),
        Country, HasCapital, City,
    )
    assert [(country.id, 0 < edge.share < 1) for country, edge, _ in rows] == [("FR", True)]
"""


@pytest.mark.slow
@pytest.mark.backend("falkordb-examples")
def test_written_models_are_typed_and_read_the_world(tmp_path: Path) -> None:
    url = f"falkordb+embedded://{tmp_path / 'graph'}"
    run(tmp_path, "-W", "error", "-c", WRITE.format(folder=str(EXAMPLES / "atlas"), url=url, file="found.py"))
    (tmp_path / "program.py").write_text(READ.format(url=url), encoding="utf-8")
    run(tmp_path, "-m", "ruff", "format", "--isolated", "--check", "found.py")
    run(tmp_path, "-m", "mypy", "--strict", "--config-file", "", "found.py", "program.py")
    run(tmp_path, "-W", "error", "program.py")


def run(folder: Path, *arguments: str) -> None:
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
