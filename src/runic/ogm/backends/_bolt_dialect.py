"""How the rows of a table are asked for where each record of a reply costs far more than the values in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runic.ogm.backends._bolt_replies import PACKED
from runic.ogm.cypher.dialect import Dialect

if TYPE_CHECKING:
    from collections.abc import Sequence

_PACK = "WITH collect(__row) AS __all UNWIND range(0, size(__all) - 1, 1000) AS __i RETURN __all[__i..__i + 1000]"


def unpacked(text: str) -> str:
    """Return a statement's text without the packing: its rows are lists, one a record."""
    return text.replace(f"{_PACK} AS {PACKED}", "RETURN __row").replace(f"RETURN {PACKED}, ", "RETURN __row, ")


class PackedReplies(Dialect):
    """Rows as lists, a thousand in a record."""

    supports_explain = True
    supports_profile = True

    def render_return(self, columns: Sequence[str], tail: str = "") -> str:
        """Return the rows as lists, many in a record."""
        return f"WITH [{', '.join(columns)}] AS __row{tail} {_PACK} AS {PACKED}"

    def render_parts(self, prefix: str, carry: str, parts: Sequence[tuple[str, Sequence[str]]]) -> str:
        """Return the prefix once, and one subquery whose branches are the parts, the rows of each packed."""
        branches = " UNION ALL ".join(
            " ".join(filter(None, (f"UNWIND _roots AS {carry}", body, self.render_return(columns))))
            + f", {index} AS __table"
            for index, (body, columns) in enumerate(parts)
        )
        return f"{prefix} WITH collect({carry}) AS _roots CALL (_roots) {{ {branches} }} RETURN {PACKED}, __table"
