"""Relations at run time: the descriptor that loads on access, and the list that tells of its changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, Self, SupportsIndex, TypeGuard, TypeVar, cast, overload

from runic.ogm.exceptions import CardinalityError, DetachedEntityError, RelationValueError
from runic.ogm.model.state import UNLOADED, Ambiguous, owner_of, require_owner

if TYPE_CHECKING:
    from runic.ogm.model.base import Node
    from runic.ogm.model.metadata import RelationMeta
    from runic.ogm.model.state import Owner

R = TypeVar("R")
N = TypeVar("N", bound="Node")


class Related(Generic[R]):
    """The precise annotation of a relation, `company: Related[Firm | None] = Relation(...)`."""

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any, /) -> Self: ...  # noqa: ANN401 - any class
        @overload
        def __get__(self, instance: object, owner: Any, /) -> R: ...  # noqa: ANN401 - any class
        def __get__(self, instance: object, owner: Any, /) -> Self | R: ...
        def __set__(self, instance: Any, value: R, /) -> None: ...  # noqa: ANN401 - any entity


class RelationAttribute:
    """A relation as the class shows it; on an entity it reads the slot, loading it first where it must."""

    __slots__ = ("_read", "meta", "slot")

    def __init__(self, meta: RelationMeta) -> None:
        self.meta = meta
        self.slot = meta.slot
        self._read: Callable[[Any], Any] = attrgetter(meta.slot)

    def __get__(self, instance: Node | None, owner: type[Node]) -> Any:  # noqa: ANN401 - as the annotation says
        if instance is None:
            return self
        value = self._read(instance)
        if value is UNLOADED:
            return self._load(instance)
        if type(value) is Ambiguous:
            _refuse_ambiguous(instance, self.meta, value)
        return value

    def __set__(self, instance: Node, value: object) -> None:
        assign(instance, self.meta, value)

    def _load(self, source: Node) -> Any:  # noqa: ANN401 - as the annotation says
        if source._ogm is None:
            setattr(source, self.slot, RelatedList(source, self.meta) if self.meta.many else None)
            return self._read(source)
        require_owner(source, f"cannot load {self.meta!r}").load_relation(source, self.meta)
        value = self._read(source)
        if type(value) is Ambiguous:
            _refuse_ambiguous(source, self.meta, value)
        return value

    def __repr__(self) -> str:
        return repr(self.meta)


def _refuse_ambiguous(source: Node, relation: RelationMeta, value: Ambiguous) -> None:
    raise CardinalityError(
        f"{relation!r} of {source!r} is single, but the database holds {len(value.targets)} targets: "
        f"{', '.join(map(repr, value.targets))}. Remove all but one with unrelate(), or declare a list."
    )


def assign(source: Node, relation: RelationMeta, value: object) -> None:
    """Set a relation, and stage the difference if the entity belongs to a session."""
    checked = _checked(relation, value)
    new: Any = RelatedList(source, relation, checked) if relation.many else (checked[0] if checked else None)
    old = getattr(source, relation.slot)
    if old is new or old is value:
        return
    owner = _owner_for_change(source, relation)
    setattr(source, relation.slot, new)
    if owner is not None:
        try:
            _tell(owner, source, relation, old, checked)
        except BaseException:
            setattr(source, relation.slot, old)
            raise


def _tell(owner: Owner, source: Node, relation: RelationMeta, old: object, new: list[Node]) -> None:
    if old is UNLOADED or isinstance(old, Ambiguous) or is_part(old):
        owner.relation_replaced(source, relation, new)
        return
    before: list[Node] = list(old) if isinstance(old, list) else [] if old is None else [old]  # type: ignore[list-item]
    had, have = set(map(id, before)), set(map(id, new))
    added = [target for target in new if id(target) not in had]
    removed = [target for target in before if id(target) not in have]
    if added or removed:
        owner.relation_changed(source, relation, added, removed)


def _owner_for_change(source: Node, relation: RelationMeta) -> Owner | None:
    owner = owner_of(source)
    link = source._ogm
    if owner is None and link is not None:
        raise DetachedEntityError(
            f"{relation!r} of {source!r} cannot change: its session is closed, or it was expunged or copied. "
            "Add it to an open session with session.add() first."
        )
    return owner


def _checked(relation: RelationMeta, value: object) -> list[Node]:
    if not relation.many:
        return [] if value is None else [check_target(relation, value)]
    if value is None or isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        raise TypeError(f"{relation!r} takes a list of entities, not {value!r}")
    targets = cast("Iterable[object]", value)
    return list({id(target): check_target(relation, target) for target in targets}.values())


def check_target(relation: RelationMeta, target: object) -> Node:
    """Return `target` if the relation may lead to it, else raise RelationValueError."""
    if not isinstance(target, relation.targets):
        names = " or ".join(cls.__name__ for cls in relation.targets)
        raise RelationValueError(relation.owner.__name__, relation.name, f"leads to {names}, not to {target!r}")
    return target


class RelatedList(list[N]):
    """The targets of a collection: a list whose changes are staged in the owner's session.

    partial: it shows some of them. Targets can be added and taken out one by one then, but not all at once.
    """

    __slots__ = ("_partial", "_relation", "_source")

    def __init__(
        self, source: Node, relation: RelationMeta, targets: Iterable[N] = (), *, partial: bool = False
    ) -> None:
        super().__init__(targets)
        self._source, self._relation, self._partial = source, relation, partial

    @property
    def partial(self) -> bool:
        """Whether targets may be missing that are related."""
        return self._partial

    def _check_whole(self, index: object = None) -> None:
        """Raise RelationValueError if what is to change is all of a list that may lack some of its targets."""
        if self._partial and (index is None or isinstance(index, slice)):
            raise RelationValueError(
                self._relation.owner.__name__,
                self._relation.name,
                "shows a part of what is related: add or remove single targets, or load() it whole first",
            )

    def _change(self, apply: Callable[[list[N]], object], *, once: bool = True) -> Any:  # noqa: ANN401 - what it returns
        """Run a change on a copy, check it, make it, and tell the session the difference.

        once: leave out what stands there twice, unless the next change may be the other half of an exchange.
        """
        before, after = list(self), list(self)  # plain, so that the difference is told, whether all are known or not
        result = apply(after)
        checked: Any = _checked(self._relation, after)
        shown: Any = checked if once else after
        current = getattr(self._source, self._relation.slot)
        owner = _owner_for_change(self._source, self._relation) if current is self else None
        super().__setitem__(slice(None), shown)
        if owner is not None:
            try:
                _tell(owner, self._source, self._relation, before, checked)
            except BaseException:
                super().__setitem__(slice(None), before)
                raise
        return result

    def append(self, target: N, /) -> None:
        """Add a target, if it is not there yet; its edge is written at the next flush."""
        check_target(self._relation, target)
        if any(target is item for item in self):
            return
        owner = _owner_for_change(self._source, self._relation)
        super().append(target)
        if owner is not None and getattr(self._source, self._relation.slot) is self:
            try:
                owner.relation_changed(self._source, self._relation, [target], [])
            except BaseException:
                super().pop()
                raise

    def extend(self, targets: Iterable[N], /) -> None:
        """Add targets that are not there yet."""
        self._change(lambda items: items.extend(targets))

    def insert(self, index: SupportsIndex, target: N, /) -> None:
        """Add a target at a place; the order is not stored."""
        self._change(lambda items: items.insert(index, target))

    def remove(self, target: N, /) -> None:
        """Take a target out; its edge goes at the next flush."""
        self._change(lambda items: items.remove(target))

    def pop(self, index: SupportsIndex = -1, /) -> N:
        """Take the target at a place out, and return it."""
        popped: N = self._change(lambda items: items.pop(index))
        return popped

    def clear(self) -> None:
        """Take every target out."""
        self._check_whole()
        self._change(lambda items: items.clear())

    def __setitem__(self, index: Any, value: Any, /) -> None:  # noqa: ANN401 - list's two forms
        self._check_whole(index)
        self._change(lambda items: items.__setitem__(index, value), once=isinstance(index, slice))

    def __delitem__(self, index: SupportsIndex | slice, /) -> None:
        self._check_whole(index)
        self._change(lambda items: items.__delitem__(index))

    def __iadd__(self, targets: Iterable[N], /) -> Self:  # type: ignore[misc,override] # as narrow as list
        self.extend(targets)
        return self

    def __imul__(self, times: SupportsIndex, /) -> Self:
        self._check_whole()
        self._change(lambda items: items.__imul__(times))
        return self

    def show(self, targets: Iterable[N]) -> None:
        """Replace what the list shows without staging anything: the session's own way in."""
        super().__setitem__(slice(None), list(targets))

    def __copy__(self) -> list[N]:
        return list(self)

    def __reduce_ex__(self, protocol: SupportsIndex, /) -> tuple[type[list[N]], tuple[list[N]]]:
        return list, (list(self),)


def is_related_list(value: object) -> TypeGuard[RelatedList[Any]]:
    """Tell whether a slot's value is a loaded collection."""
    return isinstance(value, RelatedList)


def is_part(value: object) -> bool:
    """Tell whether a slot's value is a collection of which a part was fetched."""
    return is_related_list(value) and value.partial


def is_partial(entity: Node, relation: object) -> bool:
    """Tell whether a relation of an entity shows only a part of what is related: `fetch(where=...)` or `limit=`.

    relation: `Model.relation` or its name. Loads nothing. Raises TypeError for what is no relation.
    """
    name = relation.meta.name if isinstance(relation, RelationAttribute) else relation
    found = entity.__meta__.relations.get(name) if isinstance(name, str) else None
    if found is None:
        raise TypeError(f"is_partial() takes a relation such as Model.relation or its name, not {relation!r}")
    return is_part(getattr(entity, found.slot))
