"""Rule 18: what a commit returned from survives a kill of the process. The embedded database alone."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from runic.ogm import OGMError, Session, create_driver, select

from .models import Artist

PROGRAM = """
import os, signal, sys
sys.path.insert(0, {package!r})
from runic.ogm import Field, Node, Session, create_driver

class Artist(Node, labels=["Artist"]):
    id: str = Field(primary_key=True)
    name: str

driver = create_driver({url!r}, durability={durability!r})
for i in range(25):
    with Session(driver) as session:
        session.add(Artist(id=f"a{{i}}", name="n"))
    print(i, flush=True)
{wait}
os.kill(os.getpid(), signal.SIGKILL)
"""
SOURCE = str(Path(sys.modules["runic.ogm"].__file__ or "").parents[2])


def killed(directory: Path, durability: str, wait: str = "") -> None:
    """Run the program, which kills itself after its commits."""
    text = PROGRAM.format(package=SOURCE, url=f"falkordb+embedded://{directory}", durability=durability, wait=wait)
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.split()[-1:] == ["24"], done.stderr


def stored(directory: Path) -> int:
    """Open the directory again and count; the server of the killed process may still be ending."""
    deadline = time.monotonic() + 20
    while True:
        try:
            driver = create_driver(f"falkordb+embedded://{directory}")
            break
        except OGMError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
    try:
        with Session(driver) as session:
            return session.count(select(Artist))
    finally:
        driver.close()


def test_commits_survive_a_kill(tmp_path: Path) -> None:
    """Rule 18: with every commit synced."""
    killed(tmp_path, "always")
    assert stored(tmp_path) == 25


def test_commits_survive_a_kill_by_default(tmp_path: Path) -> None:
    """Rule 18: written ahead, synced every second; a kill of the process loses nothing."""
    killed(tmp_path, "everysec")
    assert stored(tmp_path) == 25


def test_closed_database_is_kept(tmp_path: Path) -> None:
    driver = create_driver(f"falkordb+embedded://{tmp_path}")
    with Session(driver) as session:
        session.add(Artist(id="a", name="A"))
    driver.close()
    assert stored(tmp_path) == 1


def test_thrown_away_database_is_not_kept() -> None:
    for expected in (0, 0):
        driver = create_driver("falkordb+embedded://")
        with Session(driver) as session:
            assert session.count(select(Artist)) == expected
            session.add(Artist(id="a", name="A"))
        driver.close()


@pytest.mark.parametrize("durability", ["sometimes", "", 1, True], ids=repr)
def test_odd_durability_is_refused(tmp_path: Path, durability: object) -> None:
    """Rule 19."""
    with pytest.raises((TypeError, ValueError), match="durability"):
        create_driver(f"falkordb+embedded://{tmp_path}", durability=durability)
