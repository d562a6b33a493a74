"""What `shortest_path` gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runic.ogm.model.base import Edge

N = TypeVar("N")


@dataclass(frozen=True, slots=True)
class Path(Generic[N]):
    """A way through the graph: `nodes` from start to end, `edges` between them; it iterates over its nodes.

    Both are entities of the session, the edges of the relation's edge class if it has one. `len()` counts the nodes,
    `hops` the edges.
    """

    nodes: tuple[N, ...]
    edges: tuple[Edge, ...]

    @property
    def start(self) -> N:
        """The node that the path was asked from."""
        return self.nodes[0]

    @property
    def end(self) -> N:
        """The node that it leads to."""
        return self.nodes[-1]

    @property
    def hops(self) -> int:
        """How many edges it has."""
        return len(self.edges)

    def __len__(self) -> int:
        return len(self.nodes)

    def __iter__(self) -> Iterator[N]:
        return iter(self.nodes)
