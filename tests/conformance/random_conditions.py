"""Conditions at random, each with its twin in plain Python over a row."""

from __future__ import annotations

import operator
from collections.abc import Callable
from random import Random
from typing import Any

from runic.ogm import case, count_related, exists, param, ref

from .plain_query import Condition, Link, World, conjunction, disjunction, negated
from .random_world import BASES, CLASSES, FIELDS, NUMBERS, links_of

COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
TEXT: dict[str, Callable[[str, str], bool]] = {
    "contains": operator.contains, "startswith": str.startswith, "endswith": str.endswith,
}  # fmt: skip

Classes = tuple[str, ...]
Getter = Callable[[Any], Any]


class Conditions:
    """Makes conditions on nodes and edges that go by an alias, each of one of several classes.

    The aliases `edge` and `target` stand for what a relation leads to, within a question about it: their fields are
    attributes alone, without `ref`.
    """

    def __init__(self, r: Random, world: World, given: Conditions | None = None) -> None:
        self.r, self.world = r, world
        self.values: dict[str, Any] = {} if given is None else given.values
        """What the parameters of the statement stand for; the twins look it up when they are asked."""
        self.domains: dict[str, Callable[[], Any]] = {} if given is None else given.domains
        self.binds = True
        """Whether a value may be a parameter: only until the statement gets its values."""

    def redraw(self) -> None:
        """Give the parameters other values."""
        self.values |= {name: draw() for name, draw in self.domains.items()}

    def operand(self, draw: Callable[[], Any]) -> tuple[Any, Callable[[], Any]]:
        """Return a value, or a parameter for it, and what tells the value."""
        value = draw()
        if not self.binds or self.r.randrange(4):
            return value, lambda: value
        name = f"v{len(self.values)}"
        self.values[name], self.domains[name] = value, draw
        return param(name), lambda: self.values[name]

    def field(self, classes: Classes, alias: str) -> tuple[str, Any, Getter]:
        """Return the name of a field, the field itself, and what reads it of a row."""
        cls = CLASSES[self.r.choice(classes)]
        # A key is called the same in all classes: of what may be one of several it says nothing about the class.
        names = [name for name in FIELDS[cls] if name != "id" or len(classes) == 1]
        return self.named(cls, self.r.choice(names), alias)

    def named(self, cls: type, name: str, alias: str) -> tuple[str, Any, Getter]:
        """Return the field of that name of a class, as `field` does."""
        attribute: Any = getattr(cls, name)
        plain = alias in ("edge", "target")
        return (
            name,
            attribute if plain else ref(alias, attribute),
            lambda row: None if row[alias] is None else row[alias].get(name),
        )

    def comparison(self, classes: Classes, alias: str) -> tuple[Any, Condition]:
        """Return a condition on one field."""
        name, left, get = self.field(classes, alias)
        return self._compared(classes, alias, name, left, get)

    def _compared(self, classes: Classes, alias: str, name: str, left: Any, get: Getter) -> tuple[Any, Condition]:
        r = self.r
        values = next(FIELDS[CLASSES[cls]][name] for cls in classes if name in FIELDS[CLASSES[cls]])
        kind = r.choice(["compare", "compare", "null", "in", "not in", "text", "arithmetic", "case", "case"])
        if kind == "case":
            left, get = self.case(classes, alias, left, get, values)
        if kind == "null":
            return (left == None, lambda row: get(row) is None) if r.random() < 0.5 else (  # noqa: E711 - builds one
                left != None, lambda row: get(row) is not None)  # fmt: skip # noqa: E711 - builds one
        if kind in ("in", "not in"):
            return self._listed(left, get, values, inside=kind == "in")
        if kind == "text" and name not in NUMBERS:
            return self._text(left, get, values)
        compare = COMPARE[r.choice(list(COMPARE))]
        value, given = self.operand(lambda: r.choice(values))
        if kind == "arithmetic" and name in NUMBERS:
            return (
                compare(left * 2 - 1, value),
                lambda row: None if get(row) is None else compare(get(row) * 2 - 1, given()),
            )
        return compare(left, value), lambda row: None if get(row) is None else compare(get(row), given())

    def _listed(self, left: Any, get: Getter, values: list[Any], *, inside: bool) -> tuple[Any, Condition]:
        listed, given = self.operand(lambda: self.r.sample(values, self.r.randint(1, 2)))
        if inside:
            return left.in_(listed), lambda row: None if get(row) is None else get(row) in given()
        return left.not_in_(listed), lambda row: get(row) is None or get(row) not in given()

    def _text(self, left: Any, get: Getter, values: list[Any]) -> tuple[Any, Condition]:
        method, match = self.r.choice(list(TEXT.items()))
        part, given = self.operand(lambda: self.r.choice(values)[-1])
        return getattr(left, method)(part), lambda row: None if get(row) is None else match(get(row), given())

    def case(self, classes: Classes, alias: str, left: Any, get: Getter, values: list[Any]) -> tuple[Any, Getter]:
        """Return one of two values or nothing, by a condition."""
        first, second = self.r.choice(values), self.r.choice(values)
        name, field, read = self.field(classes, alias)
        known = next(FIELDS[CLASSES[cls]][name][0] for cls in classes if name in FIELDS[CLASSES[cls]])
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

    def inside(self, link: Link) -> tuple[Any, Condition]:
        """Return a condition on what a relation leads to, or on its edge."""
        if link.properties and self.r.random() < 0.5:
            return self.comparison((link.properties,), "edge")
        return self.comparison(link.targets, "target")

    def found(self, node: Any, link: Link, twin: Condition) -> list[tuple[Any, Any]]:
        """Return the edges of a relation, with the nodes, for which a condition holds."""
        pairs = self.world.around(node, link)
        return [(edge, other) for edge, other in pairs if twin({"edge": edge, "target": other}) is True]

    def common_links(self, classes: Classes) -> list[tuple[str, Link]]:
        """Return the relations that all the classes have."""
        return [each for each in links_of(classes, narrowing=False) if all(each[1].owner in BASES[c] for c in classes)]

    def question(self, classes: Classes, depth: int) -> tuple[Any, Callable[[Any], Any]]:
        """Return a question about what a node is related to, which may have others in it."""
        r = self.r
        name, link = r.choice(links_of(classes))
        inner, twin = self.inside(link)
        relation = getattr(CLASSES[link.owner], name)
        if depth and links_of(link.targets) and r.random() < 0.4:
            deeper, deeper_twin = self.question(link.targets, depth - 1)
            one, one_twin = inner, twin
            if r.random() < 0.5:
                inner, twin = one & deeper, lambda row: conjunction([one_twin(row), deeper_twin(row["target"])])
            else:
                inner = one | ~deeper
                twin = lambda row: disjunction([one_twin(row), negated(deeper_twin(row["target"]))])  # noqa: E731
        if r.random() < 0.5:
            return exists(relation, inner), lambda node: bool(self.found(node, link, twin))
        number = r.randint(0, 2)
        return count_related(relation, inner) >= number, lambda node: len(self.found(node, link, twin)) >= number
