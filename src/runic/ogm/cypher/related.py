"""Questions about what a node is related to, as text: within a condition, or computed before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from runic.ogm.cypher.parameters import ParameterKeeper
from runic.ogm.cypher.patterns import render_pattern, render_targets
from runic.ogm.exceptions import QueryError, UnsupportedFeatureError
from runic.ogm.expressions import Junction
from runic.ogm.query.references import Named
from runic.ogm.query.related import Exists, RelatedCount, inner_side
from runic.ogm.query.scope import attributes, columns_of, parts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.expressions import Predicate
    from runic.ogm.model.base import Node
    from runic.ogm.model.metadata import RelationMeta
    from runic.ogm.query.pattern import Attribute, Place, Places


class Computed(NamedTuple):
    """What is computed before a clause that chooses or orders by it: an expression, or a clause that binds it."""

    name: str
    text: str = ""
    clause: str = ""

    @property
    def item(self) -> str:
        """What stands for it in the WITH before that clause."""
        return f"{self.text} AS {self.name}" if self.text else self.name


def compute_before(listed: str, computed: Sequence[Computed]) -> list[str]:
    """Return the clauses that compute, and hand on what is `listed`."""
    items = ", ".join(filter(None, [listed, *(each.item for each in computed)]))
    return [*(each.clause for each in computed if each.clause), f"WITH {items}"]


class QuestionCompiler(ParameterKeeper):
    """Renders `exists` and `count_related`, each with variables of its own."""

    def __init__(self, dialect: Dialect, prefix: str = "p") -> None:
        super().__init__(dialect, prefix)
        self.questions = 0
        self._names: Mapping[Place, str] = {}
        self._places: Places = {}
        self._inner: dict[Attribute, str] = {}
        self._inner_nodes: dict[Attribute, tuple[type[Node], ...]] = {}
        self._nodes_at: Callable[[Place], tuple[type[Node], ...]] = _no_nodes
        self._computed: list[Computed] | None = None
        self._plain = False

    def _part(self, part: object) -> str:
        """Return a condition that can stand beside others."""
        raise NotImplementedError

    def _variable(self, key: Attribute) -> str:
        return self._inner[key] if key in self._inner else self._names[self._places[key]]

    def _nodes(self, key: Attribute) -> tuple[type[Node], ...]:
        """Return the classes of the node that an attribute speaks of; none if it is an edge."""
        return self._inner_nodes.get(key, ()) if key in self._inner else self._nodes_at(self._places[key])

    def inside(self, relation: RelationMeta, predicates: Iterable[Predicate], edge: str, target: str) -> list[str]:
        """Return conditions on what a relation leads to and on its edge, and on nothing else."""
        for found in attributes(Junction("AND", tuple(predicates))):
            if isinstance(found, Named) or inner_side(relation, found.owner) is None:
                raise QueryError(f"fetch(where=): {found!r} is not of what {relation!r} leads to, nor of its edge")
        return self._within(relation, predicates, edge, target)

    def _within(self, relation: RelationMeta, predicates: Iterable[Predicate], edge: str, target: str) -> list[str]:
        """Return conditions on what a relation leads to; what does not fit there speaks of the statement around."""
        outer, outer_nodes, sides = self._inner, self._inner_nodes, {"edge": edge, "target": target}
        metas = [meta for meta in attributes(Junction("AND", tuple(predicates))) if not isinstance(meta, Named)]
        pairs = [(meta, inner_side(relation, meta.owner)) for meta in metas]
        self._inner = {**outer, **{meta: sides[side] for meta, side in pairs if side is not None}}
        self._inner_nodes = {**outer_nodes, **{meta: relation.targets for meta, side in pairs if side == "target"}}
        conditions = [self._part(part) for part in predicates]
        self._inner, self._inner_nodes = outer, outer_nodes
        return conditions

    def _question(self, e: Exists | RelatedCount, keyword: str, test: str) -> str:
        """Return a subquery, or where a WHERE can hold none a number, computed before unless it stands by itself."""
        edge, target = f"_e{self.questions}", f"_n{self.questions}"
        self.questions += 1
        labels, union = render_targets(self.dialect, e.relation.targets, target)
        pattern = render_pattern(e.relation, self._variable(e.relation), edge, f"{target}{labels}")
        conditions = [union] if union else []
        owner = e.relation.owner
        if not all(issubclass(cls, owner) for cls in self._nodes(e.relation)):  # others may have edges of the type
            conditions.append(self.dialect.render_label_test(self._variable(e.relation), owner.__meta__.labels))
        subqueries = self.dialect.supports_subqueries_in_where
        bare = bool(self._inner) and self._computed is None
        if not subqueries and (bare or any(map(_asks, e.predicates))):
            return self._counted_before(e, pattern, conditions, edge, target) + test
        conditions += self._within(e.relation, e.predicates, edge, target)
        if subqueries:
            question = f"{keyword} {{ MATCH {pattern}{where(conditions)} }}"
            inline = self._computed is None or self._plain or self._inner
            return question if inline else self._compute(question)
        size = f"size([{pattern}{where(conditions)} | 1])"
        return (size if self._computed is None or self._plain else self._compute(size)) + test

    def _compute(self, text: str, clause: str = "") -> str:
        """Let a WITH before compute what is asked for, and return its name."""
        name = f"_c{self.questions}"
        if self._computed is not None:
            self._computed.append(Computed(name, text, clause))
        return name

    def _counted_before(self, e: Exists | RelatedCount, pattern: str, plain: list[str], edge: str, target: str) -> str:
        """Let a CALL before count what a question asks for that has questions in it, and return the number's name.

        A comprehension cannot hold another: FalkorDB refuses it, or forgets what it asks.
        """
        if self._computed is None:
            raise UnsupportedFeatureError(
                f"{self.dialect.name} cannot decide exists() or count_related() within another here: "
                "use traverse(), or ask in a where() or order_by() of the statement itself"
            )
        self.questions += 1
        name = f"_c{self.questions}"
        before, standing, self._computed, self._plain = self._computed, self._plain, [], False
        late: list[str] = []
        for predicate in e.predicates:
            [text] = self._within(e.relation, [predicate], edge, target)
            (late if _asks(predicate) else plain).append(text)
        inner, self._computed, self._plain = self._computed, before, standing
        scope = ", ".join(dict.fromkeys(self._spoken_of(e)))
        clauses = [f"WITH {scope} MATCH {pattern}{where(plain)}"]
        if inner:
            clauses += compute_before(f"{scope}, {edge}, {target}", inner)
            clauses[-1] += where(late)
        before.append(Computed(name, clause=f"CALL {{ {' '.join(clauses)} RETURN count({edge}) AS {name} }}"))
        return name

    def _spoken_of(self, e: Exists | RelatedCount) -> list[str]:
        """Return the variables around a question that it speaks of."""
        nodes = [self._variable(found) for found in attributes(e)]
        return [*nodes, *map(self.dialect.render_variable, columns_of(e))]


def _no_nodes(_: Place) -> tuple[type[Node], ...]:
    return ()


def where(conditions: Sequence[str]) -> str:
    """Return WHERE and the conditions, or nothing."""
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def _asks(expression: object) -> bool:
    """Tell whether an expression holds a question."""
    return isinstance(expression, (Exists, RelatedCount)) or any(map(_asks, parts_of(expression)))
