"""What is loaded with the results of a random statement: relations with options, and how they are looked through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from runic.ogm import asc, desc, is_partial

from .plain_query import Condition, Key, Link, identity, ordered
from .random_conditions import Classes
from .random_question import Question
from .random_world import BASES, CLASSES


@dataclass
class Options:
    """How much of a relation is loaded, and in which order: what `fetch` is told, and its twin over (edge, target)."""

    told: dict[str, Any] = field(default_factory=dict[str, Any])
    order: tuple[Key, ...] = ()
    total: bool = False
    """Whether the order tells all targets apart."""
    where: tuple[Condition, ...] = ()
    limit: int | None = None


@dataclass
class Branch:
    """A relation that is loaded, and what is loaded from its targets."""

    link: Link
    options: Options
    children: dict[str, Branch] = field(default_factory=dict[str, "Branch"])


class Fetching:
    """Adds `fetch` to the statement of a question; each relation has one set of options, wherever it is loaded."""

    def __init__(self, question: Question, target: str) -> None:
        self.question, self.r = question, question.r
        self.statement: Any = question.statement.return_target(target)
        self.branches: dict[str, Branch] = {}
        self.known: dict[tuple[str, str], Options] = {}
        for _ in range(self.r.randint(1, 3)):
            self._path(question.aliases[target])

    def _path(self, classes: Classes) -> None:
        """Load the relations of a path; the options are of its last part, those before are whole or known."""
        names: list[str] = []
        level, depth = self.branches, self.r.choice([1, 1, 2, 3])
        while links := self._links(classes, level):
            name, link = self.r.choice(links)
            names.append(name)
            key = (link.owner, name)
            ends = len(names) == depth
            if key not in self.known:
                self.known[key] = self._options(link) if ends else Options()
            if not ends and name not in level and self.known[key].told:
                self.statement = self.statement.fetch(".".join(names), **self.known[key].told)
            branch = level.setdefault(name, Branch(link, self.known[key]))
            level, classes = branch.children, link.targets
            if ends or not self._links(classes, level):
                self._tell(names, branch)
                return

    def _links(self, classes: Classes, level: Mapping[str, Branch]) -> list[tuple[str, Link]]:
        """Return the relations that can be loaded: a name stands for one of them, whatever class it is of."""
        found = self.question.common_links(classes)
        return [(name, link) for name, link in found if name not in level or level[name].link is link]

    def _tell(self, names: list[str], branch: Branch) -> None:
        link, told = branch.link, branch.options.told
        repeated = link.targets == (link.owner,) and self.r.random() < 0.5
        if repeated and not branch.children:
            depth = self.r.randint(1, 3)
            at = branch
            for _ in range(depth - 1):
                at.children[names[-1]] = Branch(link, branch.options)
                at = at.children[names[-1]]
            told = {**told, "depth": depth}
        one = len(names) == 1 and self.r.random() < 0.5
        relation = getattr(CLASSES[link.owner], names[0]) if one else ".".join(names)
        self.statement = self.statement.fetch(relation, **told)

    def _options(self, link: Link) -> Options:
        r, options = self.r, Options()
        if r.random() < 0.5:
            self._order(link, options)
        if link.many and r.random() < 0.5:
            pairs = [self.question.inside(link) for _ in range(r.randint(1, 2))]
            options.where = tuple(twin for _, twin in pairs)
            options.told["where"] = pairs[0][0] if len(pairs) == 1 else [condition for condition, _ in pairs]
        if link.many and r.random() < 0.5:
            options.limit = options.told["limit"] = r.randint(0, 2)
        return options

    def _order(self, link: Link, options: Options) -> None:
        """Order by a field of the target or of the edge, and perhaps so that all are told apart."""
        r = self.r
        side = (link.properties,) if link.properties and r.random() < 0.5 else link.targets
        _, operand, get = self.question.field(side, "edge" if side != link.targets else "target")
        turned = r.random() < 0.5
        keys, options.order = [desc(operand) if turned else operand], ((get, turned),)
        options.total = len(link.targets) == 1 and r.random() < 0.7
        if options.total:
            turned = r.random() < 0.3
            _, operand, get = self.question.named(CLASSES[link.targets[0]], "id", "target")
            keys.append((desc if turned else asc)(operand))
            options.order = (*options.order, (get, turned))
        options.told["order_by"] = keys if len(keys) > 1 or r.random() < 0.5 else keys[0]

    def check(self, entities: Iterable[Any]) -> None:
        """Look through all that is loaded."""
        self._check([entity for entity in entities if entity is not None], self.branches)

    def _check(self, entities: list[Any], branches: Mapping[str, Branch]) -> None:
        for name, branch in branches.items():
            reached: list[Any] = []
            for entity in {entity.id: entity for entity in entities}.values():
                if branch.link.owner not in BASES[type(entity).__name__]:
                    continue
                value = getattr(entity, name)
                found = [] if value is None else list(value) if branch.link.many else [value]
                self._compare(entity, name, branch, [target.id for target in found])
                reached += found
            self._check(reached, branch.children)

    def _compare(self, entity: Any, name: str, branch: Branch, found: list[str]) -> None:
        link, options = branch.link, branch.options
        node, world = self.question.world.nodes[entity.id], self.question.world
        every = [{"edge": edge, "target": target} for edge, target in world.around(node, link)]
        rows = [row for row in every if all(condition(row) is True for condition in options.where)]
        first = {identity(row["target"]): row for row in reversed(ordered(rows, options.order))}
        expected = list(dict.fromkeys(row["target"]["id"] for row in ordered(rows, options.order)))
        told = f"{entity.id}.{name} {options}"
        if options.total:
            assert found == expected[: options.limit], told
        elif options.limit is None:
            assert Counter(found) == Counter(expected), told
        else:
            assert Counter(found) <= Counter(expected), told
            assert len(found) == min(options.limit, len(expected)), told
        for get, turned in options.order[:1] if link.many else ():
            keys = [get(first[key]) for key in found]
            best = [get(first[key]) for key in expected][: len(found)]
            assert keys == best, (told, turned)
        whole = {row["target"]["id"] for row in every} == {*found}
        if not (options.where or options.limit is not None):
            assert not is_partial(entity, name), told
        elif not whole:
            assert is_partial(entity, name), told
        if (link.owner, name) == ("Hall", "works") and not options.order:
            shelves = [first[key]["edge"]["shelf"] for key in found]
            assert shelves == sorted(row["edge"]["shelf"] for row in rows)[: len(found)], told
