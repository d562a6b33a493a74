"""What differs between the declared and the found schema: plain data that prints as a plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runic.ogm.cypher.ddl import find_item

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runic.ogm.cypher.ddl import FoundItem, SchemaItem


@dataclass(frozen=True, slots=True)
class SchemaPlan:
    """What `SchemaManager.diff()` finds; it is true if anything differs.

    missing: declared, but not in the database. extra: in the database, under a label of the classes, but not declared.
    different: (declared, found) of one place, such as vector indexes of other dimensions.
    """

    missing: tuple[SchemaItem, ...] = ()
    extra: tuple[SchemaItem, ...] = ()
    different: tuple[tuple[SchemaItem, SchemaItem], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.missing or self.extra or self.different)

    @property
    def drifted(self) -> bool:
        """Whether anything that is declared is missing or different; what is only extra does no harm."""
        return bool(self.missing or self.different)

    def __str__(self) -> str:
        if not self:
            return "the schema is as declared"
        lines = [f"+ {item}: declared by {item.owner}, missing" for item in self.missing]
        lines += [f"~ {item}: declared by {item.owner}, found is {found}" for item, found in self.different]
        lines += [f"- {item}: found, not declared" for item in self.extra]
        return "\n".join(lines)


def compare(
    declared: Iterable[SchemaItem], found: Iterable[FoundItem], *, whole: bool, replaces: bool = False
) -> SchemaPlan:
    """Return what differs; with `whole` everything found counts, else what the labels of `declared` have.

    replaces: an index stands in the way of a constraint on the same properties.
    """
    items, there = list(declared), list(found)
    missing: list[SchemaItem] = []
    different: list[tuple[SchemaItem, SchemaItem]] = []
    for item in items:
        known = find_item(there, item)
        if known is None or known.state == "failed":
            index = _index_of(item, there) if replaces else None
            different += [] if index is None else [(item, index)]
            missing += [item] if index is None else []
        elif known.item != item:
            different.append((item, known.item))
    used = {*items, *(other for _, other in different)}
    labels = {(item.side, item.label) for item in items}
    extra = [
        one.item
        for one in there
        if one.item not in used and not one.implied and (whole or (one.item.side, one.item.label) in labels)
    ]
    return SchemaPlan(tuple(missing), tuple(extra), tuple(different))


def _index_of(item: SchemaItem, found: Iterable[FoundItem]) -> SchemaItem | None:
    """Return the index on the properties of a unique constraint that is not its own."""
    same = (
        one.item
        for one in found
        if (one.item.kind, one.item.side, one.item.label) == ("index", item.side, item.label)
        and sorted(one.item.properties) == sorted(item.properties)
    )
    return next(same, None) if item.kind == "unique" else None
