"""Which entities of a session show another one: asked when a relation that was never loaded is assigned."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias

from runic.ogm.model.base import Node
from runic.ogm.model.relations import is_related_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runic.ogm.model.metadata import RelationMeta
    from runic.ogm.session.identity import IdentityMap

Index: TypeAlias = dict[int, list[Node]]


class Holders:
    """An index of the loaded relations, made when it is first asked after a load, so that many questions cost one."""

    def __init__(self, identity: IdentityMap) -> None:
        self._identity = identity
        self._indexes: dict[tuple[str, str], Index] = {}

    def forget(self) -> None:
        """Take note that relations were loaded."""
        self._indexes.clear()

    def note(self, relation: RelationMeta, holder: Node, member: Node) -> None:
        """Take note that an entity shows another one by a change, not by a load."""
        index = self._indexes.get(_place(relation))
        if index is not None:
            index[id(member)].append(holder)

    def of(self, relation: RelationMeta, member: Node) -> Sequence[Node]:
        """Return the entities whose loaded `relation` showed `member` when it was last looked at."""
        place = _place(relation)
        index = self._indexes.get(place)
        if index is None:
            index = self._indexes[place] = self._look(*place)
        return index.get(id(member), ())

    def _look(self, label: str, slot: str) -> Index:
        index: Index = defaultdict(list)
        for entity in self._identity.of(label).values():
            value: object = getattr(entity, slot, None)
            for member in value if is_related_list(value) else (value,):
                if isinstance(member, Node):
                    index[id(member)].append(entity)
        return index


def _place(relation: RelationMeta) -> tuple[str, str]:
    return relation.owner.__meta__.primary_label, relation.slot
