"""Projections: rows of single values to dicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runic.ogm.codegen import build_function
from runic.ogm.conversion.scalars import brief
from runic.ogm.exceptions import FieldValidationError
from runic.ogm.mapping import sources

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runic.ogm.conversion import Codec
    from runic.ogm.cypher.statement import Row, Table


class Projection:
    """Turns rows into dicts by name; values with a codec are decoded."""

    def __init__(self, fields: Sequence[tuple[str, Codec | None]], offset: int = 0) -> None:
        self._fields = tuple(fields)
        self._offset = offset
        decoders = {i: codec.decode for i, (_, codec) in enumerate(self._fields) if codec is not None and codec.decode}
        body = sources.project([repr(name) for name, _ in self._fields], list(decoders), offset)
        self._project = build_function("project", "rows", body, {f"decode{i}": f for i, f in decoders.items()})

    def load(self, rows: Table) -> list[dict[str, Any]]:
        """Return a dict for each row; raises FieldValidationError for a stored value that does not fit."""
        try:
            projected: list[dict[str, Any]] = self._project(rows)
        except Exception as error:
            raise next((found for row in rows if (found := self._unreadable(row))), error) from error
        return projected

    def _unreadable(self, row: Row) -> Exception | None:
        for index, (name, codec) in enumerate(self._fields):
            wire = row[self._offset + index]
            if wire is None or codec is None or codec.decode is None:
                continue
            try:
                codec.decode(wire)
            except Exception as error:  # noqa: BLE001 - a converter may raise anything
                return FieldValidationError(
                    "row", name, f"the database holds {brief(wire)}, which does not fit: {error}"
                )
        return None
