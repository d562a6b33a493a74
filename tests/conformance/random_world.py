"""What the random statements can speak of, and a small graph of it at random."""

from __future__ import annotations

from random import Random
from typing import Any

from .harness import Database
from .plain_query import Link, World
from .random_models import Bond, Book, Gadget, Hall, Keep, Novel, Villager, Visit, Work

WORK: dict[str, list[Any]] = {"id": ["w0", "w2"], "title": ["x", "y", "xy"], "year": [1, 2, 3]}
BOOK = {**WORK, "pages": [1, 2, 3]}
FIELDS: dict[type, dict[str, list[Any]]] = {
    Villager: {"id": ["a0", "a2", "a4"], "name": ["x", "y", "xy"], "born": [1, 2, 3]},
    Work: WORK,
    Book: BOOK,
    Novel: {**BOOK, "hero": ["x", "y"]},
    Gadget: {**WORK, "weight": [1, 2, 3]},
    Hall: {"id": ["z0", "z1"], "motto": ["x", "y"], "seats": [1, 2, 3]},
    Bond: {"place": ["x", "y"], "since": [1, 2, 3]},
    Visit: {"day": ["x", "y"], "hours": [1, 2, 3]},
    Keep: {"room": ["x", "y"], "shelf": [1, 2, 3]},
}
"""The fields of each class, with values that they may have."""
NUMBERS = {"born", "year", "pages", "weight", "seats", "since", "hours", "shelf"}
OPTIONAL = {"born", "year", "pages", "hero", "weight", "seats", "since", "hours"}
EDGES = (Bond, Visit, Keep)

CLASSES: dict[str, type] = {cls.__name__: cls for cls in FIELDS}
BASES = {
    cls.__name__: tuple(base.__name__ for base in cls.__mro__ if base in FIELDS) for cls in FIELDS if cls not in EDGES
}
"""A class with those that it is derived from."""

LINKS: dict[str, dict[str, Link]] = {
    "Villager": {
        "teacher": Link("Villager", "TAUGHT_BY", "OUTGOING", ("Villager",), many=False),
        "pupils": Link("Villager", "TAUGHT_BY", "INCOMING", ("Villager",)),
        "friends": Link("Villager", "BOND", "BOTH", ("Villager",), "Bond"),
        "spouse": Link("Villager", "WED", "BOTH", ("Villager",), many=False),
        "made": Link("Villager", "MADE_BY", "INCOMING", ("Work",)),
        "treasures": Link("Villager", "OWNS", "OUTGOING", ("Work", "Hall")),
        "visits": Link("Villager", "VISIT", "OUTGOING", ("Hall",), "Visit"),
    },
    "Work": {
        "maker": Link("Work", "MADE_BY", "OUTGOING", ("Villager",), many=False),
        "owners": Link("Work", "OWNS", "INCOMING", ("Villager",)),
        "halls": Link("Work", "KEEP", "INCOMING", ("Hall",), "Keep"),
    },
    "Book": {
        "mentions": Link("Book", "NAMES", "OUTGOING", ("Work",)),
        "sequels": Link("Book", "GOES_ON", "OUTGOING", ("Book",)),
    },
    "Novel": {},
    "Gadget": {"shapes": Link("Gadget", "NAMES", "OUTGOING", ("Work",))},
    "Hall": {
        "works": Link("Hall", "KEEP", "OUTGOING", ("Work",), "Keep"),
        "library": Link("Hall", "KEEP", "OUTGOING", ("Book",), "Keep"),
        "visitors": Link("Hall", "VISIT", "INCOMING", ("Villager",), "Visit"),
        "owners": Link("Hall", "OWNS", "INCOMING", ("Villager",)),
    },
}

ENDS = {
    "MADE_BY": ("Work", "Villager"), "OWNS": ("Villager", "Work Hall"), "VISIT": ("Villager", "Hall"),
    "NAMES": ("Book Gadget", "Work"), "GOES_ON": ("Book", "Book"), "KEEP": ("Hall", "Work"),
}  # fmt: skip
"""Where the edges of each type begin and end, of those that may be drawn between any two."""


def links_of(classes: tuple[str, ...], *, narrowing: bool = True) -> list[tuple[str, Link]]:
    """Return the relations, with their names, of nodes of one of these classes; `narrowing`: of subclasses too."""
    found: dict[tuple[str, str], Link] = {}
    for name in classes:
        above = BASES[name]
        below = [cls for cls in BASES if name in BASES[cls]] if narrowing else []
        for owner in (*above, *below):
            found |= {(owner, relation): link for relation, link in LINKS[owner].items()}
    return [(relation, link) for (_, relation), link in found.items()]


def make_world(r: Random) -> World:
    """Return a graph without rings: databases differ in which of their edges a path may use again."""
    world = World()
    kinds = [r.choice(["Work", "Book", "Book", "Novel", "Gadget", "Gadget"]) for _ in range(r.randint(0, 5))]
    for letter, names in (("a", ["Villager"] * r.randint(1, 5)), ("w", kinds), ("z", ["Hall"] * r.randint(0, 2))):
        for number, name in enumerate(names):
            key = f"{letter}{number}"
            world.nodes[key] = {"id": key, **_values(r, CLASSES[name])}
            world.classes[key] = BASES[name]
    _know_each_other(r, world)
    for kind, (start, end) in ENDS.items():
        for one in world.nodes.values():
            for other in world.nodes.values():
                there = world.is_a(one, start.split()) and world.is_a(other, end.split())
                rising = kind not in ("NAMES", "GOES_ON") or one["id"] < other["id"]
                often = r.randrange(3) == 0 or (kind == "GOES_ON" and r.random() < 0.5)  # several ways lead to one book
                if there and rising and often and not (kind == "MADE_BY" and _made(world, one)):
                    _draw(r, world, kind, one["id"], other["id"])
    return world


def _values(r: Random, cls: type) -> dict[str, Any]:
    return {
        name: r.choice([None, *values] if name in OPTIONAL else values)
        for name, values in FIELDS[cls].items()
        if name != "id"
    }


def _made(world: World, work: dict[str, Any]) -> bool:
    return any(edge[0] == "MADE_BY" and edge[1] == work["id"] for edge in world.edges)


def _draw(r: Random, world: World, kind: str, start: str, end: str) -> None:
    """Add an edge, or of those that have a key perhaps two."""
    if kind == "VISIT":
        for day in r.choice([["x"], ["y"], ["x", "y"]]):
            world.edges.append((kind, start, end, {**_values(r, Visit), "day": day}))
    else:
        edge = {"KEEP": Keep, "BOND": Bond}.get(kind)
        world.edges.append((kind, start, end, {} if edge is None else _values(r, edge)))


def _know_each_other(r: Random, world: World) -> None:
    """Draw edges among the villagers: a tree of teachers, one of friends, and couples."""
    villagers = [key for key in world.nodes if key[0] == "a"]
    for number, key in enumerate(villagers[1:], 1):
        for kind in ("TAUGHT_BY", "BOND"):
            if r.randrange(3):
                ends = [key, r.choice(villagers[:number])]
                if kind == "BOND" and r.random() < 0.5:
                    ends.reverse()
                _draw(r, world, kind, *ends)
    for one, other in zip(villagers[::2], villagers[1::2], strict=False):
        if r.random() < 0.5:
            _draw(r, world, "WED", one, other)


async def store(db: Database, world: World) -> None:
    """Write the graph: its nodes by a session, which knows how a database keeps a hierarchy, its edges by Cypher."""
    await db.save(*(CLASSES[world.classes[key][0]](**node) for key, node in world.nodes.items()))
    letters = {"a": "Villager", "w": "Work", "z": "Hall"}
    groups: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for kind, start, end, properties in world.edges:
        rows = groups.setdefault((kind, letters[start[0]], letters[end[0]]), [])
        rows.append({"s": start, "e": end, **properties})
    for (kind, one, other), rows in groups.items():
        names = ", ".join(f"{name}: row.{name}" for name in rows[0] if name not in "se")
        await db.execute(
            f"UNWIND $rows AS row MATCH (s:{one}) WHERE s.id = row.s MATCH (e:{other}) WHERE e.id = row.e "
            f"CREATE (s)-[:{kind} {{{names}}}]->(e)",
            {"rows": rows},
        )
