"""Statements at random from the whole grammar, each with its twin in plain Python, over a small graph at random."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from runic.ogm import asc, case, count, count_related, desc, exists, ref, select

from .harness import Database
from .models import Artist, Artwork, Exhibition, Showing
from .plain_query import (
    Condition,
    Key,
    Row,
    Stage,
    Step,
    World,
    conjunction,
    disjunction,
    negated,
    run,
    with_filter,
)

COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
TEXT: dict[str, Callable[[str, str], bool]] = {
    "contains": operator.contains, "startswith": str.startswith, "endswith": str.endswith,
}  # fmt: skip
FIELDS: dict[type, dict[str, list[Any]]] = {
    Artist: {"id": ["a0", "a2", "a4"], "name": ["x", "y", "xy"], "born": [1, 2, 3]},
    Artwork: {"id": ["w0", "w2"], "title": ["x", "y", "xy"], "year": [1, 2, 3]},
    Exhibition: {"id": ["e0", "e1"], "title": ["x", "y"]},
    Showing: {"room": ["x", "y"], "position": [1, 2, 3]},
}
NUMBERS = {"born", "year", "position"}
RELATIONS: dict[type, dict[str, tuple[type, str, str]]] = {
    Artist: {
        "works": (Artwork, "MADE", "OUTGOING"),
        "teacher": (Artist, "LEARNT_FROM", "OUTGOING"),
        "pupils": (Artist, "LEARNT_FROM", "INCOMING"),
    },
    Artwork: {"artist": (Artist, "MADE", "INCOMING"), "exhibitions": (Exhibition, "SHOWS", "INCOMING")},
    Exhibition: {"works": (Artwork, "SHOWS", "OUTGOING")},
}

ENDS = {"LEARNT_FROM": ("Artist", "Artist"), "MADE": ("Artist", "Artwork"), "SHOWS": ("Exhibition", "Artwork")}
LETTERS = {Artist: "a", Artwork: "w", Exhibition: "e"}


def make_world(r: Random) -> World:
    world = World()
    for i in range(r.randint(1, 5)):
        world.nodes[f"a{i}"] = {"id": f"a{i}", "name": r.choice(["x", "y", "xy"]), "born": r.choice([None, 1, 2, 3])}
    for i in range(r.randint(0, 4)):
        world.nodes[f"w{i}"] = {"id": f"w{i}", "title": r.choice(["x", "y", "xy"]), "year": r.choice([None, 1, 2, 3])}
    for i in range(r.randint(0, 2)):
        world.nodes[f"e{i}"] = {"id": f"e{i}", "title": r.choice(["x", "y"])}
    for kind, start, end, chance in (("LEARNT_FROM", "a", "a", 3), ("MADE", "a", "w", 2), ("SHOWS", "e", "w", 2)):
        for one in world.nodes:
            for other in world.nodes:
                # No rings: databases differ in which of their edges a path may use again.
                if one[0] == start and other[0] == end and one < other and r.randrange(chance + 1) == 0:
                    properties = {"room": r.choice(["x", "y"]), "position": r.choice([1, 2, 3])}
                    world.edges.append((kind, one, other, properties if kind == "SHOWS" else {}))
    return world


async def store(db: Database, world: World) -> None:
    for label, letter in (("Artist", "a"), ("Artwork", "w"), ("Exhibition", "e")):
        rows = [node for key, node in world.nodes.items() if key[0] == letter]
        if rows:
            names = ", ".join(f"{name}: row.{name}" for name in rows[0])
            await db.execute(f"UNWIND $rows AS row CREATE (:{label} {{{names}}})", {"rows": rows})
    for kind in ("LEARNT_FROM", "MADE", "SHOWS"):
        rows = [{"s": edge[1], "e": edge[2], **edge[3]} for edge in world.edges if edge[0] == kind]
        labels = {
            "LEARNT_FROM": ("Artist", "Artist"),
            "MADE": ("Artist", "Artwork"),
            "SHOWS": ("Exhibition", "Artwork"),
        }
        one, other = labels[kind]
        names = "{room: row.room, position: row.position}" if kind == "SHOWS" else ""
        if rows:
            await db.execute(
                f"UNWIND $rows AS row MATCH (s:{one}) WHERE s.id = row.s MATCH (e:{other}) WHERE e.id = row.e "
                f"CREATE (s)-[:{kind} {names}]->(e)",
                {"rows": rows},
            )


class Question:
    """A statement and its twin, built by the same random choices."""

    def __init__(self, r: Random, world: World) -> None:
        self.r, self.world = r, world
        self.root: Any = r.choice([Artist, Artist, Artwork])
        self.statement: Any = select(self.root)
        self.roots = [node for key, node in world.nodes.items() if key[0] == LETTERS[self.root]]
        if r.randrange(6) == 0:
            self._unite()
        self.statement = self.statement.alias("r")
        self.stages = [Stage()]
        self.aliases: dict[str, Any] = {"r": self.root}  # the nodes and edges that can be spoken of, with their class
        self.columns: list[str] = []
        self.made = 0
        for _ in range(r.randint(0, 6)):
            r.choice([self.where, self.where, self.where, self.traverse, self.traverse, self.page, self.stage])()

    def _unite(self) -> None:
        parts = [self._comparison(self.root, None) for _ in range(2)]
        self.statement = self.statement.where(parts[0][0]).union(select(self.root).where(parts[1][0]))
        self.roots = [node for node in self.roots if any(twin(node) is True for _, twin in parts)]

    def nodes(self) -> list[str]:
        return [alias for alias, cls in self.aliases.items() if cls is not Showing]

    def artists(self) -> list[str]:
        return [alias for alias, cls in self.aliases.items() if cls is Artist]

    # -- conditions: an expression, and its twin over a row

    def field(self, cls: Any, alias: str | None) -> tuple[str, Any, Callable[[Any], Any]]:
        name = self.r.choice(list(FIELDS[cls]))
        attribute: Any = getattr(cls, name)
        if alias is None:
            return name, attribute, lambda row: row[name]
        return name, ref(alias, attribute), lambda row: None if row[alias] is None else row[alias][name]

    def _comparison(self, cls: Any, alias: str | None) -> tuple[Any, Condition]:
        name, left, get = self.field(cls, alias)
        values, r = FIELDS[cls][name], self.r
        value: Any = r.choice(values)
        kind = r.choice(["compare", "compare", "null", "in", "not in", "text", "arithmetic", "case", "case"])
        if kind == "case":
            left, get = self._case(cls, alias, left, get, values)
        if kind == "null":
            return (left == None, lambda row: get(row) is None) if r.random() < 0.5 else (  # noqa: E711 - builds one
                left != None, lambda row: get(row) is not None)  # fmt: skip # noqa: E711 - builds one
        if kind == "in":
            return left.in_(values[:2]), lambda row: None if get(row) is None else get(row) in values[:2]
        if kind == "not in":
            return left.not_in_(values[:1]), lambda row: get(row) is None or get(row) not in values[:1]
        if kind == "text" and name not in NUMBERS:
            match = r.choice(
                [("contains", operator.contains), ("startswith", str.startswith), ("endswith", str.endswith)]
            )
            return (
                getattr(left, match[0])(value[-1]),
                lambda row: None if get(row) is None else match[1](get(row), value[-1]),
            )
        symbol = r.choice(list(COMPARE))
        compare = COMPARE[symbol]
        if kind == "arithmetic" and name in NUMBERS:
            return compare(
                left * 2 - 1, value
            ), lambda row: None if get(row) is None else compare(get(row) * 2 - 1, value)
        return compare(left, value), lambda row: None if get(row) is None else compare(get(row), value)

    def _case(
        self, cls: Any, alias: str | None, left: Any, get: Callable[[Any], Any], values: list[Any]
    ) -> tuple[Any, Callable[[Any], Any]]:
        """One of two values or nothing, by a condition."""
        first, second = self.r.choice(values), self.r.choice(values)
        name, field, read = self.field(cls, alias)
        known = FIELDS[cls][name][0]
        holds, twin = field >= known, lambda row: read(row) is not None and read(row) >= known
        if self.r.random() < 0.3:
            return case((holds, first)), lambda row: first if twin(row) else None
        if self.r.random() < 0.5:
            return case((holds, left), else_=first), lambda row: get(row) if twin(row) else first
        missing = (left.is_null(), second)
        return (
            case((holds, first), missing, else_=left),
            lambda row: first if twin(row) else second if get(row) is None else get(row),
        )

    def _related(self, alias: str) -> tuple[Any, Condition]:
        """A question about what a node is related to."""
        predicate, twin = self._question(self.aliases[alias], 2)
        return predicate, lambda row: twin(row[alias])

    def _question(self, cls: Any, depth: int) -> tuple[Any, Callable[[Any], Any]]:
        """A question about a node, which may have others in it."""
        r = self.r
        name = r.choice(list(RELATIONS[cls]))
        target, kind, direction = RELATIONS[cls][name]
        inner, twin = self._comparison(target, None)
        relation = getattr(cls, name)
        if depth and r.random() < 0.4:
            deeper, deeper_twin = self._question(target, depth - 1)
            one, one_twin = inner, twin
            if r.random() < 0.5:
                inner, twin = one & deeper, lambda node: conjunction([one_twin(node), deeper_twin(node)])
            else:
                inner, twin = one | ~deeper, lambda node: disjunction([one_twin(node), negated(deeper_twin(node))])

        def found(node: Any) -> int:
            return sum(twin(other) is True for _, other in self.world.around(node, kind, direction))

        if r.random() < 0.5:
            return exists(relation, inner), lambda node: found(node) > 0
        number = r.randint(0, 2)
        return count_related(relation, inner) >= number, lambda node: found(node) >= number

    def condition(self, alias: str) -> tuple[Any, Condition]:
        """A condition whose latest step is `alias`."""
        r, cls = self.r, self.aliases[alias]
        one, twin = self._comparison(cls, alias)
        choice = r.randrange(8)
        if choice in (0, 1):
            other_alias = r.choice(
                [a for a in self.aliases if list(self.aliases).index(a) <= list(self.aliases).index(alias)]
            )
            other, other_twin = self._comparison(self.aliases[other_alias], other_alias)
            if choice == 0:
                return one & other, lambda row: conjunction([twin(row), other_twin(row)])
            return one | other, lambda row: disjunction([twin(row), other_twin(row)])
        if choice == 2:
            return ~one, lambda row: negated(twin(row))
        if choice == 3 and self.columns:
            name, number = r.choice(self.columns), r.randint(1, 3)
            return (ref(name) > number) | one, lambda row: disjunction([row[name] > number, twin(row)])
        return one, twin

    def where(self) -> None:
        alias = self.r.choice(list(self.aliases))
        if self.aliases[alias] is not Showing and self.r.randrange(5) == 0:
            predicate, twin = self._related(alias)
            self.statement = self.statement.where(predicate, on=alias)
        else:
            predicate, twin = self.condition(alias)
            self.statement = self.statement.where(predicate)
        self.stages[-1] = with_filter(self.stages[-1], alias, twin)

    # -- steps and stages

    def traverse(self) -> None:
        r = self.r
        source = r.choice(self.nodes())
        name = r.choice(list(RELATIONS[self.aliases[source]]))
        target, kind, direction = RELATIONS[self.aliases[source]][name]
        self.made += 1
        alias, optional = f"s{self.made}", r.random() < 0.5
        edge = f"e{self.made}" if kind == "SHOWS" else None
        hops = None
        if target is self.aliases[source] and r.random() < 0.4:
            hops = (r.randint(0, 2), r.randint(2, 3))
            self.statement = self.statement.repeat(name, *hops, optional=optional, on=source).alias(alias)
        else:
            self.statement = self.statement.traverse(name, edge_alias=edge, optional=optional, on=source).alias(alias)
        if self.stages[-1].limit is not None or self.stages[-1].skip:
            self.stages.append(Stage())
        step = Step(alias, source, kind, direction, optional, edge, hops)
        self.stages[-1] = replace(self.stages[-1], steps=(*self.stages[-1].steps, step))
        if edge is not None:
            self.aliases[edge] = Showing
        self.aliases[alias] = target

    def path(self) -> tuple[Any, list[tuple[str, str, int]]]:
        """The statement with shortest paths from one of its nodes, and their (start, end, edges)."""
        r = self.r
        source = r.choice(self.artists())
        name, end, longest = r.choice(["teacher", "pupils"]), self._comparison(Artist, None), r.choice([None, 1, 2, 3])
        to, twin = r.choice([end, end, ("a1", lambda node: node["id"] == "a1")])
        _, kind, direction = RELATIONS[Artist][name]
        found: list[tuple[str, str, int]] = []
        for row in self.rows():
            for key, length in self.world.distances(row[source], kind, direction, longest).items():
                if twin(self.world.nodes[key]) is True:
                    found.append((row[source]["id"], key, length))
        return self.statement.shortest_path(name, to=to, max_hops=longest, on=source), found

    def change(self, alias: str) -> tuple[Any, Callable[[dict[str, Any]], dict[str, Any]]]:
        """The statement with an update of one of its nodes, and what that makes of such a node."""
        r, cls = self.r, self.aliases[alias]
        name = r.choice([name for name in FIELDS[cls] if name != "id"])
        target, values = self.statement.return_target(alias), FIELDS[cls][name]
        if name not in NUMBERS:
            text = r.choice(values)
            if r.random() < 0.5:
                return target.update(**{name: text}), lambda node: {**node, name: text}
            joined = ref(alias, getattr(cls, name)) + text
            return target.update(**{name: joined}), lambda node: {**node, name: node[name] + text}
        if r.random() < 0.3:
            return target.update(**{name: None}), lambda node: {**node, name: None}
        field = ref(alias, getattr(cls, name))
        if r.random() < 0.5:
            return target.update(**{name: 7 - field}), lambda node: {
                **node, name: None if node[name] is None else 7 - node[name],
            }  # fmt: skip
        chosen, get = self._case(cls, alias, field, lambda row: row[alias][name], values)
        return target.update(**{name: chosen}), lambda node: {**node, name: get({alias: node})}

    def key(self, alias: str, name: str, *, turned: bool) -> tuple[Any, Key]:
        operand = ref(alias, getattr(self.aliases[alias], name))

        def get(row: Row) -> Any:
            return None if row[alias] is None else row[alias][name]

        if name != "id" and self.r.randrange(4) == 0:  # the keys tell rows apart
            operand, get = self._case(self.aliases[alias], alias, operand, get, FIELDS[self.aliases[alias]][name])
        return (desc if turned else asc)(operand), (get, turned)

    def total(self) -> list[tuple[Any, Key]]:
        """Keys that tell all rows apart, after some that may not."""
        r = self.r
        some = [(alias, r.choice(list(FIELDS[self.aliases[alias]]))) for alias in r.sample(self.nodes(), 1)]
        keys = [*some, *((alias, "id") for alias in self.nodes())]
        return [self.key(alias, name, turned=r.random() < 0.4) for alias, name in dict.fromkeys(keys)]

    def page(self) -> None:
        stage = self.stages[-1]
        if stage.order or stage.limit is not None or any(step.hops for s in self.stages for step in s.steps):
            return
        keys = self.total()
        skip, limit = self.r.randint(0, 1), self.r.randint(0, 4)
        self.statement = self.statement.order_by(*(key for key, _ in keys)).skip(skip).limit(limit)
        self.stages[-1] = replace(stage, order=tuple(twin for _, twin in keys), skip=skip, limit=limit)

    def stage(self) -> None:
        carry = [alias for alias in self.nodes() if self.r.random() < 0.7] or self.nodes()[:1]
        if self.r.random() < 0.5:
            self.statement = self.statement.with_(*carry, *self.columns)
            self.stages[-1] = replace(self.stages[-1], carry=(*carry, *self.columns))
        else:
            self.made += 1
            name = f"n{self.made}"
            self.statement = self.statement.with_(*carry, *self.columns, count().as_(name))
            self.stages[-1] = replace(self.stages[-1], carry=(*carry, *self.columns), count=name)
            self.columns.append(name)
        self.stages.append(Stage())
        self.aliases = {alias: self.aliases[alias] for alias in carry}

    def rows(self) -> list[Row]:
        return run(self.world, self.roots, self.stages)
