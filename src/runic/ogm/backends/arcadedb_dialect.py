"""How ArcadeDB spells what differs from standard openCypher."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from runic.ogm.backends._arcadedb_names import check_names
from runic.ogm.backends._arcadedb_schema import ArcadeDBSchema
from runic.ogm.backends._arcadedb_search import ArcadeDBSearch
from runic.ogm.backends._bolt_dialect import PackedReplies
from runic.ogm.conversion import NativeTypes
from runic.ogm.identifiers import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from runic.ogm.model.metadata import ClassMeta


_TOUCH = "SET a.`_` = null WITH row, a, b"


class ArcadeDBDialect(ArcadeDBSchema, ArcadeDBSearch, PackedReplies):
    """ArcadeDB 26: each set of labels is a type of its own, which inherits the types of the single labels."""

    name = "arcadedb"
    refuses_nul = False
    relates_both_ways_once = False
    # Zoned datetimes come back without their zone, and an index cuts naive ones down to milliseconds if it is made
    # over stored ones; bytes have no order, and no index finds them; equal points may differ. All these are text.
    native: ClassVar[NativeTypes] = NativeTypes(date=True, timedelta=True, non_finite=True)
    keeps_filters_after_limit: ClassVar[bool] = False
    orders_by_edges: ClassVar[bool] = False  # it forgets the order, unless a WITH handed the edge on
    unites_once: ClassVar[bool] = False  # a node of an OPTIONAL MATCH is another to UNION
    names_empty_columns: ClassVar[bool] = False  # it tells the names of columns with the first row

    def check_class(self, meta: ClassMeta) -> None:
        """Raise UnsupportedFeatureError for labels, types and properties whose names ArcadeDB cannot hold."""
        check_names(meta)

    def render_lock(self, alias: str, label: str) -> str:
        """Return a write that changes nothing: without it a record is read anew when it is written, whatever was read.

        Of 320 counts by eight writers at a time up to five were lost, though `arcadedb.txStaleReadCheck` of 26.10 is
        there to refuse that; with this write none of 960 was.
        """
        del label
        return f"SET {alias}.`_` = null"

    def render_variable(self, name: str) -> str:
        """Return a variable without characters that ArcadeDB takes for operators even between back-ticks."""
        if name.isidentifier():
            return quote(name)
        return quote("".join(char if char.isalnum() else f"_{ord(char):x}_" for char in name))

    def render_merge_node(
        self, labels: Sequence[str], key: str, properties: str, changes: str, vectors: Sequence[str],
        fits: Callable[[str], str] | None = None, made: str = "",
    ) -> str:  # fmt: skip
        """Return MERGE for one label; for several what finds the node, makes it with all of them, or sets it.

        A new label moves a node into another type, under another id. A unique index takes the moved node for a second
        one with its key if the node is new in the transaction; so the key is away while that happens.
        """
        if len(labels) == 1:
            return super().render_merge_node(labels, key, properties, changes, vectors, fits, made)
        others = self.render_labels(labels[1:])
        name = key.strip(" {").partition("`: ")[0] + "`"
        own = "" if fits is None else f"WITH row, found WHERE found IS NULL OR {fits('found')} "
        loop = "FOREACH (n IN CASE WHEN found{} THEN [found] ELSE [] END | SET {})"
        return (
            f"OPTIONAL MATCH (found:{quote(labels[0])}{key}) {own}"
            f"FOREACH (_ IN CASE WHEN found IS NULL THEN [1] ELSE [] END | "
            f"CREATE ({self.render_labels(labels)}{properties})) "
            f"{loop.format(others, changes)} "
            f"{loop.format(f' IS NOT NULL AND NOT found{others}', f'n.{name} = null, n{others}, {changes}')}"
        )

    def render_relate(self, edge: str, key: str, properties: str, changes: str, vectors: Sequence[str]) -> str:
        """Return MERGE, after a write to the start node that changes nothing.

        Two transactions may add edges to a node at once, and so the same edge twice. Both writing to one node makes
        the second fail, as a transient error. It costs nothing that could be measured.
        """
        return f"{_TOUCH} {super().render_relate(edge, key, properties, changes, vectors)}"

    def render_ends_lock(self) -> str:
        """Return a write that changes nothing.

        A statement goes on with the nodes that it has matched, and what it writes to them is put upon what others
        stored meanwhile: matched again they have their edges, mostly. Of 60 races of twelve writers 4 made two edges
        where a MERGE wrote to one end, 2 where it wrote to both; matched again 1 of 360 did.
        """
        return "SET a.`_` = null, b.`_` = null"

    def render_undirected_relate(self, edge: str, key: str, properties: str, changes: str) -> str:  # noqa: ARG002
        """Return MERGE as `render_relate` does, with each edge once: it finds a loop from either end."""
        merge = f"MERGE (a)-[r{edge}{key}]-(b) WITH DISTINCT row, r"
        return f"{merge} SET {changes}" if changes else merge
