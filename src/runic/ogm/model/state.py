"""What an entity knows of its session: a link, and the protocol of what hangs on the other end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from runic.ogm.exceptions import DetachedEntityError

if TYPE_CHECKING:
    from runic.ogm.model.base import Entity, Node
    from runic.ogm.model.metadata import RelationMeta


class Unloaded:
    """The value of a relation that was neither loaded nor assigned."""

    def __repr__(self) -> str:
        return "UNLOADED"

    def __eq__(self, other: object) -> bool:
        return self is other  # said for both sides: a class of entities may compare the keys of what it is given

    __hash__ = object.__hash__


UNLOADED: Final = Unloaded()


class Ambiguous:
    """The value of a single relation for which the database holds several targets: reading it raises."""

    def __init__(self, targets: list[Node]) -> None:
        self.targets = targets


class Owner(Protocol):
    """The session behind an entity, as far as the entity needs it."""

    closed: bool

    def load_relation(self, source: Node, relation: RelationMeta) -> None:
        """Load an unloaded relation into its slot, or raise LazyLoadError."""
        ...

    def load_properties(self, entity: Entity) -> None:
        """Load an expired entity's properties, or raise LazyLoadError."""
        ...

    def relation_changed(self, source: Node, relation: RelationMeta, added: list[Node], removed: list[Node]) -> None:
        """Stage a change of a relation whose targets are known."""
        ...

    def relation_replaced(self, source: Node, relation: RelationMeta, targets: list[Node]) -> None:
        """Stage that an unloaded relation shall have just these targets."""
        ...


class Link:
    """Ties the entities of one result to their session, and to each other.

    owner: the session's unit of work. siblings: the entities of the same result, for loading a relation of all of
    them at once. touched: the relations that were read lazily on one of them already.
    """

    __slots__ = ("owner", "siblings", "touched")

    def __init__(self, owner: Owner | None, siblings: list[Any] | None = None) -> None:
        self.owner = owner
        self.siblings = siblings
        self.touched: set[RelationMeta] = set()

    @property
    def active(self) -> Owner | None:
        """The session's end, unless it was closed or the entity taken out of it."""
        owner = self.owner
        return None if owner is None or owner.closed else owner


DETACHED: Final = Link(None)
GONE: Final = Link(None)
"""The link of a node that was deleted: if it is added again, it is a new one."""


def owner_of(entity: Entity) -> Owner | None:
    """Return the open session that `entity` belongs to, or None."""
    link = entity._ogm
    return None if link is None else link.active


def require_owner(entity: Entity, what: str) -> Owner:
    """Return the open session of `entity`, or raise DetachedEntityError that says what cannot be done."""
    owner = owner_of(entity)
    if owner is None:
        raise DetachedEntityError(
            f"{entity!r} {what}: its session is closed, or it was expunged or copied. "
            "Load it again in an open session, or add it to one with session.add()."
        )
    return owner
