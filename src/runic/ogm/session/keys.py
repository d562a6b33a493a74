"""Sees to it that keys have their index: a key without one makes every look-up and every relate a scan."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, TypeAlias
from weakref import ref

from runic.ogm.cypher.ddl import compile_label, compile_properties, compile_type, find_item
from runic.ogm.cypher.search import index_of
from runic.ogm.cypher.statement import Reply
from runic.ogm.exceptions import ConstraintViolationError, DatabaseError, FieldValidationError, QueryError
from runic.ogm.model.indexes import indexed_fields
from runic.ogm.session.insisting import insist

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from runic.ogm.cypher.ddl import SchemaItem
    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.statement import Operation, Statement
    from runic.ogm.model.base import Node
    from runic.ogm.model.metadata import ClassMeta, NodeMeta, PropertyMeta
    from runic.ogm.query.search import Source
    from runic.ogm.session.names import Name

KeyState: TypeAlias = Literal["unique", "indexed", "scanned"]
NO_ROWS = Reply(([],))
UNIQUE = 2
"""What a dialect's statement about a key's index returns where the database also refuses a second such key."""
logger = logging.getLogger("runic.ogm.schema")


class KeyKeeper:
    """Knows, for one driver, the keys that were seen to; two threads may look twice, but warn once."""

    def __init__(self, dialect: Dialect, *, ensure: bool) -> None:
        self._dialect, self._ensure = dialect, ensure
        self._seen: dict[tuple[str, str], KeyState] = {}
        self._made: set[tuple[object, ...]] = set()
        self._ready: set[ref[type[Node]]] = set()
        self._named: set[Name] = set()
        self._indexed: dict[str, frozenset[str]] = {}
        self._searchable: dict[SchemaItem, str | None] = {}
        self._warned: dict[tuple[str, str], object] = {}

    @property
    def ensures(self) -> bool:
        """Whether the index of a key is made on its first use."""
        return self._ensure

    def is_unique(self, meta: NodeMeta) -> bool:
        """Tell whether the database itself refuses a second node with the key."""
        return self._seen.get(self._place(meta)) == "unique" and self._dialect.enforces_key(meta)

    def _place(self, meta: NodeMeta) -> tuple[str, str]:
        return self._dialect.key_label(meta), meta.key.graph_name

    def is_ready(self, meta: NodeMeta) -> bool:
        """Tell whether `prepare` has nothing to do for a class."""
        return ref(meta.cls) in self._ready

    def refuse_flawed(self, meta: NodeMeta, wires: Collection[object]) -> None:
        """Raise FieldValidationError for a key that its index could not find, or would take for another."""
        if not self._dialect.has_index_flaws or self._seen.get(self._place(meta), "scanned") == "scanned":
            return
        flaw = self._dialect.first_index_flaw(wires)
        if flaw is not None:
            raise FieldValidationError(meta.name, meta.key.name, flaw[1])

    def forget(self) -> None:
        """Look again at the next use of each class: the schema was changed through this driver."""
        self._ready.clear()
        self._seen.clear()
        self._made.clear()
        self._named.clear()
        self._indexed.clear()
        self._searchable.clear()

    def learn(self, metas: Iterable[ClassMeta]) -> Operation[None]:
        """Find out which fields of the classes an index holds, on a database where not all texts can be indexed."""
        labels = {label for meta in metas for _, label, unique in self._fields(meta) if not unique}
        for label in sorted(labels - self._indexed.keys()):
            statement = self._dialect.indexed_statement(label)
            reply = NO_ROWS if statement is None else (yield statement)
            self._indexed[label] = frozenset(row[0] for row in reply.tables[0])

    def held(self, meta: ClassMeta) -> list[PropertyMeta]:
        """Return the fields whose values must be fit for an index: unique ones always, others once there is one."""
        return [
            prop
            for prop, label, unique in self._fields(meta)
            if unique or prop.graph_name in self._indexed.get(label, ())
        ]

    def _fields(self, meta: ClassMeta) -> list[tuple[PropertyMeta, str, bool]]:
        return indexed_fields(meta) if self._dialect.has_index_flaws else []

    def index_name(self, item: SchemaItem) -> str | None:
        """Return what an index that a search required is called, if it has a name."""
        return self._searchable.get(item)

    def require_indexes(self, sources: Iterable[Source]) -> Operation[None]:
        """Raise QueryError for a search whose index is not in the database, which might find nothing in silence."""
        for source in sources:
            item = index_of(source, self._dialect)
            if item is None or item in self._searchable:
                continue
            replies: list[Reply] = []
            for statement in self._dialect.schema_statements():
                reply = yield statement
                replies.append(reply)
            found = find_item(self._dialect.read_schema(replies), item)
            if found is None or found.item != item:
                cls = source.cls.__name__
                there = "there is none" if found is None else f"there is {found.item}, for which call sync({cls})"
                raise QueryError(
                    f"a search of {cls} needs the {item}, and {there}: SchemaManager(driver).create({cls}) makes it"
                )
            self._searchable[item] = found.name

    def prepare(self, metas: Iterable[NodeMeta]) -> Operation[None]:
        """On the first use of each class make its key's index, or warn once that there is none."""
        for meta in metas:
            if self.is_ready(meta):
                continue
            place = self._place(meta)
            yield from self._make_class(meta)
            if place not in self._seen:
                self._seen[place] = yield from (self._make(meta) if self._ensure else self._check(meta, place))
            self._ready.add(ref(meta.cls))

    def introduce(self, names: Iterable[Name]) -> Operation[None]:
        """Let the database know names before they are in a write that may be undone (decision 0023)."""
        new = {*names} - self._named
        if not new:
            return
        for compile_, kind in ((compile_label, "label"), (compile_type, "type")):
            for name in sorted(name for its, name in new if its == kind):
                with suppress(ConstraintViolationError):  # one that has a constraint is known
                    yield compile_(name)
        if properties := sorted(name for its, name in new if its == "property"):
            yield compile_properties(properties)
        self._named |= new

    def ensure(self, meta: NodeMeta) -> Operation[None]:
        """Make the index of a key whatever the driver was told, once."""
        place = self._place(meta)
        yield from self._make_class(meta)
        if self._seen.get(place) != "unique":
            self._seen[place] = yield from self._make(meta)

    def _make_class(self, meta: NodeMeta) -> Operation[None]:
        """Make what a class needs before its first use."""
        place = (*meta.labels, *(relation.type for relation in meta.relations.values()))
        if place not in self._made:
            for statement in self._dialect.ddl_first_use(meta):  # noqa: UP028 - a list cannot be sent replies
                yield statement
            self._made.add(place)

    def _make(self, meta: NodeMeta) -> Operation[KeyState]:
        made = True
        for statement in self._dialect.ddl_key(meta):
            made = yield from self._send(statement)
        if self._dialect.key_item(meta).kind != "unique":
            return "indexed"
        if made or not self._dialect.constraint_replaces_index:
            return "unique"
        return (yield from self._check(meta, self._place(meta)))  # an index that is no constraint may be in the way

    def _send(self, statement: Statement) -> Operation[bool]:
        """Send what makes something; tell whether it was not there."""
        if not self._dialect.schema_in_transactions:
            return (yield from insist(statement, self._dialect.is_already_there))
        try:  # an error ends the transaction, which `driver.run` tries again as a whole
            yield statement
        except DatabaseError as error:
            if not self._dialect.is_already_there(error):
                raise
            return False
        return True

    def _check(self, meta: NodeMeta, place: tuple[str, str]) -> Operation[KeyState]:
        statement = self._dialect.key_index_statement(meta)
        if statement is not None:
            reply = yield statement
            if reply.tables[0]:
                return "unique" if reply.tables[0][0][0] == UNIQUE else "indexed"
            mine = object()
            if self._warned.setdefault(place, mine) is mine:
                logger.warning(
                    "%s.%s has no index: every look-up and every relate scans. Make it with "
                    "SchemaManager(driver).create(%s), or create_driver(..., ensure_keys=True)",
                    meta.name, meta.key.name, meta.name,
                )  # fmt: skip
        return "scanned"


def check_driver(driver: object) -> None:
    """Raise TypeError for what is no driver."""
    if not isinstance(getattr(driver, "keys", None), KeyKeeper):
        raise TypeError(f"driver must come from create_driver() or create_async_driver(), not {driver!r}")
