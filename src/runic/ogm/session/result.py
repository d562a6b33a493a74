"""What raw Cypher returns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any


class Result(Sequence[dict[str, Any]]):
    """Rows of raw Cypher: `columns` are their names, `rows` tuples of values; iterating gives dicts."""

    def __init__(self, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
        self.columns, self.rows = columns, rows

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)

    def __getitem__(self, index: Any) -> Any:  # noqa: ANN401 - int gives a dict, slice a list
        rows: Any = list(self)
        return rows[index]

    def __repr__(self) -> str:
        return f"Result(columns={self.columns!r}, {len(self.rows)} rows)"
