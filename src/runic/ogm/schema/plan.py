"""What differs between the declared and the found schema: plain data that prints as a plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

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


def compare(declared: Iterable[SchemaItem], found: Iterable[FoundItem], *, whole: bool) -> SchemaPlan:
    """Return what differs; with `whole` everything found counts, else what the labels of `declared` have."""
    items = list(declared)
    there = {one.item.place: one for one in found}
    wanted = {item.place for item in items}
    labels = {(item.side, item.label) for item in items}
    missing = [item for item in items if item.place not in there or there[item.place].state == "failed"]
    different = [(i, there[i.place].item) for i in items if i not in missing and there[i.place].item != i]
    extra = [
        one.item
        for place, one in there.items()
        if place not in wanted and not one.implied and (whole or (one.item.side, one.item.label) in labels)
    ]
    return SchemaPlan(tuple(missing), tuple(extra), tuple(different))
