"""Type checkers accept what is right and report what is wrong: each line marked `# error`, and no other."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.source import ROOT
from tests.typing.checkers import CHECKERS

if TYPE_CHECKING:
    from tests.typing.checkers import Reports

HERE = Path(__file__).parent
MARK = re.compile(r"# error\b")
KINDS = ("accepted", "rejected")
PROGRAMS = [path for kind in KINDS for path in sorted((HERE / kind).glob("*.py"))]
ACCEPTED = [path for path in PROGRAMS if path.parent.name == "accepted"]


@cache
def reports(checker: str, kind: str) -> Reports:
    return CHECKERS[checker](HERE / kind)


def identify(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.slow
@pytest.mark.parametrize("checker", CHECKERS)
@pytest.mark.parametrize("path", PROGRAMS, ids=identify)
def test_checker_reports_marked_lines_only(path: Path, checker: str) -> None:
    found = reports(checker, path.parent.name).get(path.name, {})
    lines = path.read_text(encoding="utf-8").splitlines()
    expected = {number for number, line in enumerate(lines, 1) if MARK.search(line)}
    missed = [f"{number}: {lines[number - 1].strip()}" for number in sorted(expected - found.keys())]
    surplus = [f"{number}: {' / '.join(found[number])}" for number in sorted(found.keys() - expected)]
    assert (missed, surplus) == ([], [])


def test_only_rejected_programs_are_marked() -> None:
    marked = [path for path in PROGRAMS if MARK.search(path.read_text(encoding="utf-8"))]
    assert marked == [path for path in PROGRAMS if path not in ACCEPTED]


@pytest.mark.parametrize("path", ACCEPTED, ids=identify)
def test_accepted_program_can_be_imported(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", str(path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
