"""Runs mypy and pyright over a folder and gives the lines that they report, with their messages."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias

from tests.source import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

Reports: TypeAlias = "Mapping[str, Mapping[int, list[str]]]"
"""File name, then line, then what was said of it."""


def run_mypy(folder: Path) -> Reports:
    """Check a folder with mypy under the project's own settings."""
    output = _run("mypy", "--output", "json", "--no-error-summary", str(folder))
    found: defaultdict[str, defaultdict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for line in output.splitlines():
        item = json.loads(line)
        if item["severity"] == "error":
            found[_name(item["file"])][item["line"]].append(item["message"])
    return found


def run_pyright(folder: Path) -> Reports:
    """Check a folder with pyright under the project's own settings."""
    output = _run("pyright", "--outputjson", "--pythonpath", sys.executable, *map(str, sorted(folder.glob("*.py"))))
    found: defaultdict[str, defaultdict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for item in json.loads(output)["generalDiagnostics"]:
        if item["severity"] == "error":
            found[_name(item["file"])][item["range"]["start"]["line"] + 1].append(item["message"])
    return found


CHECKERS: Mapping[str, Callable[[Path], Reports]] = {"mypy": run_mypy, "pyright": run_pyright}


def _run(*command: str) -> str:
    """Return what a checker printed; it may report errors (1), but must not have failed itself."""
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode not in {0, 1} or (done.returncode == 1 and not done.stdout):
        raise RuntimeError(f"{command[0]} failed: {done.stdout}{done.stderr}")
    return done.stdout


def _name(path: str) -> str:
    return path.replace("\\", "/").rsplit("/", 1)[-1]
