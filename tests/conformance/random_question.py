"""Statements at random from the whole grammar, each with its twin in plain Python, over a small graph at random."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from runic.ogm import asc, count, count_related, desc, max_, min_, ref, select, sum_

from .plain_query import (
    Condition,
    Key,
    Link,
    Row,
    Stage,
    Step,
    Total,
    World,
    conjunction,
    disjunction,
    identity,
    least_of,
    most_of,
    negated,
    run,
    sum_of,
    with_filter,
)
from .random_conditions import COMPARE, Classes, Conditions
from .random_world import BASES, CLASSES, EDGES, FIELDS, NUMBERS, links_of

ROOTS = ["Villager", "Villager", "Work", "Book", "Novel", "Gadget", "Hall"]
EDGE_NAMES = {cls.__name__ for cls in EDGES}


class Question(Conditions):
    """A statement and its twin, built by the same random choices; `part`: of the union that `whole` is."""

    def __init__(self, r: Random, world: World, whole: Question | None = None) -> None:
        super().__init__(r, world, whole)
        self.whole = whole
        self.columns: list[str] = []
        self.texts: set[str] = set()  # the columns that hold text
        self.stages = [Stage()]
        self.made = 0
        """Whether an order speaks of an edge."""
        self.ends: dict[str, tuple[str, str]] = {}  # the nodes at the ends of each edge that has an alias
        self.parts: list[tuple[Question, str]] = []  # of a union, each with the alias of what it gives
        classes = self._unite() if whole is None and r.randrange(5) == 0 else self._select()
        self.statement = self.statement.alias("r")
        self.start = classes
        self.aliases: dict[str, Classes] = {"r": classes}  # what can be spoken of, with its classes
        for _ in range(r.randint(0, 6 if whole is None else 3)):
            r.choice([self.where, self.where, self.where, self.traverse, self.traverse, self.page, self.stage])()
        if whole is None:
            self.bind()

    def bind(self) -> None:
        """Give the parameters their values; from now on there are no new ones."""
        self.binds = False
        if self.values:
            self.statement = self.statement.params(**self.values)

    def _select(self) -> Classes:
        name = self.r.choice(ROOTS)
        self.statement: Any = select(CLASSES[name])
        return (name,)

    def _unite(self) -> Classes:
        """Begin at what several statements give, each of them once."""
        classes: list[str] = []
        for number in range(self.r.choice([2, 2, 3])):
            part = Question(self.r, self.world, self)
            target = self.r.choice(part.nodes())
            statement = part.statement.return_target(target)
            self.statement = self.statement.union(statement) if number else statement
            self.parts.append((part, target))
            classes += part.aliases[target]
        return tuple(dict.fromkeys(classes))

    def roots(self) -> list[Any]:
        """What the statement begins at; what a union finds nowhere is None, once."""
        if not self.parts:
            return [node for node in self.world.nodes.values() if self.world.is_a(node, self.start)]
        found = {identity(row[target]): row[target] for part, target in self.parts for row in part.rows()}
        return list(found.values())

    def nodes(self) -> list[str]:
        return [alias for alias in self.aliases if not self.is_edge(alias)]

    def whole_edges(self) -> list[str]:
        """The edges whose ends can still be spoken of."""
        return [alias for alias in self.aliases if self.is_edge(alias) and {*self.ends[alias]} <= {*self.aliases}]

    def is_edge(self, alias: str) -> bool:
        return self.aliases[alias][0] in EDGE_NAMES

    def shares_key(self, alias: str) -> bool:
        """Tell whether all nodes that may go by an alias are told apart by one key."""
        return len({BASES[name][-1] for name in self.aliases[alias]}) == 1

    # -- conditions

    def condition(self, alias: str) -> tuple[Any, Condition]:
        """A condition whose latest step is `alias`."""
        r = self.r
        one, twin = self.comparison(self.aliases[alias], alias)
        choice = r.randrange(9)
        before = list(self.aliases)[: list(self.aliases).index(alias) + 1]
        if choice in (0, 1):
            other_alias = r.choice(before)
            other, other_twin = self.comparison(self.aliases[other_alias], other_alias)
            if choice == 0:
                return one & other, lambda row: conjunction([twin(row), other_twin(row)])
            return one | other, lambda row: disjunction([twin(row), other_twin(row)])
        if choice == 2:
            return ~one, lambda row: negated(twin(row))
        if choice == 3 and self.columns:
            other, other_twin = self._column()
            return other | one, lambda row: disjunction([other_twin(row), twin(row)])
        if choice in (4, 5):
            return self._joined(alias, r.choice(before))
        return one, twin

    def _column(self) -> tuple[Any, Condition]:
        name, compare = self.r.choice(self.columns), COMPARE[self.r.choice(list(COMPARE))]
        value = self.r.choice(["x", "xy"] if name in self.texts else [1, 2, 3])
        return compare(ref(name), value), lambda row: None if row[name] is None else compare(row[name], value)

    def _joined(self, alias: str, other: str) -> tuple[Any, Condition]:
        """A condition that compares fields of two steps, or of one."""
        name, left, get = self.field(self.aliases[alias], alias)
        fitting = [
            (cls, field)
            for cls in map(CLASSES.__getitem__, self.aliases[other])
            for field in FIELDS[cls]
            if (field in NUMBERS) == (name in NUMBERS) and (field != "id" or len(self.aliases[other]) == 1)
        ]
        if not fitting:
            return self.comparison(self.aliases[alias], alias)
        _, right, read = self.named(*self.r.choice(fitting), other)
        compare = COMPARE[self.r.choice(list(COMPARE))]
        return compare(
            left, right
        ), lambda row: None if get(row) is None or read(row) is None else compare(get(row), read(row))

    def where(self) -> None:
        alias = self.r.choice(list(self.aliases))
        if not self.is_edge(alias) and links_of(self.aliases[alias]) and self.r.randrange(5) == 0:
            predicate, about = self.question(self.aliases[alias], 2)
            self.statement = self.statement.where(predicate, on=alias)
            twin: Condition = lambda row: about(row[alias])  # noqa: E731
        else:
            predicate, twin = self.condition(alias)
            self.statement = self.statement.where(predicate)
        self.stages[-1] = with_filter(self.stages[-1], alias, twin)

    # -- steps

    def traverse(self) -> None:
        r = self.r
        source = r.choice(self.nodes())
        name, link = r.choice(links_of(self.aliases[source]))
        relation = self._spelling(source, name, link)
        self.made += 1
        alias, optional = f"s{self.made}", r.random() < 0.5
        edge, hops = None, None
        if repeats(link) and r.random() < 0.4:
            low, high = r.randint(0, 2), r.choice([2, 3, None])
            self.statement = self.statement.repeat(relation, low, high, optional=optional, on=source)
            hops = (low, 9 if high is None else high)
        else:
            edge = f"e{self.made}" if r.random() < (0.7 if link.properties else 0.1) else None
            self.statement = self.statement.traverse(relation, edge_alias=edge, optional=optional, on=source)
        self.statement = self.statement.alias(alias)
        if self.stages[-1].limit is not None or self.stages[-1].skip:
            self.stages.append(Stage())
        step = Step(alias, source, link, optional, edge, hops)
        self.stages[-1] = replace(self.stages[-1], steps=(*self.stages[-1].steps, step))
        if edge is not None and link.properties:
            self.aliases[edge], self.ends[edge] = (link.properties,), (source, alias)
        self.aliases[alias] = link.targets

    def _spelling(self, source: str, name: str, link: Link) -> Any:
        """A relation by its attribute, or by its name where all that may be there know it by one owner."""
        known = all(link.owner in BASES[cls] for cls in self.aliases[source])
        return name if known and self.r.random() < 0.5 else getattr(CLASSES[link.owner], name)

    def starts(self) -> list[tuple[str, str, Link]]:
        """The aliases and relations that a path can begin with."""
        return [
            (alias, name, link)
            for alias in self.nodes()
            for name, link in links_of(self.aliases[alias])
            if repeats(link)
        ]

    def path(self) -> tuple[Any, Link, list[tuple[str, str, int]]]:
        """The statement with shortest paths from one of its nodes, and their (start, end, edges)."""
        r = self.r
        source, name, link = r.choice(self.starts())
        end, longest = self.comparison(link.targets, "target"), r.choice([None, 1, 2, 3])
        to, twin = r.choice([end, end, (("a1" if link.owner == "Villager" else "w1"), None)])
        found: list[tuple[str, str, int]] = []
        for row in self.rows():
            for key, length in self.world.distances(row[source], link, longest).items():
                if key == to if twin is None else twin({"target": self.world.nodes[key]}) is True:
                    found.append((row[source]["id"], key, length))
        relation = getattr(CLASSES[link.owner], name)
        return self.statement.shortest_path(relation, to=to, max_hops=longest, on=source), link, found

    # -- orders, pages and stages

    def key(self, alias: str, cls: type, name: str, *, turned: bool, tells: bool = True) -> tuple[Any, Key]:
        """Return a key of an order; one that `tells` rows apart is the field itself."""
        _, operand, get = self.named(cls, name, alias)
        if not tells and self.r.randrange(4) == 0:
            operand, get = self.case(self.aliases[alias], alias, operand, get, FIELDS[cls][name])
        return (desc if turned else asc)(operand), (get, turned)

    def some_key(self, alias: str, *, turned: bool) -> tuple[Any, Key]:
        """A key of an order that may not tell rows apart."""
        cls = CLASSES[self.r.choice(self.aliases[alias])]
        names = [name for name in FIELDS[cls] if name != "id" or len(self.aliases[alias]) == 1]
        name = self.r.choice(names)
        return self.key(alias, cls, name, turned=turned, tells=name == "id")

    def total(self) -> list[tuple[Any, Key]]:
        """Keys that tell all rows apart, after some that may not."""
        keys = [self.some_key(self.r.choice(list(self.aliases)), turned=self.r.random() < 0.4)]
        for alias, classes in self.aliases.items():
            turned = self.r.random() < 0.4
            if self.is_edge(alias):
                keys += [self.key(alias, CLASSES[classes[0]], n, turned=turned) for n in FIELDS[CLASSES[classes[0]]]]
            else:  # of several classes, by the key of each, and all of them in one direction
                tops = dict.fromkeys(BASES[name][-1] for name in classes)
                keys += [self.key(alias, CLASSES[top], "id", turned=turned) for top in sorted(tops, key=_rank)]
        return keys + [(asc(ref(name)), (lambda row, name=name: row[name], False)) for name in self.columns]

    def page(self) -> None:
        stage = self.stages[-1]
        if stage.order or stage.limit is not None:
            return
        keys = self.total()
        skip, limit = self.r.randint(0, 1), self.r.randint(0, 4)
        self.statement = self.statement.order_by(*(key for key, _ in keys)).skip(skip).limit(limit)
        self.stages[-1] = replace(stage, order=tuple(twin for _, twin in keys), skip=skip, limit=limit)

    def stage(self) -> None:
        """End a stage, with some of what there is, and values made of it."""
        carry = [alias for alias in self.aliases if self.r.random() < 0.7]
        carry = carry if any(not self.is_edge(alias) for alias in carry) else self.nodes()[:1]
        kept = [name for name in self.columns if self.r.random() < 0.8]
        stage = replace(self.stages[-1], carry=(*carry, *kept))
        named: list[Any] = []
        choice = self.r.randrange(5)
        if choice == 0 and not stage.order and stage.limit is None and not stage.skip:
            self.statement, stage = self.statement.distinct(), replace(stage, distinct=True)
        elif choice in (1, 2):
            named, stage = self._totals(stage)
        elif choice == 3:
            named, stage = self._values(stage)
        self.statement = self.statement.with_(*carry, *kept, *named)
        self.columns = [*kept, *(name for name, _ in (*stage.values, *stage.totals))]
        self.stages[-1:] = [stage, Stage()]
        self.aliases = {alias: self.aliases[alias] for alias in carry}

    def _named(self, *, text: bool = False) -> str:
        self.made += 1
        if text:
            self.texts.add(f"n{self.made}")
        return f"n{self.made}"

    def _totals(self, stage: Stage) -> tuple[list[Any], Stage]:
        """Values made of the rows of each group."""
        alias = self.r.choice(list(self.aliases))
        field, operand, get = self.field(self.aliases[alias], alias)
        makers: list[tuple[Callable[[Any], Any], Callable[[list[Any]], Any]]] = [
            (lambda _: count(), len),
            (count, lambda values: sum(value is not None for value in values)),
            (lambda of: count(of, distinct=True), lambda values: len({value for value in values if value is not None})),
            (min_, least_of),
            (max_, most_of),
            *([(sum_, sum_of)] if field in NUMBERS else []),
        ]
        maker, total = self.r.choice(makers)
        name = self._named(text=maker in (min_, max_) and field not in NUMBERS)
        found: Total = lambda rows: total([get(row) for row in rows])  # noqa: E731
        return [maker(operand).as_(name)], replace(stage, totals=((name, found),))

    def _values(self, stage: Stage) -> tuple[list[Any], Stage]:
        """A field of each row, or how much its node is related to."""
        alias = self.r.choice(list(self.aliases))
        if not self.is_edge(alias) and self.r.random() < 0.3:
            cls = self.aliases[alias][0]
            links = links_of((cls,), narrowing=False)
            if len(self.aliases[alias]) == 1 and links and len(self.nodes()) == 1:  # it says no alias
                relation, link = self.r.choice(links)
                name = self._named()
                number: Condition = lambda row: len(self.world.around(row[alias], link))  # noqa: E731
                named = count_related(getattr(CLASSES[link.owner], relation)).as_(name)
                return [named], replace(stage, values=((name, number),))
        field, operand, get = self.field(self.aliases[alias], alias)
        name = self._named(text=field not in NUMBERS)
        return [operand.as_(name)], replace(stage, values=((name, get),))

    def rows(self) -> list[Row]:
        return run(self.world, self.roots(), self.stages)

    # -- changes

    def change(self, alias: str) -> tuple[Any, Callable[[dict[str, Any]], dict[str, Any]]]:
        """The statement with an update of one of its nodes, and what that makes of such a node."""
        r, cls = self.r, CLASSES[self.aliases[alias][0]]
        name = r.choice([name for name in FIELDS[cls] if name != "id"])
        target, values = self.statement.return_target(alias), FIELDS[cls][name]
        field = ref(alias, getattr(cls, name))
        if name not in NUMBERS:
            text = r.choice(values)
            if r.random() < 0.5:
                return target.update(**{name: text}), lambda node: {**node, name: text}
            return target.update(**{name: field + text}), lambda node: {
                **node, name: None if node[name] is None else node[name] + text,
            }  # fmt: skip
        if r.random() < 0.3 and name != "shelf":
            return target.update(**{name: None}), lambda node: {**node, name: None}
        if r.random() < 0.5:
            return target.update(**{name: 7 - field}), lambda node: {
                **node, name: None if node[name] is None else 7 - node[name],
            }  # fmt: skip
        chosen, get = self.case(self.aliases[alias], alias, field, lambda row: row[alias][name], values)
        return target.update(**{name: chosen}), lambda node: {**node, name: get({alias: node})}


def repeats(link: Link) -> bool:
    """Tell whether a relation goes on from wherever it leads.

    Of one that goes on from some classes of these alone, it is not said whether it leads through the others.
    """
    return all(link.owner in BASES[target] for target in link.targets)


def _rank(name: str) -> int:
    """Return where the keys of a class stand among those of others."""
    return ["Villager", "Work", "Hall"].index(name)
