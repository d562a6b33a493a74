"""Each program under examples/ runs, and says that what it claims holds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
LESSONS = sorted(EXAMPLES.glob("[0-9]*.py"))
ATLAS = """
import sys
sys.path.insert(0, {folder!r})
from loading import load_world
from models import City, Country
from questions import who_borders_whom
from runic.ogm import Session, create_driver, select
with create_driver("falkordb+embedded://") as driver:
    for _ in range(2):
        load_world(driver, limit=300)
    with Session(driver) as session:
        assert session.count(select(City)) == 300
        assert session.count(select(Country)) == 252
        assert session.count(select(City).traverse(City.country, optional=False)) == 300
    assert who_borders_whom(driver) == (True, True)
"""


def run(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "-W", "error", *arguments], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_lesson_runs(lesson: Path) -> None:
    run(str(lesson))


def test_atlas_is_written_twice_and_stays_the_same() -> None:
    run("-c", ATLAS.format(folder=str(EXAMPLES / "atlas")))
