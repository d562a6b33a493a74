"""What this process and the servers that it started have taken of the processors: no matter what else is running."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Final

PROC: Final = Path("/proc")
COUNTED: Final = (PROC / "self" / "schedstat").exists()
"""Only Linux tells what threads of other processes took, to the nanosecond."""


def used() -> float:
    """Return the seconds of this process, of its children that ended, and of all that descend from it."""
    ended = os.times()
    return time.process_time() + ended.children_user + ended.children_system + sum(map(_seconds, descendants()))


def descendants() -> list[int]:
    """Return the processes that this one started, and those that they started."""
    if not COUNTED:
        return []
    parents = {int(entry.name): _parent(entry) for entry in PROC.iterdir() if entry.name.isdigit()}
    found, level = list[int](), {os.getpid()}
    while level:
        level = {process for process, parent in parents.items() if parent in level}
        found += level
    return found


def _parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, ValueError):  # it ended just now
        return 0


def _seconds(process: int) -> float:
    total = 0
    try:
        for thread in (PROC / str(process) / "task").iterdir():
            total += int((thread / "schedstat").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return total / 1e9
    return total / 1e9
