"""A chart of one workload as SVG: the ratio over the size, a line for each database and peer, both axes logarithmic."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Points = Sequence[tuple[int, float]]

WIDTH, HEIGHT = 640, 320
LEFT, RIGHT, TOP, BOTTOM = 56, 150, 34, 36
COLOURS: Final = {
    "falkordb": "#0b6e99",
    "neo4j": "#2f7d32",
    "arcadedb": "#b3541e",
    "age": "#6a3d9a",
    "neomodel": "#888888",
    "sqlalchemy": "#555555",
}
DASHED: Final = frozenset({"neomodel", "sqlalchemy"})
MARKS: Final = (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)


class Axis:
    """From a value to a place, by its logarithm."""

    def __init__(self, least: float, most: float, start: float, end: float) -> None:
        self._low, self._high = math.log(least), math.log(most)
        self._start, self._end = start, end

    def at(self, value: float) -> float:
        """Return the place of a value."""
        share = (math.log(value) - self._low) / ((self._high - self._low) or 1)
        return round(self._start + share * (self._end - self._start), 1)


def draw(title: str, lines: Mapping[str, Points]) -> str:
    """Return the picture; a point at 1 takes as long as the baseline."""
    sizes = sorted({size for points in lines.values() for size, _ in points})
    ratios = [ratio for points in lines.values() for _, ratio in points] + [1.0]
    across = Axis(sizes[0], max(sizes[-1], sizes[0] * 10), LEFT, WIDTH - RIGHT)
    up = Axis(min(ratios) / 1.25, max(ratios) * 1.25, HEIGHT - BOTTOM, TOP)
    shapes = [*_frame(title, sizes, across), *_grid(ratios, up)]
    for name, points in lines.items():
        shapes += _line(name, [(across.at(size), up.at(ratio)) for size, ratio in points])
    shapes += _legend(lines)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="sans-serif" font-size="12" role="img" aria-label="{title}">'
    )
    return "\n".join([head, f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>', *shapes, "</svg>", ""])


def _frame(title: str, sizes: Iterable[int], across: Axis) -> list[str]:
    shapes = [_text(LEFT, 18, title, "start", "bold")]
    shapes += [_text(across.at(size), HEIGHT - 14, f"{size:,}", "middle") for size in sizes]
    return shapes


def _grid(ratios: Iterable[float], up: Axis) -> list[str]:
    low, high = min(ratios) / 1.25, max(ratios) * 1.25
    shapes: list[str] = []
    for mark in MARKS:
        if low <= mark <= high:
            place, colour = up.at(mark), "#444444" if mark == 1 else "#dddddd"
            shapes.append(
                f'<line x1="{LEFT}" y1="{place}" x2="{WIDTH - RIGHT}" y2="{place}" stroke="{colour}" stroke-width="1"/>'
            )
            shapes.append(_text(LEFT - 8, place + 4, f"{mark:g}", "end"))
    return shapes


def _line(name: str, places: Sequence[tuple[float, float]]) -> list[str]:
    colour, dashes = COLOURS.get(name, "#000000"), ' stroke-dasharray="5 4"' if name in DASHED else ""
    path = " ".join(f"{x},{y}" for x, y in places)
    dots = [f'<circle cx="{x}" cy="{y}" r="3.5" fill="{colour}"/>' for x, y in places]
    return [f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>', *dots]


def _legend(lines: Mapping[str, Points]) -> list[str]:
    shapes: list[str] = []
    for place, (name, points) in enumerate(lines.items()):
        y = TOP + 14 + place * 20
        shapes.append(f'<rect x="{WIDTH - RIGHT + 18}" y="{y - 9}" width="12" height="10" fill="{COLOURS[name]}"/>')
        shapes.append(_text(WIDTH - RIGHT + 36, y, f"{name} {points[-1][1]:.2f}", "start"))
    return shapes


def _text(x: float, y: float, text: str, anchor: str, weight: str = "normal") -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-weight="{weight}">{text}</text>'
