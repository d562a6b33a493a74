"""How standard openCypher is spelt, and what a database can do; each backend overrides only what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from runic.ogm.conversion import NativeTypes
from runic.ogm.identifiers import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from runic.ogm.conversion import Codec
    from runic.ogm.cypher.statement import Columns


class Dialect:
    """The standard; flags say what code outside chooses by, methods how one fragment is spelt."""

    name: ClassVar[str] = "cypher"
    native: ClassVar[NativeTypes] = NativeTypes()
    supports_transactions: ClassVar[bool] = True
    """Can several statements be undone together?"""
    supports_undirected_merge: ClassVar[bool] = True
    """Does MERGE (a)-[r:T]-(b) find an edge of either direction, also within one batch?"""
    supports_multiple_labels: ClassVar[bool] = True
    """Can a node carry several labels?"""
    supports_constraints: ClassVar[bool] = True
    """Does the database refuse a second node with the same unique property?"""
    supports_fulltext_index: ClassVar[bool] = True
    supports_vector_index: ClassVar[bool] = True
    supports_regex: ClassVar[bool] = True
    """Is there =~ ?"""

    def render_labels(self, labels: Iterable[str]) -> str:
        """Return the labels of a node pattern, `:A:B`."""
        return "".join(f":{quote(label)}" for label in labels)

    def render_label_test(self, alias: str, labels: Iterable[str]) -> str:
        """Return the condition that a node carries all of `labels`."""
        return f"{alias}{self.render_labels(labels)}"

    def render_keyed_node(self, alias: str, label: str, key: str, value: str) -> str:
        """Return MATCH of the node whose property `key` equals the expression `value`, by its index."""
        return f"MATCH ({alias}:{quote(label)} {{{quote(key)}: {value}}})"

    def render_id(self, alias: str) -> str:
        """Return the database's own id of a node or an edge, which ties the parts of one reply together."""
        return f"elementId({alias})"

    def render_value(self, codec: Codec, expression: str) -> str:
        """Return how a parameter of this type is stored."""
        return f"{codec.function}({expression})" if codec.function else expression

    def render_property(self, alias: str, graph_name: str) -> str:
        """Return access to a property."""
        return f"{alias}.{quote(graph_name)}"

    def render_parts(self, prefix: str, carry: Sequence[str], parts: Sequence[tuple[str, Sequence[str]]]) -> str:
        """Return one statement that runs `prefix` once and then each part on the rows of `carry`.

        prefix: MATCH ... that binds the variables of `carry`. parts: (body, columns): body matches on from them (it
        may be empty), columns are the expressions of its row. The reply has one table a part.
        """
        raise NotImplementedError

    def split_width(self, tables: Sequence[Columns]) -> int:
        """Return how many columns each row of a reply in parts has, the part's index included."""
        return max(map(len, tables)) + 1
