"""The same rows for both sides, made without chance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

Row = list[object]

SHIP = ("imo", "name", "built", "tonnage", "active")
PORT = ("code", "name", "depth")
SAILOR = ("id", "name", "joined")
OPERATOR = (
    "code", "name", "street", "town", "country", "phone", "founded", "staff", "turnover", "rating", "listed",
)  # fmt: skip
OPERATORS = 10
SAILORS_EACH = 10


@dataclass(frozen=True)
class Fleet:
    """The rows of a workload of one size."""

    size: int

    @cached_property
    def ships(self) -> list[Row]:
        """`size` ships."""
        return [[f"imo{i:07}", f"MV Number {i}", 1950 + i % 75, 1000.5 + i, i % 3 == 0] for i in range(self.size)]

    @cached_property
    def ports(self) -> list[Row]:
        """`size` ports."""
        return [[f"port{i:06}", f"Harbour {i}", 4.5 + i % 20] for i in range(self.size)]

    @cached_property
    def operators(self) -> list[Row]:
        """A few operators for all ships."""
        return [
            [
                f"op{i}",
                f"Line {i}",
                f"{i} Quay Road",
                "Leith",
                "GB",
                f"+44 131 {i:07}",
                1900 + i,
                500 + i,
                1.5e6,
                4.25,
                True,
            ]
            for i in range(OPERATORS)
        ]

    @cached_property
    def parents(self) -> list[Row]:
        """A tenth of the ships: those that have sailors."""
        return self.ships[: max(1, self.size // 10)]

    def sailors(self, role: str) -> list[Row]:
        """Ten sailors for each parent."""
        return [[f"{role}{i}", f"Sailor {i}", 2000 + i % 25] for i in range(len(self.parents) * SAILORS_EACH)]

    @cached_property
    def berths(self) -> list[Row]:
        """A pair of keys for each ship."""
        return [[ship[0], port[0]] for ship, port in zip(self.ships, self.ports, strict=True)]

    @cached_property
    def changes(self) -> list[Row]:
        """A new tonnage for a tenth of the ships."""
        return [[ship[0], float(i) + 0.25] for i, ship in enumerate(self.ships[: max(1, self.size // 10)])]


def as_maps(rows: list[Row], names: tuple[str, ...]) -> list[dict[str, object]]:
    """Return rows as the maps that one writes by hand."""
    return [dict(zip(names, row, strict=True)) for row in rows]
