"""The atlas gives one set of answers, whatever database holds it."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from runic.ogm import Session, create_driver
from tests.servers import MODULES, CannotStartError, chosen, running
from tests.source import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SERVERS = [name for name in MODULES if name in chosen()]


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, id=f"{name}-sync", marks=pytest.mark.backend(f"{name}-examples")) for name in SERVERS],
)
def test_answers_are_those_of_the_embedded_database(name: str, tmp_path: Path) -> None:
    """With three hundred cities; `scripts/compare_atlas.py` does it with all of the world's."""
    try:
        target = running(name)
    except CannotStartError as error:
        pytest.skip(f"{name} cannot start here: {error}")
    url = target.url("atlas")
    with create_driver(url) as driver, Session(driver) as session:
        session.execute("MATCH (n) DETACH DELETE n", write=True)
    graph = f"falkordb+embedded://{tmp_path / 'graph'}"
    command = [sys.executable, "-W", "error", str(ROOT / "scripts/compare_atlas.py"), "--limit", "300", graph, url]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    target.forget("atlas")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "how_many_cities_has_each_continent" in done.stdout
