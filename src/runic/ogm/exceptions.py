"""Every error that runic.ogm raises about models, data, statements and databases."""

from __future__ import annotations

from typing import Any


class OGMError(Exception):
    """Root of all errors of this package."""


class MetadataError(OGMError):
    """A class is declared in a way that cannot be mapped, or contradicts another class."""


class FieldValidationError(OGMError):
    """A value does not fit its field, or the database cannot hold it; nothing was sent."""

    def __init__(self, entity: str, field: str, reason: str) -> None:
        super().__init__(f"{entity}.{field}: {reason}")
        self.entity, self.field, self.reason = entity, field, reason
        self.row: list[object] | None = None
        """What was read of a stored node that came without its key, or without a label."""

    def __reduce__(self) -> tuple[type[FieldValidationError], tuple[str, str, str]]:
        return type(self), (self.entity, self.field, self.reason)


class EntityNotFoundError(OGMError):
    """An entity that had to be there is not in the database, or not in the session."""


class DetachedEntityError(OGMError):
    """An entity is used through a session that it does not belong to, or that is closed."""


class LazyLoadError(OGMError):
    """A relation that is not loaded was read where it must not be loaded on access."""


class StaleEntityError(OGMError):
    """Stored data changed or vanished since it was read; the whole commit was undone."""


class CardinalityError(OGMError):
    """More, or fewer, results than the declaration or the call allows."""


class QueryError(OGMError):
    """A statement that cannot be built as it was asked for."""


class SchemaDriftError(OGMError):
    """The database's indexes and constraints are not what the classes declare; `plan` is a SchemaPlan."""

    def __init__(self, message: str, plan: object = None) -> None:
        super().__init__(message)
        self.plan: Any = plan

    def __reduce__(self) -> tuple[type[SchemaDriftError], tuple[str, object]]:
        return type(self), (str(self), self.plan)


class UnsupportedFeatureError(OGMError):
    """This database cannot do what was asked; raised before anything is sent."""


class DatabaseError(OGMError):
    """The database, or the way to it, reported an error; the client's own error is the cause.

    `outcome_unknown` tells whether the write may have been made for good all the same: then look before doing it
    again, or let `driver.run(..., exactly_once=True)` do that. Where it is False nothing of the write stayed.
    """

    def __init__(self, *args: object, outcome_unknown: bool = False) -> None:
        super().__init__(*args)
        self.outcome_unknown = outcome_unknown


class ConstraintViolationError(DatabaseError):
    """A write would have broken a constraint of the database, such as a unique key."""


class DatabaseUnavailableError(DatabaseError):
    """The database could not be reached, or the connection broke."""


class TransientDatabaseError(DatabaseError):
    """The database gave up for now (a deadlock, a timeout, a busy server): trying again may succeed."""


class QuerySyntaxError(DatabaseError):
    """The database could not understand a statement."""


class UnsendableValueError(QueryError):
    """A parameter cannot be sent; the session turns it into FieldValidationError where it knows the field.

    `path` leads to the value: the parameter's name, then indexes into its lists.
    """

    def __init__(self, path: tuple[str | int, ...], reason: str) -> None:
        super().__init__(f"parameter {path[0]!r}: {reason}")
        self.path, self.reason = path, reason

    def __reduce__(self) -> tuple[type[UnsendableValueError], tuple[tuple[str | int, ...], str]]:
        return type(self), (self.path, self.reason)


class RelationValueError(FieldValidationError, TypeError):
    """A relation was given something that it cannot lead to, or an edge of another class."""


class RollbackWarning(RuntimeWarning):
    """A rollback on a database without transactions came after a flush: what was flushed stays."""


class GuardViolationError(DatabaseError):
    """A guarded statement undid itself because a batch did not reach its count; the flush finds out which."""
