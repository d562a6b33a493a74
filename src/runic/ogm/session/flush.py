"""A unit of work to batches, and what becomes of the entities once the database has them."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, TypeAlias

from runic.ogm.cypher.persist import compile_diagnosis, compile_guarded, compile_section
from runic.ogm.cypher.statement import Begin, Commit, Rollback, Statement
from runic.ogm.exceptions import (
    ConstraintViolationError,
    DatabaseError,
    DatabaseUnavailableError,
    FieldValidationError,
    GuardViolationError,
    OGMError,
    RollbackWarning,
    TransientDatabaseError,
    UnsendableValueError,
)
from runic.ogm.garbage import still
from runic.ogm.model.base import Node
from runic.ogm.model.state import UNLOADED
from runic.ogm.session.adding import may_be_new
from runic.ogm.session.changes import changes
from runic.ogm.session.flaws import metas_written, name_unique_fields, refuse_flawed
from runic.ogm.session.names import OF_MARKS, names_of
from runic.ogm.session.plan import Plan
from runic.ogm.session.staging import Staging

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.persist import Section
    from runic.ogm.cypher.statement import Operation, Reply
    from runic.ogm.mapping.mapper import Mapper
    from runic.ogm.model.base import Edge
    from runic.ogm.model.metadata import NodeMeta, RelationMeta
    from runic.ogm.session.keys import KeyKeeper
    from runic.ogm.session.names import Name


Written: TypeAlias = Plan | Statement
"""A flush, or a statement that wrote by itself."""


class Flushing(Staging):
    """Writes what is staged: all of it, or nothing."""

    def __init__(self, dialect: Dialect, mapper: Mapper, keys: KeyKeeper) -> None:
        super().__init__(mapper)
        self.dialect, self.keys = dialect, keys
        self.mark: Section | None = None  # what a commit writes with the unit, so that it can be looked for
        self.flushed: list[Written] = []  # what the open transaction (or, without one, this unit) has written so far
        self.undone: list[Written] = []  # what a failed transaction had written: the next one writes it again
        self.unsure = False  # a commit whose outcome is unknown may have stored what is staged

    @property
    def staged(self) -> bool:
        """Whether anything but changed properties waits for a flush."""
        return super().staged or bool(self.undone)

    def prepare_keys(self, metas: Iterable[NodeMeta]) -> Operation[None]:
        """See to the indexes of keys: all but those whose making would wait for the end of this very transaction."""
        yield from self.keys.prepare([meta for meta in metas if not (self.keys.ensures and self._holds(meta))])

    def _holds(self, meta: NodeMeta) -> bool:
        """Tell whether the open transaction has, or may have, written nodes of a label."""
        return (
            self.dialect.supports_transactions
            and not self.dialect.schema_in_transactions
            and any(not isinstance(written, Plan) or meta.primary_label in written.labels for written in self.flushed)
        )

    def flush(self, mark: Section | None = None) -> Operation[None]:
        """Write all that is staged and every changed property, in one unit; `mark` goes with what is written."""
        self.check_open()
        changed = changes(self, self.identity.groups())
        if not (self.staged or changed):
            if mark is not None and self.flushed and self.dialect.supports_transactions:
                yield from self._send([mark])
            return
        with still(len(self.new) + len(self.merged) + len(self.pairs) + len(changed)):
            plan = Plan(self, changed)
        if plan.sections and mark is not None:
            plan.sections.insert(0, mark)
        self.writing = True
        try:
            yield from self._write_plan(plan, changed)
        finally:
            self.writing = False
        plan.apply()
        if plan.sections:
            self.flushed.append(plan)

    def _write_plan(self, plan: Plan, changed: list[tuple[Any, tuple[int, ...]]]) -> Operation[None]:
        if plan.sections:
            self.check_writable()
            yield from self.prepare_keys(plan.metas)
            if self.dialect.undoes_names:
                yield from self.keys.introduce(self._names_written(changed))
            for meta, keys in plan.written_keys:
                self.keys.refuse_flawed(meta, keys)
            yield from refuse_flawed(self, changed)
        if plan.sections or self.undone:
            yield from self._send(plan.sections)

    def _names_written(self, changed: Iterable[tuple[Any, object]]) -> set[Name]:
        """Return the names that the unit brings to the graph."""
        types = {pair.relation.type for pair in self.pairs.values() if pair.add}
        types |= {relation.type for _, relation, _ in self.replaced.values()}
        names = names_of(metas_written(self, changed), types)
        return names | OF_MARKS if self.mark is not None else names

    def flush_for_read(self, classes: Iterable[type[Node | Edge]] | None = ()) -> Operation[None]:
        """Flush before a read if anything is staged, or if a property of one of `classes` (None: any) changed."""
        if self.read_only:
            return
        if classes is None or self.staged or any(self._has_changes(cls) for cls in classes):
            yield from self.flush()

    def _has_changes(self, cls: type[Any]) -> bool:
        labels = getattr(cls.__meta__, "primary_label", None)
        known: Iterable[Any] = self.identity.edges.values() if labels is None else self.identity.of(labels).values()
        return bool(changes(self, [list(known)]))

    def _send(self, sections: list[Section]) -> Operation[None]:
        if not self.dialect.supports_transactions:
            yield from self._send_guarded(sections)
            return
        try:
            yield from self._open()
            yield from self._write(sections)
        except BaseException:
            yield Rollback()
            self.transaction_failed()
            raise

    def _open(self) -> Operation[None]:
        """Open a transaction, or go on in the one that is; write again what a failed one had written."""
        yield Begin()
        while self.undone:
            written = self.undone[0]
            if isinstance(written, Plan):
                yield from self._write(written.sections)
            else:
                yield written
            self.flushed.append(self.undone.pop(0))

    def _write(self, sections: Iterable[Section]) -> Operation[None]:
        for section in sections:
            try:
                reply = yield compile_section(section)
            except ConstraintViolationError as error:
                yield from self._explain(error, [section])
                raise
            except UnsendableValueError as error:
                raise _named(error, [section]) from error
            value = reply.tables[0][0][0]
            if section.receive is not None:
                section.receive(value)
            if section.expected not in (None, value):
                if section.diagnosis is not None and section.diagnosis.undone:
                    yield Rollback()
                    self.transaction_failed()
                raise (yield from self._diagnose([section]))

    def send(self, statement: Statement) -> Operation[Reply]:
        """Run a statement by itself; one that writes, as a part of the unit."""
        try:
            if not statement.write:
                return (yield statement)
            if self.dialect.supports_transactions:
                yield from self._send([])
            reply = yield statement
        except GuardViolationError as error:  # what a guard says with it, the statement said by itself
            raise DatabaseError(str(error)) from error
        self.flushed.append(statement)
        return reply

    def _send_guarded(self, sections: list[Section]) -> Operation[None]:
        try:
            reply = yield compile_guarded(sections)
            self.unsure = False
            for section, value in zip(sections, reply.tables[0][0], strict=True):
                if section.receive is not None:
                    section.receive(value)
        except DatabaseUnavailableError as error:
            self.unsure = self.unsure or error.outcome_unknown
            raise
        except GuardViolationError as error:
            raise (yield from self._diagnose(sections)) from error
        except ConstraintViolationError as error:
            yield from self._explain(error, sections)
            raise
        except UnsendableValueError as error:
            raise _named(error, sections) from error

    def _explain(self, error: ConstraintViolationError, sections: list[Section]) -> Operation[None]:
        """Raise an error that names the entity which broke a constraint, if one can be found."""
        try:
            found = yield from self._find_fault(sections)
        except DatabaseError:
            return
        if found is not None:
            raise found from error
        name_unique_fields(self, error, changes(self, self.identity.groups()))

    def _diagnose(self, sections: list[Section]) -> Operation[OGMError]:
        """Return the error of a batch that did not reach its count; another try may where no row is at fault by now."""
        return (yield from self._find_fault(sections)) or TransientDatabaseError(
            "the data changed while it was being written; nothing of this unit was kept. Roll back and try it again."
        )

    def _find_fault(self, sections: list[Section]) -> Operation[OGMError | None]:
        """Ask which rows could not be done, and return the error that names the first."""
        for section in sections:
            if section.diagnosis is not None:
                reply = yield compile_diagnosis(section, section.diagnosis)
                for index, detail in reply.tables[0]:
                    error = section.diagnosis.explain(index, detail)
                    if error is not None:
                        return error
        return None

    def transaction_failed(self) -> None:
        """Note that the database undid the open transaction: the next one begins with what it had written."""
        if self.dialect.supports_transactions:
            self.undone[:0] = self.flushed
            self.flushed.clear()

    def commit(self) -> Operation[None]:
        """Flush, and make it lasting."""
        yield from self.flush(self.mark)
        try:
            yield Commit()
        except BaseException:
            yield Rollback()
            self.transaction_failed()
            raise
        self.flushed.clear()

    def rollback(self) -> Operation[None]:
        """Undo what is staged, and what was flushed in an open transaction."""
        written, self.flushed, self.undone = [*self.flushed, *self.undone], [], []
        yield Rollback()
        plans = [plan for plan in written if isinstance(plan, Plan)]
        if self.dialect.supports_transactions:
            for plan in reversed(plans):
                plan.undo()
        elif written:
            counts = [plan.summary for plan in plans]
            if len(written) > len(plans):
                counts.append(f"statements that wrote: {len(written) - len(plans)}")
            warnings.warn(
                f"{self.dialect.name} has no transactions: what was written before this rollback stays "
                f"({'; '.join(counts)}). Flush late, or open the session with autoflush=False.",
                RollbackWarning,
                stacklevel=4,
            )
        self._discard()

    def _discard(self) -> None:
        """Take every staged change back out of the entities."""
        for node in [node for node in self.identity if node.__ogm_expired__]:
            self._unload(node)  # what was set on it
        for known in self._changed_or_unreadable():
            try:
                self.mapper.entity(known.__meta__.cls).restore(known, known._row)
            except Exception:  # noqa: BLE001 - a converter may raise anything; it is read again at the next use
                if isinstance(known, Node):
                    self._unload(known)
        touched = [(pair.start, pair.end, pair.relation) for pair in [*self.pairs.values(), *self.dropped]]
        touched += [(source, source, relation) for source, relation, _ in self.replaced.values()]
        self.empty_filled()
        unstored = [*self.new.values(), *self.merged.values(), *filter(may_be_new, self.deleted.values())]
        self.identity.release(unstored)  # some may have changed their keys since they were added
        for entity in unstored:
            self.take_out(entity)
        for node in self.deleted.values():
            self.identity.put(node)  # its key may have been given to a new one
        for start, end, relation in touched:
            self._forget_relation(start, end, relation)
        for holder, relation in self.hidden:
            setattr(holder, relation.slot, UNLOADED)
        self.forget_staged()

    def _changed_or_unreadable(self) -> list[Any]:
        """Return the stored entities that changed; all of them, where one has a value that cannot be compared."""
        groups = self.identity.groups()
        stored = [
            [entity for entity in group if entity._row is not None and not entity.__ogm_expired__] for group in groups
        ]
        try:
            return [entity for entity, _ in changes(self, stored)]
        except Exception:  # noqa: BLE001 - a converter may raise anything, and a rollback undoes all the same
            return [entity for group in stored for entity in group]

    def _forget_relation(self, start: Node, end: Node, relation: RelationMeta) -> None:
        """Let the ends of a change that is not made read their relations again."""
        for node in (start, end):
            for own in node.__meta__.relations.values():
                if own.type == relation.type and self.owns(node):
                    setattr(node, own.slot, UNLOADED)

    def close(self) -> Operation[None]:
        """Give up what is staged and leave the entities detached."""
        if not self.closed:
            yield Rollback()
            self.closed, self.lazy = True, None  # the latter holds the session, which holds this
            self.forget_staged()
            self.identity.clear()


def _named(error: BaseException, sections: list[Section]) -> BaseException:
    """Turn a value that the backend could not spell into an error that names its entity and field."""
    if not isinstance(error, UnsendableValueError) or len(error.path) < 3:  # noqa: PLR2004 - parameter, row, column
        return error
    name, row, column = error.path[:3]
    section = sections[int(str(name)[1:])] if len(sections) > 1 else sections[0]
    if section.locate is None:
        return error
    entity, field = section.locate(int(row), int(column))
    return FieldValidationError(entity, field, error.reason)
