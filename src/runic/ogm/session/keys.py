"""Sees to it that keys have their index: a key without one makes every look-up and every relate a scan."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from runic.ogm.exceptions import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.statement import Operation
    from runic.ogm.model.metadata import NodeMeta

logger = logging.getLogger("runic.ogm.schema")


class KeyKeeper:
    """Knows, for one driver, the keys that were seen to; two threads may look twice, but warn once."""

    def __init__(self, dialect: Dialect, *, ensure: bool) -> None:
        self._dialect, self._ensure = dialect, ensure
        self._seen: dict[tuple[str, str], bool] = {}
        self._warned: dict[tuple[str, str], object] = {}

    def is_unique(self, meta: NodeMeta) -> bool:
        """Tell whether the database itself refuses a second node with the key."""
        return self._seen.get((meta.primary_label, meta.key.graph_name), False)

    def prepare(self, metas: Iterable[NodeMeta]) -> Operation[None]:
        """On the first use of each class make its key's index, or warn once that there is none."""
        for meta in metas:
            place = (meta.primary_label, meta.key.graph_name)
            if place not in self._seen:
                self._seen[place] = yield from (self._make(meta) if self._ensure else self._check(meta, place))

    def _make(self, meta: NodeMeta) -> Operation[bool]:
        for statement in self._dialect.ddl_key(meta):
            try:
                yield statement
            except DatabaseError as error:
                if not self._dialect.is_already_there(error):
                    raise
        return True

    def _check(self, meta: NodeMeta, place: tuple[str, str]) -> Operation[bool]:
        statement = self._dialect.key_index_statement(meta)
        if statement is not None:
            reply = yield statement
            mine = object()
            if not reply.tables[0] and self._warned.setdefault(place, mine) is mine:
                logger.warning(
                    "%s.%s has no index: every look-up and every relate scans. Make it with "
                    "SchemaManager(driver).create(%s), or create_driver(..., ensure_keys=True)",
                    meta.name, meta.key.name, meta.name,
                )  # fmt: skip
        return False
