"""Random statements of the whole grammar against a plain-Python evaluation over the same data."""

from __future__ import annotations

import operator
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runic.ogm import UnsupportedFeatureError, asc, count, count_related, desc, exists, max_, ref, select, sum_

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
    ordered,
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
        kind = r.choice(["compare", "compare", "null", "in", "not in", "text", "arithmetic"])
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

    def _related(self, alias: str) -> tuple[Any, Condition]:
        """A question about what a node is related to; only on its own, as FalkorDB cannot nest them."""
        name = self.r.choice(list(RELATIONS[self.aliases[alias]]))
        target, kind, direction = RELATIONS[self.aliases[alias]][name]
        inner, twin = self._comparison(target, None)
        relation = getattr(self.aliases[alias], name)

        def found(row: Row) -> int:
            return sum(twin(node) is True for _, node in self.world.around(row[alias], kind, direction))

        if self.r.random() < 0.5:
            return exists(relation, inner), lambda row: found(row) > 0
        number = self.r.randint(0, 2)
        return count_related(relation, inner) >= number, lambda row: found(row) >= number

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

    def key(self, alias: str, name: str, *, turned: bool) -> tuple[Any, Key]:
        operand = ref(alias, getattr(self.aliases[alias], name))

        def get(row: Row) -> Any:
            return None if row[alias] is None else row[alias][name]

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


def keyed(row: Any) -> Any:
    return None if row is None else row["id"] if isinstance(row, dict) else row.id


async def check_results(s: Any, question: Question) -> None:
    """The results as entities, how many there are, and each once."""
    target = question.r.choice(question.nodes())
    statement, rows = question.statement.return_target(target), question.rows()
    expected = [keyed(row[target]) for row in rows]
    found = await s.scalars(statement)
    assert Counter(map(keyed, found)) == Counter(expected)
    if question.stages[-1].order:
        assert [keyed(entity) for entity in found] == expected
    assert await s.count(statement) == len(expected)
    assert await s.exists(statement) is bool(expected)
    if not question.stages[-1].order:
        assert Counter(map(keyed, await s.scalars(statement.distinct()))) == Counter(set(expected))
        assert await s.count(statement.distinct()) == len(set(expected))


async def check_rows(s: Any, question: Question) -> None:
    """Tuples of nodes, and projections, in their order."""
    nodes = question.nodes()
    keys = question.total() if not question.stages[-1].order else []
    rows = ordered(question.rows(), [twin for _, twin in keys])
    statement = question.statement.order_by(*(key for key, _ in keys))
    items = [(alias, question.r.choice(list(FIELDS[question.aliases[alias]]))) for alias in nodes]
    values = [ref(alias, getattr(question.aliases[alias], name)).as_(f"{alias}_{name}") for alias, name in items]
    found = await s.all_rows(statement.project(*values, *question.columns))
    assert found == [
        {
            **{f"{a}_{n}": None if row[a] is None else row[a][n] for a, n in items},
            **{c: row[c] for c in question.columns},
        }
        for row in rows
    ]
    if len(nodes) > 1:
        tuples = await s.all_rows(statement.return_nodes(*nodes))
        assert [tuple(map(keyed, found)) for found in tuples] == [tuple(keyed(row[a]) for a in nodes) for row in rows]


async def check_groups(s: Any, question: Question) -> None:
    """Aggregates by a field, and conditions on them."""
    if question.stages[-1].order:
        return
    alias = question.r.choice(question.nodes())
    cls = question.aliases[alias]
    by, of = question.r.choice(list(FIELDS[cls])), next((n for n in FIELDS[cls] if n in NUMBERS), "id")
    least = question.r.randint(0, 2)
    group, number = ref(alias, getattr(cls, by)).as_("by"), ref(alias, getattr(cls, of))
    top: Any = sum_(number) if of in NUMBERS else max_(number)
    statement = question.statement.aggregate(count().as_("n"), top.as_("top"), group_by=group)
    groups: dict[Any, list[Any]] = {}
    for row in question.rows():
        node = row[alias] or {}
        groups.setdefault(node.get(by), []).append(node.get(of))
    expected = {}
    for value, found in groups.items():
        known = [number for number in found if number is not None]
        expected[value] = (len(found), sum(known) if of in NUMBERS else max(known, default=None))
    rows = await s.all_rows(statement)
    assert {row["by"]: (row["n"], row["top"]) for row in rows} == expected
    assert len(rows) == len(expected)
    chosen = {value for value, (size, _) in expected.items() if size > least}
    having = statement.where(ref("n") > least)
    assert {row["by"] for row in await s.all_rows(having)} == chosen
    assert await s.count(having) == len(chosen)


async def check_pages(s: Any, question: Question) -> None:
    """Keyset pages give each result once, in order."""
    if question.stages[-1].order:
        return
    target = question.r.choice(question.nodes())
    cls = question.aliases[target]
    key, (get, turned) = question.key(target, question.r.choice(list(FIELDS[cls])), turned=question.r.random() < 0.5)
    unique = {keyed(row[target]): row for row in question.rows()}
    by_id = ordered(list(unique.values()), [(lambda row: keyed(row[target]), False)])
    expected = [keyed(row[target]) for row in ordered(by_id, [(get, turned)])]
    statement, cursor = question.statement.return_target(target).order_by(key), None
    found: list[Any] = []
    while True:
        page = await s.after(statement, cursor, 2)
        found, cursor = [*found, *map(keyed, page.items)], page.cursor
        if cursor is None:
            break
    assert found == expected


CHECKS = [check_results, check_rows, check_groups, check_pages]
many = settings(
    max_examples=int(os.environ.get("RUNIC_TEST_EXAMPLES", "40")),
    deadline=None,
    derandomize="RUNIC_TEST_EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.slow
@many
@given(r=st.randoms(use_true_random=False))
async def test_any_statement_means_what_it_says(db: Database, r: Random) -> None:
    world = make_world(r)
    await store(db, world)
    async with db.session() as s:
        for check in CHECKS:
            for _ in range(3):
                question = Question(r, world)
                try:
                    await check(s, question)
                except UnsupportedFeatureError:
                    continue
                except Exception as error:
                    error.add_note(f"{check.__name__}: {question.statement.build(db.dialect)}")
                    raise
