"""The unit of work: everything that a session does, as operations that neither wait nor know a client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from runic.ogm.garbage import still
from runic.ogm.session.arguments import listed
from runic.ogm.session.plans import Explaining

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from runic.ogm.cypher.statement import Operation
    from runic.ogm.model.base import Edge, Node
    from runic.ogm.model.metadata import RelationMeta


class UnitOfWork(Explaining):
    """The core behind `Session` and `AsyncSession`; its generator methods are run by them."""

    def relate(self, source: Node, relation: object, target: Node, *, edge: Edge | None = None) -> Operation[None]:
        """Stage an edge; an operation only so that both sessions spell it the same."""
        self.stage_relate(source, relation, target, edge)
        return
        yield  # pragma: no cover - makes this an operation

    def unrelate(self, source: Node, relation: object, target: Node, *, edge: Edge | None = None) -> Operation[None]:
        """Stage the removal of the edges of a relation between two nodes, or of one of them."""
        self.stage_unrelate(source, relation, target, edge)
        return
        yield  # pragma: no cover - makes this an operation

    def relate_all(self, relation: object, pairs: Iterable[tuple[Any, ...]]) -> Operation[None]:
        """Stage many edges of one relation: (source, target) or (source, target, edge).

        The pairs are taken here, not within the operation: a generator of them may use the session.
        """
        return self._relate_all(relation, listed(pairs, "pairs", "(source, target) or (source, target, edge)"))

    def _relate_all(self, relation: object, pairs: Sequence[Any]) -> Operation[None]:
        self.check_writable()
        plain = {*map(type, pairs)} <= {tuple} and {*map(len, pairs)} <= {2}
        if not plain:
            for pair in pairs:
                _check_pair(pair)
        metas: dict[type, RelationMeta] = {}
        for source in {type(pair[0]): pair[0] for pair in reversed(pairs)}.values():
            metas[type(source)] = self.relation_of(source, relation)
        simple = plain and self._all_fit(metas, pairs)
        if not simple:
            for pair in pairs:
                self.check_ends(metas[type(pair[0])], *pair)
        with still(len(pairs)):
            for pair in self.stage_simple(metas, pairs) if simple else pairs:
                self.stage_checked(metas[type(pair[0])], *pair)
        return
        yield  # pragma: no cover - makes this an operation

    def _all_fit(self, metas: Mapping[type, RelationMeta], pairs: Sequence[Any]) -> bool:
        """Tell at a glance whether `check_ends` lets all pairs pass; where this says no, it may do so all the same."""
        kinds: set[type] = {type(target) for _, target in pairs}
        fit = all(issubclass(kind, meta.targets) for kind in kinds for meta in metas.values())
        return fit and self.all_here({source._ogm for source, _ in pairs} | {target._ogm for _, target in pairs})


def _check_pair(pair: object) -> None:
    if not isinstance(pair, (tuple, list)) or len(cast("Sequence[object]", pair)) not in (2, 3):
        raise TypeError(f"relate_all() takes (source, target) or (source, target, edge), not {pair!r}")
