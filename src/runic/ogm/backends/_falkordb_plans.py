"""FalkorDB's plans as the rows that `Statement.mode` promises."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from runic.ogm.cypher.statement import PLAN_COLUMNS, Reply

if TYPE_CHECKING:
    from collections.abc import Sequence

_INDENT = 4
_FIGURES = re.compile(r"Records produced: (\d+), Execution time: ([0-9.]+) ms")


def read_plan(lines: Sequence[str]) -> Reply:
    """Return a plan, one operator a line, such as `    Node By Label Scan | (n:A) | Records produced: 2, ...`."""
    return Reply([[_read_line(line) for line in lines]], PLAN_COLUMNS)


def _read_line(line: str) -> list[Any]:
    text = line.lstrip(" ")
    operator, *details = text.split(" | ")
    figures = _FIGURES.fullmatch(details[-1]) if details else None
    rows, time = (int(figures[1]), float(figures[2])) if figures else (None, None)
    detail = " | ".join(details[:-1] if figures else details)
    return [(len(line) - len(text)) // _INDENT, operator, detail, rows, time]
