"""How the rows of a table are asked for where each record of a reply costs far more than the values in it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from runic.ogm.backends._bolt_replies import PACKED
from runic.ogm.cypher.dialect import Dialect

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Part = tuple[str, Sequence[str]]

_SLICE = "UNWIND range(0, size(__all) - 1, 1000) AS __i RETURN __all[__i..__i + 1000]"
_PACK = f"WITH collect(__row) AS __all {_SLICE}"
_ONCE = " WITH DISTINCT "


def unpacked(text: str) -> str:
    """Return a statement's text without the packing: its rows are lists, one a record."""
    text = text.replace(f"{_PACK} AS {PACKED}", "RETURN __row").replace(f"RETURN {PACKED}, ", "RETURN __row, ")
    return text.replace(f"{_SLICE} AS {PACKED}", "UNWIND __all AS __row RETURN __row")


class PackedReplies(Dialect):
    """Rows as lists, a thousand in a record."""

    supports_explain = True
    supports_profile = True

    def render_return(self, columns: Sequence[str], tail: str = "") -> str:
        """Return the rows as lists, many in a record."""
        return f"WITH [{', '.join(columns)}] AS __row{tail} {_PACK} AS {PACKED}"

    def render_parts(self, prefix: str, carry: str, parts: Sequence[tuple[str, Sequence[str]]]) -> str:
        """Return the prefix once, and one subquery whose branches are the parts, the rows of each packed.

        What a relation leads to is collected with its pairs: it is walked once, not twice.
        """
        branches = " UNION ALL ".join(f"UNWIND _roots AS {carry} {branch}" for branch in self._branches(parts))
        return f"{prefix} WITH collect({carry}) AS _roots CALL (_roots) {{ {branches} }} RETURN {PACKED}, __table"

    def _branches(self, parts: Sequence[Part]) -> Iterator[str]:
        done = False  # the part was taken with the one before it
        for index, (part, following) in enumerate(pairwise([*parts, ("", ())])):
            if done:
                done = False
            elif done := _leads_on(part[0], following[0]):
                yield _render_both(part, following, index)
            else:
                body = f"{part[0]} " if part[0] else ""
                yield f"{body}{self.render_return(part[1])}, {index} AS __table"


def _leads_on(pairs: str, targets: str) -> bool:
    """Tell whether a part gives, each once, the targets of the very pairs that the part before it gives."""
    walk, once, _ = targets.rpartition(_ONCE)
    return bool(once) and pairs.replace("OPTIONAL MATCH", "MATCH").startswith(walk)


def _render_both(pairs: Part, targets: Part, index: int) -> str:
    target = targets[0].rpartition(_ONCE)[2]
    rows = f"[{target} IN __targets | [{', '.join(targets[1])}]]"
    return (
        f"{pairs[0]} WITH collect([{', '.join(pairs[1])}]) AS __pairs, collect(DISTINCT {target}) AS __targets "
        f"UNWIND [[__pairs, {index}], [{rows}, {index + 1}]] AS __part "
        f"WITH __part[0] AS __all, __part[1] AS __table {_SLICE} AS {PACKED}, __table"
    )
