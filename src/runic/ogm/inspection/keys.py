"""Which property may be the key: one that all have, that no two share, and whose name promises it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runic.ogm.inspection.facts import EdgeFacts, Facts, Values

PREFERRED = ("id", "code", "uid", "uuid", "guid", "key", "slug", "iso", "number", "no", "nr")
_PROMISING = re.compile(r"(?:^|[_\W])(?:id|code|uid|uuid|guid|key|number|no|nr)$|(?:Id|ID|Code|Uid|UUID|Key|Number)$")


def node_candidates(facts: Facts, label: str) -> list[str]:
    """Return the properties that might be the key of the nodes with a label, the best first.

    They are on all of these nodes, and what was read of them is text, or whole numbers, without a repetition.
    """
    kinds = [kind for labels, kind in facts.nodes.items() if label in labels]
    fitting = [
        name
        for name in kinds[0].properties
        if all(name in kind.properties and kind.properties[name].present == kind.count for kind in kinds)
        and _is_key_like([value for kind in kinds for value in kind.properties[name].sample])
    ]
    return sorted(fitting, key=lambda name: _rank(name, label, facts))


def edge_candidates(facts: EdgeFacts) -> Iterator[str]:
    """Yield the properties that might tell parallel edges apart, the best first."""
    fitting = [name for name, values in facts.properties.items() if _is_complete(values, facts.count)]
    yield from sorted(fitting, key=_name_rank)


def _is_complete(values: Values, count: int) -> bool:
    return values.present == count and {type(value) for value in values.sample} in ({str}, {int})


def _is_key_like(values: list[object]) -> bool:
    kinds = {type(value) for value in values}
    return kinds in ({str}, {int}) and len(set(values)) == len(values)


def _rank(name: str, label: str, facts: Facts) -> tuple[object, ...]:
    own = name.lower() in (f"{label.lower()}_id", f"{label.lower()}id")
    first, *rest = _name_rank(name)
    numeric = any(
        type(value) is int
        for labels, kind in facts.nodes.items()
        if label in labels
        for value in kind.properties[name].sample[:1]
    )
    return (len(PREFERRED) if own and first > len(PREFERRED) else first, numeric, *rest)


def _name_rank(name: str) -> tuple[int, str]:
    if name.lower() in PREFERRED:
        return PREFERRED.index(name.lower()), name
    return (len(PREFERRED) + 1 if _PROMISING.search(name) else len(PREFERRED) + 2), name
